package lookup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// emailsOf is what a reading would write to first, and then.
func emailsOf(a answer) []string {
	var out []string
	for _, c := range contacts(a.candidates, ViaWHOIS, "") {
		if _, never := NeverMail(c.Email); !never && !contains(a.dead, c.Email) {
			out = append(out, c.Email)
		}
	}
	return out
}

func parsed(t *testing.T, text string) query {
	t.Helper()
	q, err := parseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestWHOISAnswersOfEveryShape(t *testing.T) {
	for _, tc := range []struct {
		name, file, query string
		first             string   // the desk
		never             []string // must not be named at all
		network           string
		netName           string
		asn               uint32
		referral          string
		foreign           bool
	}{
		{
			name: "RIPE's abuse-c line is worth more than roles and remarks", file: "ripe-abusec", query: "192.0.2.7",
			first: "desk@cable.example", network: "192.0.2.0/25", netName: "EX-CABLE", asn: 64500,
		},
		{
			name: "without an abuse-c a trouble line counts, not who changed the object", file: "ripe-no-abusec", query: "192.0.2.7",
			first: "cert@old.example", never: []string{"auto-dbm@old.example"}, network: "192.0.2.0/24", netName: "EX-OLD",
		},
		{
			name: "RIPE does not run the whole internet", file: "ripe-foreign", query: "198.51.100.7",
			network: "198.51.100.0/24", netName: "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK", foreign: true,
		},
		{
			name: "APNIC's incident response team", file: "apnic-irt", query: "203.0.113.7",
			first: "irt-abuse@isp.example", network: "203.0.113.0/24", netName: "EX-ISP-AP",
		},
		{
			name: "JPNIC's hostmaster in APNIC's answer is nobody", file: "apnic-jpnic", query: "203.0.113.7",
			network: "203.0.113.0/25", netName: "EXNET-SUB",
		},
		{
			name: "a mailbox that APNIC declares invalid is passed over", file: "apnic-invalid", query: "203.0.113.7",
			first: "tina@gone.example", never: []string{"abuse@gone.example"}, network: "203.0.113.0/24", netName: "EX-GONE",
		},
		{
			name: "ARIN's desk of the network before the organisation's", file: "arin-direct", query: "198.51.100.7",
			first: "net-abuse@rack.example", network: "198.51.100.0/24", netName: "EX-RACK", asn: 64501,
		},
		{
			name: "a customer without a desk is its provider's business", file: "arin-customer", query: "198.51.100.9",
			first: "abuse@rack.example", network: "198.51.100.8/29", netName: "EX-CUSTOMER", referral: "rwhois.rack.example:4321",
		},
		{
			name: "an address beside the customer is the provider's", file: "arin-customer", query: "198.51.100.77",
			first: "abuse@rack.example", never: []string{"admin@customer.example"}, network: "198.51.100.0/24", netName: "EX-RACK",
			referral: "rwhois.rack.example:4321",
		},
		{
			name: "ARIN refers to the registry that took the network over", file: "arin-transferred", query: "192.0.2.7",
			network: "192.0.2.0/24", netName: "RIPE-ERX-192-0-2-0", referral: "whois.ripe.net", foreign: true,
		},
		{
			name: "LACNIC's abuse-c is a handle, its text Latin-1", file: "lacnic", query: "192.0.2.7",
			first: "seguridad@ejemplo.example", network: "192.0.2.0/24", netName: "Compañia de Ejemplo S.A.", asn: 64510,
		},
		{
			name: "registro.br names cert.br in every answer", file: "registro-br", query: "192.0.2.7",
			first: "seguranca@exemplo.example", never: []string{"mail-abuse@cert.br"}, network: "192.0.2.0/24",
			netName: "Exemplo Telecom Ltda", asn: 64511,
		},
		{
			name: "AFRINIC's remarks, the address some lines below the words", file: "afrinic-remarks", query: "192.0.2.7",
			first: "team@africa.example", never: []string{"peering@africa.example"}, network: "192.0.2.0/24", netName: "EX-AFRICA",
		},
		{
			name: "JPNIC's lettered lines", file: "jpnic", query: "203.0.113.7",
			first: "desk@exnet.example", network: "203.0.113.0/25", netName: "EXNET",
		},
		{
			name: "KRNIC's headings, in two languages", file: "krnic", query: "203.0.113.9",
			first: "badmail@exampletel.example", network: "203.0.113.0/24", netName: "EXAMPLETEL",
		},
		{
			name: "TWNIC's headings with indented lines", file: "twnic", query: "203.0.113.9",
			first: "spam-team@telecom-tw.example", network: "203.0.113.0/24", netName: "EXAMPLE-TW",
		},
		{
			name: "rwhois", file: "rwhois", query: "198.51.100.7",
			first: "rabuse@rack.example", never: []string{"hostmaster@rack.example"}, network: "198.51.100.0/26", netName: "RACK-198.51.100.0",
		},
		{
			name: "the registrar's desk, and nobody of the domain or the registry", file: "gtld", query: "shop.example",
			first: "domainabuse@registrar.example", netName: "Example Registrar Ltd.", referral: "whois.registrar.example",
			never: []string{"owner@shop.example", "abuse@shop.example", "abuse@registry.example"},
		},
		{
			name: "a thin registry refers to the registrar", file: "gtld-thin", query: "shop.example",
			never: []string{"owner@shop.example"}, netName: "Example Registrar Ltd.", referral: "whois.registrar.example",
		},
		{name: "SIDN's heading", file: "nl", query: "shop.example", first: "abuse@registrar-nl.example", netName: "Example Registrar B.V."},
		{name: "AFNIC's registrar object", file: "fr", query: "shop.example", first: "support@registrar-fr.example", netName: "REGISTRAR EXEMPLE"},
		{name: "NASK's registrar, lines without keys", file: "pl", query: "shop.example", first: "info@registrar-pl.example", never: []string{"owner@shop.example"}},
		{name: ".ua's abuse-email", file: "ua", query: "shop.example", first: "abuse@registrar-ua.example", netName: "ua.exreg"},
		{
			name: "an AS at ARIN", file: "arin-asn", query: "AS64501",
			first: "abuse@rack.example", netName: "EX-RACK", asn: 64501,
		},
		{
			name: "a block of AS numbers is another registry's", file: "ripe-asblock", query: "AS64501", foreign: true,
		},
		{
			name: "an AS at RIPE, in its block", file: "ripe-asn", query: "AS64500",
			first: "abuse@broadband.example", netName: "EX-BROADBAND", asn: 64500,
		},
		{
			name: "an AS at LACNIC", file: "lacnic-asn", query: "AS64510",
			first: "noc@ejemplo.example", netName: "Ejemplo S.A.", asn: 64510,
		},
		{
			name: "an IPv6 network, its AS with the route", file: "apnic-v6", query: "2001:db8::7",
			first: "net-abuse@six.example", network: "2001:db8::/32", netName: "EX-SIX", asn: 64505,
		},
		{name: "IANA refers", file: "iana", query: "203.0.113.7", network: "203.0.0.0/8", referral: "whois.apnic.net"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("testdata", "whois", tc.file+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			got, kind := readWHOIS("", string(raw), parsed(t, tc.query))
			emails := emailsOf(got)
			if kind != answered {
				t.Errorf("verdict %v", kind)
			}
			if first := append(emails, "")[0]; first != tc.first {
				t.Errorf("first contact %q, want %q (all: %v)", first, tc.first, emails)
			}
			for _, email := range tc.never {
				if slices.Contains(emails, email) {
					t.Errorf("%s is named: %v", email, emails)
				}
			}
			network := ""
			if len(got.network.CIDR) > 0 {
				network = got.network.CIDR[0].String()
			}
			if network != tc.network || !strings.HasPrefix(got.network.Name, tc.netName) || got.network.ASN != tc.asn {
				t.Errorf("network %s %q AS%d, want %s %q AS%d", network, got.network.Name, got.network.ASN, tc.network, tc.netName, tc.asn)
			}
			if got.referral != tc.referral || got.foreign != tc.foreign {
				t.Errorf("referral %q foreign %v, want %q %v", got.referral, got.foreign, tc.referral, tc.foreign)
			}
		})
	}
}

// Every row of the tables must be reachable: an answer of nothing but the
// row's own attribute is read by that row.
func TestEveryContactRuleReadsItsAttribute(t *testing.T) {
	for kind, rules := range map[string][]contactRule{"192.0.2.7": contactRules, "shop.example": domainRules} {
		for _, rule := range rules {
			raw := rule.key + ": one@desk.example\n"
			switch {
			case rule.who == "rwhois":
				raw = "network:" + rule.key + ";I:one@desk.example\n"
			case rule.who == "JPNIC":
				raw = "o. [" + rule.key + "]    one@desk.example\n"
			case rule.head != "" && rule.who == "KRNIC":
				raw = "[ The " + rule.head + " heading ]\n" + rule.key + "   : one@desk.example\n"
			case rule.head != "":
				raw = rule.head + ":\n   " + rule.key + ": one@desk.example\n"
			}
			got, _ := readWHOIS("", raw, parsed(t, kind))
			if len(got.candidates) != 1 {
				t.Errorf("%s %s %s: %v", rule.who, rule.key, rule.head, got.candidates)
				continue
			}
			c := got.candidates[0]
			if c.email != "one@desk.example" || c.role != rule.role || c.conf != rule.conf {
				t.Errorf("%s %s %s: read as %+v", rule.who, rule.key, rule.head, c)
			}
		}
	}
}

func TestIgnoredAttributesAreNoContacts(t *testing.T) {
	for key := range ignoredKeys {
		got, _ := readWHOIS("", "netname: EX\n"+key+": abuse@desk.example\n", parsed(t, "192.0.2.7"))
		if len(got.candidates) != 0 {
			t.Errorf("%s: %v", key, got.candidates)
		}
	}
}

func TestReferencesGiveAnObjectItsRole(t *testing.T) {
	for attr, role := range contactRefs {
		raw := "inetnum: 192.0.2.0/24\n" + attr + ": EX1\n\nrole: Example\nnic-hdl: EX1\ne-mail: one@desk.example\n"
		got, _ := readWHOIS("", raw, parsed(t, "192.0.2.7"))
		if len(got.candidates) != 1 || got.candidates[0].role != role {
			t.Errorf("%s: %+v, want role %s", attr, got.candidates, role)
		}
	}
}

func TestAnswersThatAreNoAnswers(t *testing.T) {
	for _, tc := range []struct {
		who, raw string
		want     verdict
	}{
		{"ARIN", "#\n# terms\n#\n\nNo match found for n + 192.0.2.1.\n", unknown},
		{"RIPE", "%ERROR:101: no entries found\n%\n% No entries found in source RIPE.\n", unknown},
		{"LACNIC", "% Unallocated and unassigned in LACNIC block\n", unknown},
		{"JPNIC", "[ JPNIC database ]\n\nNo match!!\n", unknown},
		{"KRNIC", "The IPv4 address is not allocated.\n", unknown},
		{"rwhois", "%rwhois V-1.5\n%error 230 No Objects Found\n", unknown},
		{"Verisign", "No match for domain \"SHOP.EXAMPLE\".\n", unknown},
		{"registry", "Domain not found.\n", unknown},
		{"nobody", "", unknown},
		{"a web server", "<html><head><title>Welcome</title></head>\n<body>hello</body></html>\n", garbled},
		{"noise", "\x00\x01\x02\n\n\xff", garbled},
		{"RIPE", "%ERROR:201: access denied for 192.0.2.1\n%\n% Queries from your IP address have passed the daily limit\n", denied},
		{"LACNIC", "% Query rate limit exceeded\n", denied},
		{"registrar", "Number of allowed queries exceeded.\n", denied},
		{"registrar", "WHOIS LIMIT EXCEEDED - SEE WWW.REGISTRY.EXAMPLE\n", denied},
		{"registrar", "Your IP has been blocked\n", denied},
		{"LACNIC, which names the network all the same", "% Query rate limit exceeded. Reduced information.\n\ninetnum: 192.0.2.0/24\nowner: Ejemplo\n", denied},
		{"LACNIC", "% Excessive querying, grace period of 300 seconds\n", denied},
		{"KRNIC", "query : 192.0.2.1\n\n조회 건수가 초과되었습니다.\n", denied},
		{"TWNIC", "Requested whois query exceeds the limit.\n", denied},
		{"TWNIC", "No Found\n", unknown},
		{"DENIC", "% Error: 55 Connection refused; access control limit exceeded.\n", denied},
		{"Nominet", "The WHOIS query quota for 192.0.2.9 has been exceeded and will be replenished soon\n", denied},
		{"EURid", "% Still in grace period, wait 42 seconds\n", denied},
		{"CIRA", "% Maximum query rate reached\n", denied},
		{"a registry", "BLACKLISTED: You have exceeded the query limit\n", denied},
		{"CNNIC", "Queried interval is too short.\n", denied},
		{"rwhois", "%rwhois V-1.5\n%error 332 Unauthorized\n", denied},
		{"terms of use that warn of it", "No match for \"SHOP.EXAMPLE\".\n\nExcessive querying may be blocked.\n", unknown},
		{"terms of use above a network without a contact", "% Excess queries are denied; try again later\n\ninetnum: 192.0.2.0/24\nnetname: EX\n", answered},
	} {
		if got, kind := readWHOIS("", tc.raw, parsed(t, "192.0.2.1")); kind != tc.want {
			t.Errorf("%s %q: verdict %v, want %v (%v)", tc.who, tc.raw, kind, tc.want, got)
		}
	}
}

func TestNetworksOfAnotherRegistry(t *testing.T) {
	for name, raw := range map[string]string{
		"APNIC says so in its description": "inetnum: 192.0.0.0 - 192.0.255.255\nnetname: ARIN-CIDR\nremarks: Not allocated by APNIC\ne-mail: abuse@desk.example\n",
		"APNIC names where it went":        "inetnum: 192.0.0.0 - 192.0.255.255\nnetname: RIPE-192\ndescr: Transferred to the RIPE region on 2018-01-01\n",
		"ARIN leaves it to LACNIC":         "NetRange: 192.0.0.0 - 192.0.255.255\nNetType: Early Registrations, Maintained by LACNIC\nOrgAbuseEmail: abuse@desk.example\n",
	} {
		if got, _ := readWHOIS("", raw, parsed(t, "192.0.2.1")); !got.foreign {
			t.Errorf("%s: taken for its own", name)
		}
	}
}

func TestJapaneseAnswersNameTheirHandles(t *testing.T) {
	raw := "a. [IPネットワークアドレス]     192.0.2.0/25\nb. [ネットワーク名]             EXNET\nm. [管理者連絡窓口]             JP00012345\nn. [技術連絡担当者]             JP00054321\n"
	got, _ := readWHOIS("", raw, parsed(t, "192.0.2.1"))
	want := []handle{{"JP00012345", "administrative"}, {"JP00054321", "technical"}}
	if !slices.Equal(got.handles, want) || got.network.Name != "EXNET" || len(got.network.CIDR) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestEveryPhraseHasAnOwner(t *testing.T) {
	for _, p := range slices.Concat(noMatch, refused, complaining, foreign) {
		if p.who == "" || p.text == nil {
			t.Errorf("row %+v", p)
		}
	}
}
