package mx_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay/mx"
	"spamreport/relay/resolver"
)

// world is what DNS says in these tests.
var world = []string{
	"plain.example. MX 20 b.plain.example.", "plain.example. MX 10 a.plain.example.",
	"alias.example. CNAME plain.example.",
	"bare.example. A 198.41.0.4",
	"null.example. MX 0 .",
	"half-null.example. MX 0 .", "half-null.example. MX 10 mx.half-null.example.",
	"loop.example. MX 10 me.example.org.", "loop.example. MX 20 other.example.",
	"backup.example. MX 20 ME.example.org.", "backup.example. MX 10 first.example.", "backup.example. MX 30 third.example.",
	"xn--bcher-kva.example. MX 10 mx.xn--bcher-kva.example.",
}

func newFinder(t *testing.T, records ...string) (*mx.Finder, *servertest.NameServer) {
	server := servertest.DNS(t, records...)
	return &mx.Finder{
		Resolver: &resolver.Client{Servers: []string{server.Addr}, Timeout: time.Minute},
		Self:     []string{"me.example.org"},
	}, server
}

func TestWhereTheMailOfADomainGoes(t *testing.T) {
	tests := []struct {
		name, domain string
		hosts        string // in order
		refused      string // or the enhanced status of the refusal
	}{
		{"the lower preference comes first", "plain.example", "a.plain.example b.plain.example", ""},
		{"capital letters and a dot at the end make no difference", "PLAIN.Example.", "a.plain.example b.plain.example", ""},
		{"the domain is an alias", "alias.example", "a.plain.example b.plain.example", ""},
		{"a domain without MX is its own server", "bare.example", "bare.example", ""},
		{"a domain that takes no mail", "null.example", "", "5.1.10"},
		{"a null MX beside others means nothing", "half-null.example", "mx.half-null.example", ""},
		{"a domain that does not exist", "nowhere.example", "", "5.1.2"},
		{"we are the best server, which loops", "loop.example", "", "5.4.6"},
		{"we are the backup: only better ones count", "backup.example", "first.example", ""},
		{"a domain beyond ASCII", "bücher.example", "mx.xn--bcher-kva.example", ""},
		{"no name at all", "..", "", "5.1.2"},
		{"an address literal", "[198.41.0.4]", "198.41.0.4", ""},
		{"an IPv6 literal", "[IPv6:2001:500::1]", "2001:500::1", ""},
		{"a literal that is none", "[localhost]", "", "5.1.2"},
	}
	finder, _ := newFinder(t, world...)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hosts, err := finder.Find(t.Context(), test.domain)
			var got []string
			for _, h := range hosts {
				if h.Literal.IsValid() {
					got = append(got, h.Literal.String())
				} else {
					got = append(got, h.Name)
				}
			}
			if strings.Join(got, " ") != test.hosts {
				t.Errorf("hosts %q, want %q", got, test.hosts)
			}
			checkRefusal(t, err, test.refused)
		})
	}
}

func checkRefusal(t *testing.T, err error, status string) {
	t.Helper()
	var refusal *mx.Refusal
	switch {
	case status == "":
		if err != nil {
			t.Errorf("unexpected error %v", err)
		}
	case !errors.As(err, &refusal) || refusal.Status != status || refusal.Code/100 != 5:
		t.Errorf("error %v, want a refusal with %s", err, status)
	}
}

func TestServersOfOnePreferenceShareTheLoad(t *testing.T) {
	var records []string
	for i := range 6 {
		records = append(records, fmt.Sprintf("many.example. MX 10 mx%d.many.example.", i))
	}
	finder, _ := newFinder(t, records...)
	first := map[string]bool{}
	for range 200 {
		hosts, err := finder.Find(t.Context(), "many.example")
		if err != nil || len(hosts) != 6 {
			t.Fatal(hosts, err)
		}
		first[hosts[0].Name] = true
	}
	if len(first) != 6 {
		t.Errorf("only %d of 6 servers ever came first", len(first))
	}
}

