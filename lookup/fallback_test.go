package lookup_test

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// nameServer answers from zone lines on loopback.
func nameServer(t *testing.T, lines ...string) string {
	t.Helper()
	records := map[string][]dns.RR{}
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		key := strings.ToLower(rr.Header().Name)
		records[key] = append(records[key], rr)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(q)
		all := records[strings.ToLower(q.Question[0].Name)]
		for _, rr := range all {
			if rr.Header().Rrtype == q.Question[0].Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
		if len(all) == 0 {
			m.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(m)
	})
	ready := make(chan struct{})
	srv := &dns.Server{PacketConn: conn, Handler: handler, NotifyStartedFunc: func() { close(ready) }}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.ActivateAndServe() }()
	<-ready
	t.Cleanup(func() { _ = srv.Shutdown(); <-done })
	return conn.LocalAddr().String()
}

func TestDNSFallbacks(t *testing.T) {
	server := nameServer(t,
		`7.2.0.192.abuse-contacts.abusix.zone. 60 IN TXT "abuse@isp.example,noc@isp.example"`,
		`9.2.0.192.abuse-contacts.abusix.zone. 60 IN TXT "hostmaster@ripe.net"`,
		`7.2.0.192.origin.asn.cymru.com. 60 IN TXT "64500 | 192.0.2.0/24 | NL | ripencc | 2026-01-01"`,
		`8.2.0.192.origin.asn.cymru.com. 60 IN TXT "64999 | 192.0.2.0/24 | NL | ripencc | 2026-01-01"`,
		`7.2.0.192.in-addr.arpa. 60 IN PTR mail7.dyn.isp.example.`,
		`mail7.dyn.isp.example. 60 IN A 192.0.2.7`,
		`8.2.0.192.in-addr.arpa. 60 IN PTR www.victim.example.`, // a claim that does not lead back
		`www.victim.example. 60 IN A 198.51.100.1`,
		`9.2.0.192.in-addr.arpa. 60 IN PTR mail9.nomail.example.`,
		`mail9.nomail.example. 60 IN A 192.0.2.9`,
		`isp.example. 60 IN MX 10 mx.isp.example.`,
		`victim.example. 60 IN MX 10 mx.victim.example.`,
		`nomail.example. 60 IN MX 0 .`, // RFC 7505
		`7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.abuse-contacts.abusix.zone. 60 IN TXT "abuse@six.example"`,
	)
	// The registries know the AS and nothing else.
	srv := serve(t, replay.Registry{RDAP: map[string][]byte{"AS64500": replay.Sample().RDAP["AS64500"]}})
	for _, tc := range []struct {
		name, via, query, want string
		confidence             lookup.Confidence
	}{
		{"Abusix", lookup.ViaAbusix, "192.0.2.7", "abuse@isp.example", lookup.Medium},
		{"Abusix, IPv6", lookup.ViaAbusix, "2001:db8::7", "abuse@six.example", lookup.Medium},
		{"Abusix does not know", lookup.ViaAbusix, "192.0.2.8", "", ""},
		{"Abusix names a registry", lookup.ViaAbusix, "192.0.2.9", "", ""},
		{"the AS's desk", lookup.ViaASN, "192.0.2.7", "abuse@broadband.example", lookup.Medium},
		{"an AS that nobody knows", lookup.ViaASN, "192.0.2.8", "", ""},
		{"the reverse name's domain", lookup.ViaRDNS, "192.0.2.7", "abuse@isp.example", lookup.Low},
		{"a reverse name that points at others", lookup.ViaRDNS, "192.0.2.8", "", ""},
		{"a domain that takes no mail", lookup.ViaRDNS, "192.0.2.9", "", ""},
		{"no reverse name", lookup.ViaRDNS, "192.0.2.10", "", ""},
		{"the domain itself", lookup.ViaDomain, "www.isp.example", "abuse@isp.example", lookup.Low},
		{"a domain without mail", lookup.ViaDomain, "nomail.example", "", ""},
		{"a domain that does not exist", lookup.ViaDomain, "nonesuch.example", "", ""},
		{"a source of another kind", lookup.ViaDomain, "192.0.2.7", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := client(t, srv, func(o *lookup.Options) { o.Order, o.DNSServer = []string{tc.via}, server })
			r, err := c.Lookup(t.Context(), tc.query)
			if firstEmail(r) != tc.want {
				t.Fatalf("%v, %v; trail %v", r.Contacts, err, r.Trail)
			}
			if tc.want == "" {
				if err == nil {
					t.Error("no error")
				}
				return
			}
			if got := r.Contacts[0]; got.Via != tc.via || got.Confidence != tc.confidence {
				t.Errorf("%+v", got)
			}
		})
	}
}

