package doctor_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/doctor"
	"spamreport/internal/servertest"
	"spamreport/relay"
	"spamreport/relay/dkim"
)

var update = flag.Bool("update", false, "write the golden files")

// good are the records of a sender with everything in order.
var good = []string{
	`example.org. 60 IN MX 10 mx.example.org.`,
	`mx.example.org. 60 IN A 192.0.2.26`,
	`mail.example.org. 60 IN A 192.0.2.25`,
	`25.2.0.192.in-addr.arpa. 60 IN PTR mail.example.org.`,
	`example.org. 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"`,
	`_dmarc.example.org. 60 IN TXT "v=DMARC1; p=reject; sp=none"`,
	`2.0.0.127.zen.spamhaus.org. 60 IN A 127.0.0.2`,
	`2.0.0.127.bl.spamcop.net. 60 IN A 127.0.0.2`,
	`2.0.0.127.b.barracudacentral.org. 60 IN A 127.0.0.2`,
	`2.0.0.127.psbl.surriel.com. 60 IN A 127.0.0.2`,
	`2.0.0.127.dnsbl-1.uceprotect.net. 60 IN A 127.0.0.2`,
	`2.0.0.127.bl.blocklist.de. 60 IN A 127.0.0.2`,
}

// without drops the records that begin with one of the names.
func without(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(good), func(r string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(r, n) })
	})
}

func with(records []string, more ...string) []string { return append(slices.Clone(records), more...) }