func TestADNSThatDoesNotAnswerIsNoRefusal(t *testing.T) {
	finder, server := newFinder(t, world...)
	t.Run("SERVFAIL", func(t *testing.T) {
		server.Break("plain.example")
		_, err := finder.Find(t.Context(), "plain.example")
		var refusal *mx.Refusal
		if err == nil || errors.As(err, &refusal) || !strings.Contains(err.Error(), "SERVFAIL") {
			t.Errorf("error %v, want a temporary one with SERVFAIL", err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		finder := &mx.Finder{Resolver: &resolver.Client{Servers: []string{"127.0.0.1:1"}, Timeout: time.Minute}}
		_, err := finder.Find(t.Context(), "plain.example")
		var refusal *mx.Refusal
		if err == nil || errors.As(err, &refusal) {
			t.Errorf("error %v, want a temporary one", err)
		}
	})
}

func TestWhichAddressesAreTried(t *testing.T) {
	tests := []struct {
		name    string
		records []string
		want    string // addresses, or the status of a refusal
	}{
		{"both families by turns", []string{
			"h.example. A 198.41.0.4", "h.example. A 198.41.0.5", "h.example. AAAA 2001:500::1",
		}, "2001:500::1 198.41.0.4 198.41.0.5"},
		{"an alias is followed", []string{"h.example. CNAME real.example.", "real.example. A 198.41.0.4"}, "198.41.0.4"},
		{"private addresses are left out", []string{"h.example. A 10.0.0.1", "h.example. A 198.41.0.4"}, "198.41.0.4"},
		{"loopback is refused", []string{"h.example. A 127.0.0.1"}, "5.4.4"},
		{"so is its IPv6", []string{"h.example. AAAA ::1"}, "5.4.4"},
		{"and IPv4 in disguise", []string{"h.example. AAAA ::ffff:10.0.0.1"}, "5.4.4"},
		{"a link-local address", []string{"h.example. AAAA fe80::1"}, "5.4.4"},
		{"the metadata service of a cloud", []string{"h.example. A 169.254.169.254"}, "5.4.4"},
		{"this machine by its public address", []string{"h.example. A 198.41.0.99"}, "5.4.4"},
		{"a name without addresses", []string{"h.example. TXT x"}, "5.4.4"},
		{"no such name", nil, "5.4.4"},
		{"a private one that is allowed", []string{"h.example. A 192.168.7.1"}, "192.168.7.1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			finder, _ := newFinder(t, test.records...)
			finder.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("192.168.7.0/24")}
			finder.SelfAt = []netip.Addr{netip.MustParseAddr("198.41.0.99")}
			got, err := finder.Addresses(t.Context(), mx.Host{Name: "h.example"})
			if strings.HasPrefix(test.want, "5.") && len(test.want) < 7 {
				checkRefusal(t, err, test.want)
				return
			}
			if text := strings.Trim(fmt.Sprint(got.List), "[]"); err != nil || text != test.want {
				t.Errorf("%s, %v; want %s", text, err, test.want)
			}
		})
	}
}

func TestAnswersAreSecureOnlyWhenEveryStepIs(t *testing.T) {
	records := []string{
		"safe.example. MX 10 mx.safe.example.", "mx.safe.example. A 198.41.0.4",
		"alias.safe.example. CNAME mx.open.example.", "mx.open.example. A 198.41.0.4",
	}
	finder, server := newFinder(t, records...)
	server.Secure("safe.example.")
	secure := func(host string) bool {
		a, err := finder.Addresses(t.Context(), mx.Host{Name: host})
		if err != nil {
			t.Fatal(err)
		}
		return a.Secure
	}
	hosts, err := finder.Find(t.Context(), "safe.example")
	if err != nil || !hosts[0].Secure || !secure("mx.safe.example") {
		t.Errorf("%+v, %v: want it to be secure", hosts, err)
	}
	if secure("mx.open.example") || secure("alias.safe.example") {
		t.Error("an answer without DNSSEC, or an alias into it, counts as secure")
	}
	if a, _ := finder.Addresses(t.Context(), mx.Host{Name: "alias.safe.example"}); a.Name != "mx.open.example" {
		t.Errorf("the alias ends at %q", a.Name)
	}
}

func TestDialingANameOfAStrangerStaysOutside(t *testing.T) {
	finder, _ := newFinder(t, "mta-sts.evil.example. A 127.0.0.1")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := finder.Dial(ctx, "tcp", "mta-sts.evil.example:443")
	if err == nil {
		_ = conn.Close()
	}
	checkRefusal(t, err, "5.4.4")
}

func FuzzToASCII(f *testing.F) {
	for _, seed := range []string{"example.org", "bücher.example", "..", "[1.2.3.4]", "a..b", "xn--", strings.Repeat("a", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		name, err := mx.ToASCII(domain)
		if err != nil {
			return
		}
		if again, err := mx.ToASCII(name); err != nil || again != name {
			t.Errorf("%q became %q, and that %q, %v", domain, name, again, err)
		}
	})
}
