package lookup

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestEveryNeverMailRowRefusesItsAddresses(t *testing.T) {
	for _, row := range neverMail {
		local, domain := strings.TrimSuffix(row.local, "*"), row.domain
		if local == "" {
			local = "somebody"
		}
		if domain == "" {
			domain = "isp.example"
		}
		for _, email := range []string{local + "@" + domain, strings.ToUpper(local) + "@Sub." + domain, "<" + local + "@" + domain + ">"} {
			if !strings.Contains(domain, ".") && !strings.Contains(email, "Sub.") {
				continue // a single label is refused as it is
			}
			if why, never := NeverMail(email); !never || why == "" {
				t.Errorf("%s may be mailed, row %+v", email, row)
			}
		}
	}
}

func TestNeverMailLetsDesksThrough(t *testing.T) {
	for _, email := range []string{
		"abuse@isp.example", "abuse@ripe.net.example", "abuse@notripe.net", "hostmaster@nic.bora.example", "nonexistent@isp.example",
		"nobody-cares@isp.example", "abuse@localhost.example", "network@isp.example", "gtld-abuse@jprs.jp", "abuse@xn--bcher-kva.example",
	} {
		if why, never := NeverMail(email); never {
			t.Errorf("%s: %s", email, why)
		}
	}
}

func TestNeverMailRefusesWhatIsNoAddress(t *testing.T) {
	for _, email := range []string{
		"", "@", "abuse", "abuse@", "@isp.example", "abuse@isp", "abuse@192.0.2.1", "abuse@isp..example", "a..b@isp.example",
		".a@isp.example", "абьюз@isp.example", "abuse@isp.example\r\nBcc: x@y.example", "abuse@-isp.example", "a b@isp.example",
		"abuse@" + strings.Repeat("a", 64) + ".example", strings.Repeat("a", 65) + "@isp.example",
	} {
		if _, never := NeverMail(email); !never {
			t.Errorf("%q may be mailed", email)
		}
	}
}

func TestEmailsInText(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"abuse@isp.example", []string{"abuse@isp.example"}},
		{"Please write to <Abuse@ISP.example>.", []string{"abuse@isp.example"}},
		{"mailto:abuse@isp.example, noc@isp.example;abuse@isp.example", []string{"abuse@isp.example", "noc@isp.example"}},
		{"abuse [at] isp [dot] example", []string{"abuse@isp.example"}},
		{"abuse(at)isp.example or abuse <AT> other.example", []string{"abuse@isp.example", "abuse@other.example"}},
		{"meet us at isp.example", nil},
		{"abuse at isp dot example", []string{"abuse@isp.example"}},
		{"net-abuse AT mail DOT isp DOT example, or call", []string{"net-abuse@mail.isp.example"}},
		{"abuse_at_isp.example", []string{"abuse@isp.example"}},
		{"send complaints to abuse at isp.example.", []string{"abuse@isp.example"}},
		{"e-mail: eu.abuse-desk at isp.example, phone +1", []string{"eu.abuse-desk@isp.example"}},
		{"report abuse at isp.example/form", nil},
		{"please report abuse at www.isp.example", nil},
		{"write to us at isp.example", nil},
		{"e-mail:abuse@isp.example", []string{"abuse@isp.example"}},
		{"abuse @ isp.example", []string{"abuse@isp.example"}},
		{"eu.abuse AT isp.example", []string{"eu.abuse@isp.example"}},
		{"abuse (a) isp.example", []string{"abuse@isp.example"}},
		{"abuse -at- isp.example, spam*at*isp.example", []string{"abuse@isp.example", "spam@isp.example"}},
		{"abuse_AT_isp_DOT_example", []string{"abuse@isp.example"}},
		{"abuse arroba isp.example", []string{"abuse@isp.example"}},
		{"abuse&#64;isp.example or spam＠isp.example", []string{"abuse@isp.example", "spam@isp.example"}},
		{"http://isp.example/?mail=abuse%40isp.example", []string{"abuse@isp.example"}},
		{"our abuse team (at work since 1999) isp.example", nil},
		{"no abuse at all", nil},
		{"abuse@bücher.example", []string{"abuse@xn--bcher-kva.example"}},
		{"http://isp.example/?mail=abuse@isp.example", []string{"abuse@isp.example"}},
		{"'abuse@isp.example'", []string{"abuse@isp.example"}},
		{"*abuse@isp.example*", []string{"abuse@isp.example"}},
		{"@ @@ a@ @b a@b", nil},
	} {
		if got := emailsIn(tc.text); !slices.Equal(got, tc.want) {
			t.Errorf("%q: %v, want %v", tc.text, got, tc.want)
		}
	}
}