// healthy is a set-up that sends by itself from 192.0.2.25.
func healthy(server *servertest.NameServer) doctor.Setup {
	s := doctor.Setup{Resolver: server.Resolver(), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.25")}}
	s.Config.Identity.Email, s.Config.Relay.HELO = "zoe@example.org", "mail.example.org"
	return s
}

// testKey is the same in every run, since its record is in a golden file.
func testKey(t *testing.T, domain string) dkim.Key {
	t.Helper()
	key, err := dkim.Load(domain, "mail", "testdata/ed25519.pem")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestIdentity(t *testing.T) {
	key := testKey(t, "example.org")
	keyRecord := key.Name() + `. 60 IN TXT "` + key.Record() + `"`
	through := func(address string) func(*doctor.Setup) {
		return func(s *doctor.Setup) { s.Smarthost, s.Addresses = &relay.Smarthost{Address: address}, nil }
	}
	signed := func(s *doctor.Setup) { s.Keys = []dkim.Key{key} }
	from := func(email string) func(*doctor.Setup) {
		return func(s *doctor.Setup) { s.Config.Identity.Email = email }
	}
	helo := func(name string) func(*doctor.Setup) { return func(s *doctor.Setup) { s.Config.Relay.HELO = name } }
	providers := []string{`smtp.provider.example. 60 IN A 198.51.100.5`}
	tests := []struct {
		name    string
		records []string
		change  func(*doctor.Setup)
		only    string
		broken  string // name that DNS fails for
	}{
		{"everything in order", with(good, keyRecord), signed, "identity", ""},
		{"no address of mine", good, from(""), "identity", ""},
		{"DNS fails for the domain", good, nil, "identity", "example.org"},

		{"an address of this network alone", good, from("zoe@mail.local"), "identity/from", ""},
		{"from Gmail by ourselves", good, from("zoe@gmail.com"), "identity/from", ""},
		{"from Gmail through a smarthost of somebody else", with(good, providers...), func(s *doctor.Setup) {
			from("zoe@gmail.com")(s)
			through("smtp.provider.example:587")(s)
		}, "identity", ""},
		{"from Gmail through Gmail", good, func(s *doctor.Setup) {
			from("zoe@gmail.com")(s)
			through("smtp.gmail.com:587")(s)
		}, "identity", ""},
		{"from Proton through its Bridge", good, func(s *doctor.Setup) {
			from("zoe@proton.me")(s)
			through("127.0.0.1:1025")(s)
		}, "identity/from", ""},

		{"no mail exchanger", without("example.org. 60 IN MX"), nil, "identity/mx", ""},
		{"no mail exchanger but an address", with(without("example.org. 60 IN MX"), `example.org. 60 IN A 192.0.2.80`), nil, "identity/mx", ""},
		{"a domain that takes no mail", with(without("example.org. 60 IN MX"), `example.org. 60 IN MX 0 .`), nil, "identity/mx", ""},

		{"no SPF", with(without("example.org. 60 IN TXT"), `example.org. 60 IN TXT "site-verification=1"`), nil, "identity/spf", ""},
		{"no SPF behind a smarthost", with(without("example.org. 60 IN TXT"), providers...), through("smtp.provider.example:587"), "identity/spf", ""},
		{"SPF forbids it", with(without("example.org. 60 IN TXT"), `example.org. 60 IN TXT "v=spf1 mx -all"`), nil, "identity/spf", ""},
		{"SPF forbids the smarthost, as far as we know it", with(good, providers...), through("smtp.provider.example:587"), "identity/spf", ""},
		{"SPF does not like it", with(without("example.org. 60 IN TXT"), `example.org. 60 IN TXT "v=spf1 mx ~all"`), nil, "identity/spf", ""},
		{"SPF by a provider's list", with(without("example.org. 60 IN TXT"), `example.org. 60 IN TXT "v=spf1 include:p.example -all"`, `p.example. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"`), nil, "identity/spf", ""},
		{"SPF twice", with(good, `example.org. 60 IN TXT "v=spf1 mx -all"`), nil, "identity/spf", ""},
		{"SPF with a slip", with(without("example.org. 60 IN TXT"), `example.org. 60 IN TXT "v=spf1 ipv4:192.0.2.25 -all"`), nil, "identity/spf", ""},
		{"SPF for one of two addresses", good, func(s *doctor.Setup) {
			s.Addresses = append(s.Addresses, netip.MustParseAddr("2001:db8::25"))
		}, "identity/spf", ""},
		{"SPF without the sending address", good, through("127.0.0.1:2525"), "identity/spf", ""},

		{"not signed", good, nil, "identity/dkim", ""},
		{"not signed here", good, through("smtp.provider.example:587"), "identity/dkim", ""},
		{"signed, but the record is missing", good, signed, "identity/dkim", ""},
		{"signed, but another key is published", with(good, `mail._domainkey.example.org. 60 IN TXT "v=DKIM1; k=ed25519; p=AAAA"`), signed, "identity/dkim", ""},
		{"signed with a key that was revoked", with(good, `mail._domainkey.example.org. 60 IN TXT "v=DKIM1; k=ed25519; p="`), signed, "identity/dkim", ""},
		{"signed as a test", with(good, strings.TrimSuffix(keyRecord, `"`)+`; t=y"`), signed, "identity/dkim", ""},

		{"no DMARC", without("_dmarc."), nil, "identity/dmarc", ""},
		{"DMARC passes by SPF", good, nil, "identity/dmarc", ""},
		{"DMARC passes by DKIM alone", with(without("example.org. 60 IN TXT"), keyRecord), signed, "identity/dmarc", ""},
		{"DMARC rejects", without("example.org. 60 IN TXT"), nil, "identity/dmarc", ""},
		{"DMARC rejects, unless the smarthost signs", with(without("example.org. 60 IN TXT"), providers...), through("smtp.provider.example:587"), "identity/dmarc", ""},
		{"DMARC files as spam", with(without("_dmarc.", "example.org. 60 IN TXT"), `_dmarc.example.org. 60 IN TXT "v=DMARC1; p=quarantine"`), nil, "identity/dmarc", ""},
		{"DMARC only watches", with(without("_dmarc.", "example.org. 60 IN TXT"), `_dmarc.example.org. 60 IN TXT "v=DMARC1; p=none"`), nil, "identity/dmarc", ""},
		{"DMARC of the domain above", with(good, `lab.example.org. 60 IN TXT "v=spf1 -all"`), from("zoe@lab.example.org"), "identity/dmarc", ""},
		{"DMARC is strict about the domain that signs", with(without("_dmarc."), keyRecord, `_dmarc.lab.example.org. 60 IN TXT "v=DMARC1; p=reject; adkim=s"`), func(s *doctor.Setup) {
			signed(s)
			from("zoe@lab.example.org")(s)
		}, "identity/dmarc", ""},
		{"DMARC with a slip", with(without("_dmarc."), `_dmarc.example.org. 60 IN TXT "v=DMARC1; p=refuse"`), nil, "identity/dmarc", ""},

		{"no reverse name", without("25.2.0.192."), nil, "identity/ptr", ""},
		{"a reverse name that does not lead back", with(without("mail.example.org."), `mail.example.org. 60 IN A 192.0.2.99`), nil, "identity/ptr", ""},
		{"the reverse name of an end user", with(without("25.2.0.192."), `25.2.0.192.in-addr.arpa. 60 IN PTR 192-0-2-25.dyn.example.net.`, `192-0-2-25.dyn.example.net. 60 IN A 192.0.2.25`), nil, "identity/ptr", ""},
		{"a smarthost without a reverse name", with(good, providers...), through("smtp.provider.example:587"), "identity/ptr", ""},
		{"a smarthost on this machine", good, through("127.0.0.1:2525"), "identity/ptr", ""},
		{"a smarthost that does not exist", good, through("smtp.nowhere.example:587"), "identity/ptr", ""},

		{"a host name without a domain", good, helo("vm"), "identity/helo", ""},
		{"a host name that does not exist", good, helo("nowhere.example.org"), "identity/helo", ""},
		{"the host name of another machine", good, helo("mx.example.org"), "identity/helo", ""},
		{"an address for a host name", good, helo("[192.0.2.25]"), "identity/helo", ""},
		{"a host name that only the smarthost sees", good, through("smtp.provider.example:587"), "identity/helo", ""},

		{"on no list", good, nil, "blocklist", ""},
		{"no list can be asked", good, through("127.0.0.1:2525"), "blocklist", ""},
		{"on a list", with(good, `25.2.0.192.bl.spamcop.net. 60 IN A 127.0.0.2`), nil, "blocklist/bl.spamcop.net", ""},
		{"on a list for two reasons", with(good, `25.2.0.192.zen.spamhaus.org. 60 IN A 127.0.0.3`, `25.2.0.192.zen.spamhaus.org. 60 IN A 127.0.0.10`), nil, "blocklist/zen.spamhaus.org", ""},
		{"on a list for a reason that is new", with(good, `25.2.0.192.zen.spamhaus.org. 60 IN A 127.0.0.77`), nil, "blocklist/zen.spamhaus.org", ""},
		{"the smarthost is on a list", with(good, append(providers, `5.100.51.198.psbl.surriel.com. 60 IN A 127.0.0.2`)...), through("smtp.provider.example:587"), "blocklist/psbl.surriel.com", ""},
		{"the list does not answer this resolver", with(good, `25.2.0.192.zen.spamhaus.org. 60 IN A 127.255.255.254`), nil, "blocklist/zen.spamhaus.org", ""},
		{"the list fails", good, nil, "blocklist/zen.spamhaus.org", "spamhaus.org"},
		{"the list hides its entries from this resolver", without("2.0.0.127.zen"), nil, "blocklist/zen.spamhaus.org", ""},
		{"the list is gone, its domain parked", with(without("2.0.0.127.psbl"), `25.2.0.192.psbl.surriel.com. 60 IN A 203.0.113.80`), nil, "blocklist/psbl.surriel.com", ""},
		{"the list is gone and lists everybody", with(good, `1.0.0.127.psbl.surriel.com. 60 IN A 127.0.0.2`), nil, "blocklist/psbl.surriel.com", ""},
		{"an IPv6 address on a list", with(good, `5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.spamhaus.org. 60 IN A 127.0.0.2`), func(s *doctor.Setup) {
			s.Addresses = []netip.Addr{netip.MustParseAddr("2001:db8::25")}
		}, "blocklist", ""},
	}
	var all strings.Builder
	for _, test := range tests {
		server := servertest.DNS(t, test.records...)
		if test.broken != "" {
			server.Break(test.broken)
		}
		setup := healthy(server)
		if test.change != nil {
			test.change(&setup)
		}
		fmt.Fprintf(&all, "# %s\n%s\n", test.name, examine(t, setup, test.only))
	}
	sameAsFile(t, "testdata/identity.golden", all.String())
}

// examine runs the checks of a group and writes down what they found.
func examine(t *testing.T, setup doctor.Setup, only ...string) string {
	t.Helper()
	checks, err := doctor.Select(setup.Checks(t.Context()), only)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for r := range doctor.Examine(t.Context(), checks) {
		fmt.Fprintf(&out, "%-4s %s: %s\n", r.Status, r.Name, r.What)
		if r.Do != "" {
			fmt.Fprintf(&out, "     → %s\n", r.Do)
		}
	}
	return out.String()
}

func sameAsFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got; -update writes it):\n%s", path, diff)
	}
}