// The registries do not say which AS announces 192.0.2.0/24; an override by
// AS number wins all the same.
func TestAnOverrideByASWinsWhereTheRegistryNamesNoAS(t *testing.T) {
	override := lookup.Override{ASN: 64500, Contact: []string{"desk@upstream.example"}}
	srv := serve(t, replay.Sample())
	for name, tc := range map[string]struct{ zone, want string }{
		"its AS":        {`7.2.0.192.origin.asn.cymru.com. 60 IN TXT "64500 | 192.0.2.0/24 | NL | ripencc | 2026-01-01"`, "desk@upstream.example"},
		"another AS":    {`7.2.0.192.origin.asn.cymru.com. 60 IN TXT "64999 | 192.0.2.0/24 | NL | ripencc | 2026-01-01"`, "abuse@broadband.example"},
		"an unknown AS": {`x.example. 60 IN A 192.0.2.1`, "abuse@broadband.example"},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, srv, func(o *lookup.Options) {
				o.DNSServer, o.Overrides = nameServer(t, tc.zone), []lookup.Override{override}
			})
			for _, round := range []string{"cold", "warm"} {
				r, err := c.Lookup(t.Context(), "192.0.2.7")
				if err != nil || firstEmail(r) != tc.want {
					t.Errorf("%s: %v, %v; trail %v", round, r.Contacts, err, r.Trail)
				}
			}
		})
	}
}

func TestTheOrderOfSourcesIsKept(t *testing.T) {
	server := nameServer(t, `7.2.0.192.abuse-contacts.abusix.zone. 60 IN TXT "abuse@abusix-says.example"`)
	srv := serve(t, replay.Sample())
	for first, order := range map[string][]string{
		"abuse@abusix-says.example": {lookup.ViaAbusix, lookup.ViaRDAP},
		"abuse@broadband.example":   {lookup.ViaRDAP, lookup.ViaAbusix},
	} {
		c := client(t, srv, func(o *lookup.Options) { o.Order, o.DNSServer = order, server })
		if r, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil || firstEmail(r) != first || len(r.Trail) != 1 {
			t.Errorf("%v: %v, %v; trail %v", order, r.Contacts, err, r.Trail)
		}
	}
}

// A name in an answer may resolve to an address inside.
func TestReferralsByNameAreCheckedWhereTheyLead(t *testing.T) {
	inner := serve(t, replay.Sample()) // what must not be reached
	port := inner.WHOISHosts()["whois.arin.net"]
	port = port[strings.LastIndexByte(port, ':')+1:]
	server := nameServer(t, `rebind.attacker.example. 60 IN A 127.0.0.1`, `whois.iana.org. 60 IN A 127.0.0.1`)
	srv := serve(t, replay.Registry{WHOIS: map[string]map[string]string{
		"whois.arin.net": {"198.51.100.0/24": "NetRange: 198.51.100.0 - 198.51.100.255\nReferralServer: rwhois://rebind.attacker.example:" + port + "\n"},
	}})
	c := client(t, srv, func(o *lookup.Options) {
		o.Order, o.DNSServer = []string{lookup.ViaWHOIS}, server
		o.WHOISHosts = map[string]string{"whois.arin.net": srv.WHOISHosts()["whois.arin.net"]}
	})
	r, err := c.Lookup(t.Context(), "198.51.100.7")
	if !errors.Is(err, lookup.ErrNoContact) && !errors.Is(err, lookup.ErrUnreachable) {
		t.Errorf("%v, %v", r.Contacts, err)
	}
	if n := inner.Count("whois.arin.net"); n != 0 {
		t.Errorf("the inner server got %d queries; trail %v", n, r.Trail)
	}
}

func TestAllowedHostsMayBeInside(t *testing.T) {
	inner := serve(t, replay.Sample())
	addr := netip.MustParseAddrPort(inner.WHOISHosts()["whois.arin.net"])
	server := nameServer(t, `mirror.example. 60 IN A 127.0.0.1`)
	srv := serve(t, replay.Registry{WHOIS: map[string]map[string]string{
		"whois.arin.net": {"198.51.100.0/24": "NetRange: 198.51.100.0 - 198.51.100.255\nReferralServer: rwhois://mirror.example:" + strconv.Itoa(int(addr.Port())) + "\n"},
	}})
	c := client(t, srv, func(o *lookup.Options) {
		o.Order, o.DNSServer, o.AllowHosts = []string{lookup.ViaWHOIS}, server, []string{"mirror.example"}
	})
	if r, err := c.Lookup(t.Context(), "198.51.100.7"); err != nil || firstEmail(r) != "abuse@hosting.example" {
		t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
	}
}
