package mtasts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadingAPolicy(t *testing.T) {
	const head = "version: STSv1\n"
	tests := []struct {
		name, text string
		want       Policy
		wrong      string
	}{
		{
			"the example of RFC 8461 §3.2",
			"version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n",
			Policy{Enforce, []string{"mail.example.com", "*.example.net", "backupmx.example.com"}, 7 * 24 * time.Hour},
			"",
		},
		{"another order, no line end", "max_age:60\nmx:A.example.\nmode:testing\nversion:STSv1", Policy{Testing, []string{"a.example"}, time.Minute}, ""},
		{"none needs no server", head + "mode: none\nmax_age: 60\n", Policy{None, nil, time.Minute}, ""},
		{"unknown keys are passed over", head + "mode: none\nmax_age: 60\nx-new: 1\n", Policy{None, nil, time.Minute}, ""},
		{"of a key that is there twice the first counts", head + "mode: none\nmode: enforce\nmax_age: 60\nmax_age: 61\n", Policy{None, nil, time.Minute}, ""},
		{"no more than a year", head + "mode: none\nmax_age: 999999999\n", Policy{None, nil, maxMaxAge}, ""},
		{"another version", "version: STSv2\nmode: none\nmax_age: 60\n", Policy{}, "version"},
		{"no version", "mode: none\nmax_age: 60\n", Policy{}, "version"},
		{"another mode", head + "mode: strict\nmax_age: 60\n", Policy{}, "mode"},
		{"no time", head + "mode: none\n", Policy{}, "max_age"},
		{"a negative time", head + "mode: none\nmax_age: -1\n", Policy{}, "max_age"},
		{"no server", head + "mode: enforce\nmax_age: 60\n", Policy{}, "no mx"},
		{"a web page", "<!DOCTYPE html>\n<html>", Policy{}, "key: value"},
		{"nothing", "", Policy{}, "version"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse(test.text)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Errorf("error %v, want %q", err, test.wrong)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestWhichServersAPolicyNames(t *testing.T) {
	p := Policy{MX: []string{"mx.example.net", "*.mail.example.net"}}
	for host, want := range map[string]bool{
		"mx.example.net": true, "MX.Example.NET.": true, "a.mail.example.net": true,
		"mail.example.net": false, "a.b.mail.example.net": false, "example.net": false,
		"xmx.example.net": false, "amail.example.net": false, "": false,
	} {
		if got := p.Matches(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

func TestReadingAnAnnouncement(t *testing.T) {
	tests := []struct {
		name    string
		records []string
		id      string // "" means none
	}{
		{"the example of RFC 8461 §3.1", []string{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z"},
		{"beside others", []string{"v=spf1 -all", "v=STSv1;id=1"}, "1"},
		{"two are none", []string{"v=STSv1; id=1", "v=STSv1; id=2"}, ""},
		{"no id", []string{"v=STSv1;"}, ""},
		{"an id with a blank", []string{"v=STSv1; id=a b"}, ""},
		{"an id that is too long", []string{"v=STSv1; id=" + strings.Repeat("a", 33)}, ""},
		{"another version", []string{"v=STSv10; id=1"}, ""},
		{"nothing", nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if id, found := parseID(test.records); id != test.id || found != (test.id != "") {
				t.Errorf("%q, %v; want %q", id, found, test.id)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n")
	f.Add("version: STSv1\nmode: none\nmax_age: 0")
	f.Add(":\n::\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		// What is kept must be what was read.
		again, err := Parse(p.String())
		if diff := cmp.Diff(p, again); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("v=STSv1; id=20160831085700Z;")
	f.Add("v=STSv1; id=1; id=2")
	f.Fuzz(func(t *testing.T, record string) {
		if id, found := parseID([]string{record}); found && (id == "" || strings.ContainsFunc(id, notAlphanumeric)) {
			t.Errorf("id %q", id)
		}
	})
}
