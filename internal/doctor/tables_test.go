package doctor

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"spamreport/relay"
)

func TestEveryFreemailProvider(t *testing.T) {
	owner := map[string]string{}
	for _, f := range freemails {
		if !f.takes(f.smarthost) {
			t.Errorf("%s does not take mail at %s", f.name, f.smarthost)
		}
		if f.takes("smtp.example.org:587") || f.takes("smtp.gmail.com.example.org:587") || f.takes("no port") {
			t.Errorf("%s takes mail at servers of others", f.name)
		}
		for domain := range strings.FieldsSeq(f.domains) {
			if owner[domain] != "" {
				t.Errorf("%s belongs to %s and to %s", domain, owner[domain], f.name)
			}
			owner[domain] = f.name
			var s Setup
			s.Config.Identity.Email = "Zoe@" + strings.ToUpper(domain)
			if r := s.from(t.Context(), sender{}); r.Status != Fail || !strings.Contains(r.What, f.name) || !strings.Contains(r.Do, f.smarthost) {
				t.Errorf("%s by ourselves: %+v", domain, r)
			}
			s.Smarthost = &relay.Smarthost{Address: f.smarthost}
			if r := s.from(t.Context(), sender{}); r.Status != OK {
				t.Errorf("%s through %s: %+v", domain, f.smarthost, r)
			}
		}
	}
	for _, domain := range []string{"example.org", "mail.gmail.com", "notgmail.com"} {
		if f, is := freemailOf(domain); is {
			t.Errorf("%s belongs to %s", domain, f.name)
		}
	}
}

func TestEveryFaultHasItsAdvice(t *testing.T) {
	for name, table := range map[string]faults{"log-in": loginFaults, "smarthost": smarthostFaults, "database": databaseFaults} {
		for _, row := range table {
			if got := table.advice(fmt.Errorf("connect to x: %w", row.is)); got != row.do || got == "" {
				t.Errorf("%s: %v: %q, want %q", name, row.is, got, row.do)
			}
		}
	}
}

func TestEveryBlocklist(t *testing.T) {
	for _, list := range blocklists {
		if !strings.HasPrefix(list.page, "https://") || strings.Contains(list.zone, "/") {
			t.Errorf("%+v", list)
		}
		for answer, meaning := range list.entries {
			a, err := netip.ParseAddr(answer)
			if err != nil || !loopbacks.Contains(a) || refusals.Contains(a) {
				t.Errorf("%s: %s is no entry", list.zone, answer)
			}
			if got := list.meaning([]netip.Addr{a}); got != meaning {
				t.Errorf("%s: %s means %q", list.zone, answer, got)
			}
		}
	}
}

func TestAddressesInFrontOfAZone(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.99":  "99.2.0.192",
		"2001:db8::1": "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2",
	} {
		if got := reversed(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

func TestNamesThatAreMadeOfTheAddress(t *testing.T) {
	for _, test := range []struct {
		name, addr string
		want       bool
	}{
		{"192-0-2-7.dyn.example.net", "192.0.2.7", true},
		{"7.2.0.192.pool.example.net", "192.0.2.7", true},
		{"host192x0x2x7.example.net", "192.0.2.7", true},
		{"ip-192-000-002-007.example.net", "192.0.2.7", true},
		{"mail7.example.net", "192.0.2.7", false},
		{"mx192-0.example.net", "192.0.2.7", false},
		{"mx10.example.net", "10.10.10.10", false},
		{"mail.example.net", "2001:db8::1", false},
	} {
		if got := generic(test.name, netip.MustParseAddr(test.addr)); got != test.want {
			t.Errorf("%s of %s: %v", test.name, test.addr, got)
		}
	}
}

func TestAddressesThatNobodyOutsideSees(t *testing.T) {
	for addr, want := range map[string]bool{
		"192.0.2.7": false, "2001:db8::1": false, "10.1.2.3": true, "172.16.0.1": true, "192.168.1.1": true, "127.0.0.1": true,
		"100.64.0.1": true, "169.254.1.1": true, "fe80::1": true, "fd00::1": true, "::1": true, "0.0.0.0": true,
	} {
		if got := behindNAT(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}