func TestRemarksThatMeanAbuse(t *testing.T) {
	for _, tc := range []struct {
		name        string
		lines       []string
		abuse, dead []string
	}{
		{"the words and the address on a line", []string{"Send spam reports to x@isp.example"}, []string{"x@isp.example"}, nil},
		{"the address on a later line", []string{"For abuse:", "----", "x@isp.example"}, []string{"x@isp.example"}, nil},
		{"too far below", []string{"For abuse call us", "", "", "", "x@isp.example"}, nil, nil},
		{"another purpose", []string{"peering: x@isp.example", "corrections of this record: y@isp.example"}, nil, nil},
		{"the words belong to the line above", []string{"abuse: a@isp.example", "peering: x@isp.example"}, []string{"a@isp.example"}, nil},
		{"a denial", []string{"Do not send abuse reports to noc@isp.example"}, nil, nil},
		{"a denial that names the desk", []string{"Do not send spam reports to noc@isp.example but to abuse@isp.example"}, []string{"abuse@isp.example"}, nil},
		{"the address says so itself", []string{"abuse@isp.example"}, []string{"abuse@isp.example"}, nil},
		{"in German", []string{"Missbrauch bitte an x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in French", []string{"Plaintes : x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Spanish", []string{"Denuncias a x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Russian", []string{"Жалобы на спам: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Chinese", []string{"投诉邮箱 x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Turkish", []string{"kötüye kullanım bildirimi: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Hungarian", []string{"visszaélés bejelentése: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Romanian", []string{"Pentru abuzuri: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Greek", []string{"κατάχρηση: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Ukrainian", []string{"скарги: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Vietnamese", []string{"lạm dụng, thư rác: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Indonesian", []string{"Penyalahgunaan: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Danish", []string{"Misbrug: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Finnish", []string{"Väärinkäytökset: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"in Portuguese", []string{"Reclamações: x@isp.example"}, []string{"x@isp.example"}, nil},
		{"unsolicited mail, without the word for it", []string{"Unsolicited mail? x@isp.example"}, []string{"x@isp.example"}, nil},
		{"an address that says what it is not", []string{"This is not an abuse contact: x@isp.example"}, nil, nil},
		{"an address that says that it is not read", []string{"Abuse reports to x@isp.example are ignored"}, nil, nil},
		{"a denial in German", []string{"Beschwerden nicht an noc@isp.example"}, nil, nil},
		{"a desk called in Portuguese", []string{"abuso@isp.example"}, []string{"abuso@isp.example"}, nil},
		{"spelled out", []string{"For abuse:", "x at isp dot example"}, []string{"x@isp.example"}, nil},
		{"a dead one", []string{"abuse@isp.example is invalid"}, nil, []string{"abuse@isp.example"}},
		{"a validated one", []string{"abuse@isp.example was validated on 2026-01-02"}, []string{"abuse@isp.example"}, nil},
	} {
		abuse, dead := abuseInRemarks(tc.lines)
		if !slices.Equal(abuse, tc.abuse) || !slices.Equal(dead, tc.dead) {
			t.Errorf("%s: abuse %v dead %v, want %v %v", tc.name, abuse, dead, tc.abuse, tc.dead)
		}
	}
}

func TestNetworksAsRegistriesWriteThem(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"192.0.2.0 - 192.0.2.255", "192.0.2.0/24"},
		{"192.0.2.0-192.0.2.31", "192.0.2.0/27"},
		{"192.0.2.0/24", "192.0.2.0/24"},
		{"192.0.2.0/25, 192.0.2.128/26", "192.0.2.0/25 192.0.2.128/26"},
		{"200.57.128/19", "200.57.128.0/19"},
		{"10/8", "10.0.0.0/8"},
		{"074.125.000.000 - 074.125.255.255", "74.125.0.0/16"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"0.0.0.0 - 255.255.255.255", "0.0.0.0/0"},
		{"192.0.2.1 - 192.0.2.6", "192.0.2.1/32 192.0.2.2/31 192.0.2.4/31 192.0.2.6/32"},
		{"nonsense", ""},
		{"192.0.2.0/33", ""},
		{"192.0.2.0 - x", ""},
	} {
		var texts []string
		for _, p := range parseNetworks(tc.text) {
			texts = append(texts, p.String())
		}
		if got := strings.Join(texts, " "); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.text, got, tc.want)
		}
	}
}

func TestQueries(t *testing.T) {
	for _, tc := range []struct{ text, key string }{
		{"192.0.2.7", "192.0.2.7/32"},
		{" 192.0.2.7 ", "192.0.2.7/32"},
		{"::ffff:192.0.2.7", "192.0.2.7/32"},
		{"192.0.2.7:25", "192.0.2.7/32"},
		{"[2001:db8::7]:25", "2001:db8::7/128"},
		{"[2001:db8::7]", "2001:db8::7/128"},
		{"2001:db8::7/33", "2001:db8::/33"},
		{"192.0.2.77/24", "192.0.2.0/24"},
		{"as64500", "AS64500"},
		{"AS 64500", "AS64500"},
		{"www.shop.example", "shop.example"},
		{"WWW.Shop.Co.UK.", "shop.co.uk"},
		{"https://user:pw@www.shop.co.uk:8443/path?x=1", "shop.co.uk"},
		{"http://192.0.2.7/x", "192.0.2.7/32"},
		{"shop.example/path", "shop.example"},
		{"someone.github.io", "github.io"},
		{"bücher.example", "xn--bcher-kva.example"},
		{"co.uk", "co.uk"},
	} {
		if q, err := parseQuery(tc.text); err != nil || q.key() != tc.key {
			t.Errorf("%q: key %q, %v; want %q", tc.text, q.key(), err, tc.key)
		}
	}
	for _, text := range []string{"", " ", "nonsense", "300.1.1.1", "AS", "AS99999999999", "a b.example", "http://", "0.0.0.0/0", "::/0", "192.0.2.7/33", "2001:db8::/129", "-x.example"} {
		if q, err := parseQuery(text); !errors.Is(err, ErrBadQuery) {
			t.Errorf("%q: %v, key %q", text, err, q.key())
		}
	}
}

func TestSpecialPurposeBlocks(t *testing.T) {
	s := newSpecial(nil)
	for _, row := range specialBlocks {
		p := netip.MustParsePrefix(row.prefix)
		for _, inside := range []netip.Prefix{p, netip.PrefixFrom(p.Addr(), p.Addr().BitLen()), netip.PrefixFrom(lastAddr(p), p.Addr().BitLen())} {
			if s.why(inside) == "" {
				t.Errorf("%s in %s is let through", inside, row.prefix)
			}
		}
	}
	for _, public := range mustPrefixes("1.1.1.1/32", "192.31.196.1/32", "223.255.255.255/32", "2001:4860::/32", "2a00::1/128", "2001:200::1/128", "172.32.0.1/32") {
		if why := s.why(public); why != "" {
			t.Errorf("%s is refused: %s", public, why)
		}
	}
	allowing := newSpecial(documentation())
	if why := allowing.why(netip.MustParsePrefix("192.0.2.7/32")); why != "" {
		t.Errorf("an allowed block is refused: %s", why)
	}
	if allowing.why(netip.MustParsePrefix("10.0.0.1/32")) == "" {
		t.Error("allowing one block opens another")
	}
}

func TestWhatIsConnectedTo(t *testing.T) {
	d := newDialer(Options{})
	for address, refused := range map[string]bool{
		"8.8.8.8:43": false, "[2a00::1]:43": false, "[64:ff9b::808:808]:43": false,
		"127.0.0.1:43": true, "10.0.0.1:443": true, "169.254.169.254:80": true, "100.64.0.1:43": true, "0.0.0.0:43": true,
		"[::1]:43": true, "[::ffff:127.0.0.1]:43": true, "[fe80::1%eth0]:43": true, "[fd00::1]:43": true, "[64:ff9b::a00:1]:43": true,
		"[::]:43": true, "[2002:7f00:1::]:43": true, "192.0.2.1:43": true, "not an address": true,
	} {
		if err := d.refusePrivate("tcp", address, nil); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRegistriesOfAddresses(t *testing.T) {
	table := rirTable()
	for addr, whois := range map[string]string{
		"8.8.8.8": "whois.arin.net", "62.1.1.1": "whois.ripe.net", "203.1.1.1": "whois.apnic.net", "200.1.1.1": "whois.lacnic.net",
		"196.1.1.1": "whois.afrinic.net", "2a00::1": "whois.ripe.net", "2400::1": "whois.apnic.net", "2600::1": "whois.arin.net",
		"2800::1": "whois.lacnic.net", "2c0f::1": "whois.afrinic.net",
	} {
		if row, ok := table.Lookup(netip.MustParseAddr(addr)); !ok || row.whois != whois {
			t.Errorf("%s: %+v, want %s", addr, row, whois)
		}
	}
	// No octet belongs to two registries: the table would hold fewer than the
	// rows name.
	octetsNamed := 0
	for _, row := range rirs {
		for field := range strings.FieldsSeq(row.v4) {
			for range octets(field) {
				octetsNamed++
			}
		}
	}
	if octetsNamed != table.Size4() {
		t.Errorf("%d octets named, %d different", octetsNamed, table.Size4())
	}
}

func TestCacheKeys(t *testing.T) {
	for _, tc := range []struct {
		query string
		cidr  []string
		want  string
	}{
		{"192.0.2.7", []string{"192.0.2.0/24"}, "192.0.2.0/24"},
		{"192.0.2.7", []string{"192.0.2.0/25", "192.0.3.0/24"}, "192.0.2.0/25 192.0.3.0/24"},
		{"192.0.2.7", []string{"192.0.0.0/8"}, "192.0.0.0/16"},
		{"192.0.2.7", []string{"198.51.100.0/24"}, "192.0.2.7/32"},
		{"192.0.2.7", nil, "192.0.2.7/32"},
		{"192.0.2.0/24", []string{"192.0.2.0/23"}, "192.0.2.0/23"},
		{"192.0.2.0/24", []string{"192.0.2.0/25"}, "192.0.2.0/24"},
		{"192.0.0.0/12", []string{"192.0.0.0/8"}, "192.0.0.0/12"},
		{"2001:db8::1", []string{"2001:d00::/24"}, "2001:db8::/32"},
		{"AS64500", nil, "AS64500"},
	} {
		n := Network{CIDR: mustPrefixes(tc.cidr...)}
		if got := strings.Join(cacheKeys(parsed(t, tc.query), n), " "); got != tc.want {
			t.Errorf("%s in %v: %s, want %s", tc.query, tc.cidr, got, tc.want)
		}
	}
}

func TestErrorsAreOneLine(t *testing.T) {
	e := &Error{Query: "x\r\n\x1b[31m\u2028y", Kind: ErrUnreachable, Hint: "try again later", Cause: errors.New("a\nb")}
	if s := e.Error(); strings.ContainsAny(s, "\r\n\x1b\u2028") || !strings.Contains(s, "try again later") {
		t.Errorf("%q", s)
	}
	if !e.Temporary() || !errors.Is(e, ErrUnreachable) {
		t.Error("an unreachable registry is not temporary")
	}
}
