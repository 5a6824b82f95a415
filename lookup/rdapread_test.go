package lookup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// card is a jCard with the given e-mail properties.
func card(properties ...string) string {
	head := []string{`["version",{},"text","4.0"]`, `["fn",{},"text","Somebody"]`}
	return `["vcard",[` + strings.Join(append(head, properties...), ",") + `]]`
}

func email(address string) string { return fmt.Sprintf(`["email",{},"text",%q]`, address) }

func entity(roles, card string, more ...string) string {
	parts := append([]string{`"objectClassName":"entity"`, `"handle":"EX1"`, `"roles":` + roles, `"vcardArray":` + card}, more...)
	return "{" + strings.Join(parts, ",") + "}"
}

func network(members ...string) string {
	return `{"objectClassName":"ip network","handle":"H","startAddress":"192.0.2.0","endAddress":"192.0.2.255","name":"EX","country":"nl",` +
		strings.Join(members, ",") + `}`
}

func entities(list ...string) string { return `"entities":[` + strings.Join(list, ",") + `]` }

func remarks(lines ...string) string {
	return `"remarks":[{"title":"remarks","description":["` + strings.Join(lines, `","`) + `"]}]`
}

func TestRDAPAnswersOfEveryShape(t *testing.T) {
	abuse := `["abuse"]`
	for _, tc := range []struct {
		name string
		body string
		kind queryKind
		want []string // candidates that may be mailed, best first
		best Confidence
	}{
		{
			name: "several addresses of the abuse role, in the registry's order", kind: netQuery, best: High,
			body: network(entities(entity(abuse, card(email("one@isp.example"), email("two@isp.example"))))),
			want: []string{"one@isp.example", "two@isp.example"},
		},
		{
			name: "a contact that ARIN could not validate comes after one that it could", kind: netQuery, best: High,
			body: network(entities(
				entity(abuse, card(email("old@isp.example")), `"remarks":[{"title":"Unvalidated POC","description":["no answer"]}]`),
				entity(abuse, card(email("new@isp.example"))),
			)),
			want: []string{"new@isp.example", "old@isp.example"},
		},
		{
			name: "a contact that was removed comes last", kind: netQuery, best: High,
			body: network(entities(
				entity(abuse, card(email("old@isp.example")), `"status":["removed"]`), entity(abuse, card(email("new@isp.example"))),
			)),
			want: []string{"new@isp.example", "old@isp.example"},
		},
		{
			name: "the desk as a contact URI", kind: netQuery, best: High,
			body: network(entities(entity(abuse, card(`["contact-uri",{},"uri","mailto:desk@isp.example"]`)))),
			want: []string{"desk@isp.example"},
		},
		{
			name: "JSContact as its drafts had it", kind: netQuery, best: High,
			body: network(entities(`{"roles":["abuse"],"jscontact_card":{"emails":{"a":{"email":"desk@isp.example"}}}}`)),
			want: []string{"desk@isp.example"},
		},
		{
			name: "an abuse role that a domain's owner gave himself", kind: domainQuery,
			body: `{"objectClassName":"domain","ldhName":"shop.example",` + entities(entity(`["registrant"]`, card(email("owner@shop.example")), entities(entity(abuse, card(email("abuse@shop.example")))))) + `}`,
		},
		{
			name: "pref=1 comes first", kind: netQuery, best: High,
			body: network(entities(entity(abuse, card(email("noc@isp.example"), `["email",{"pref":"1"},"text","irt@isp.example"]`)))),
			want: []string{"irt@isp.example", "noc@isp.example"},
		},
		{
			name: "pref may be a number", kind: netQuery, best: High,
			body: network(entities(entity(abuse, card(email("noc@isp.example"), `["email",{"pref":1},"text","irt@isp.example"]`)))),
			want: []string{"irt@isp.example", "noc@isp.example"},
		},
		{
			name: "RIPE marks the abuse mailbox by type", kind: netQuery, best: High,
			body: network(entities(entity(abuse, card(`["email",{"type":"email"},"text","noc@isp.example"]`, `["email",{"type":["x","abuse"]},"text","desk@isp.example"]`)))),
			want: []string{"desk@isp.example", "noc@isp.example"},
		},
		{
			name: "ARIN nests the abuse desk in the registrant", kind: netQuery, best: High,
			body: network(entities(entity(`["registrant"]`, card(), entities(
				entity(`["technical"]`, card(email("tech@isp.example"))), entity(abuse, card(email("desk@isp.example"))))))),
			want: []string{"desk@isp.example", "tech@isp.example"},
		},
		{
			name: "the network's own desk before the organisation's", kind: netQuery, best: High,
			body: network(entities(entity(`["registrant"]`, card(), entities(entity(abuse, card(email("org@isp.example"))))), entity(abuse, card(email("net@isp.example"))))),
			want: []string{"net@isp.example", "org@isp.example"},
		},
		{
			name: "one entity with several roles", kind: netQuery, best: High,
			body: network(entities(entity(`["administrative","technical","abuse"]`, card(email("Desk@ISP.Example"))))),
			want: []string{"desk@isp.example"},
		},
		{
			name: "roles as a string, an upper-case role", kind: netQuery, best: High,
			body: network(entities(entity(`"ABUSE"`, card(email("desk@isp.example"))))),
			want: []string{"desk@isp.example"},
		},
		{
			name: "a national registry's hostmaster in the abuse role, the desk among the technical addresses", kind: netQuery, best: Medium,
			body: network(entities(entity(abuse, card(email("hostmaster@nic.or.kr"))), entity(`["technical"]`, card(email("ip@isp.example"), email("abuse@isp.example"))))),
			want: []string{"abuse@isp.example", "ip@isp.example"},
		},
		{
			name: "entities without roles; remarks name the desk", kind: netQuery, best: Medium,
			body: network(`"remarks":[{"title":"Remark","description":["please send abuse reports to team@isp.example"]}]`,
				entities(`{"handle":"X","vcardArray":`+card(email("ip@isp.example"))+`}`)),
			want: []string{"team@isp.example", "ip@isp.example"},
		},
		{
			name: "remarks of an entity", kind: netQuery, best: Medium,
			body: network(entities(entity(`["technical"]`, card(), remarks("Spam: x@isp.example", "only for corrections: y@isp.example")))),
			want: []string{"x@isp.example"},
		},
		{
			name: "a mailbox that the registry declares invalid", kind: netQuery, best: Low,
			body: network(entities(entity(abuse, card(email("abuse@gone.example")), remarks("abuse@gone.example is invalid")), entity(`["technical"]`, card(email("tech@gone.example"))))),
			want: []string{"tech@gone.example"},
		},
		{
			name: "role names decide where there is no abuse role", kind: netQuery, best: Low,
			body: network(entities(entity(`["administrative"]`, card(email("postmaster@isp.example"), email("admin@isp.example"), email("support@isp.example"))), entity(`["technical"]`, card(email("noc@isp.example"), email("security@isp.example"), email("joe@isp.example"))))),
			want: []string{"security@isp.example", "noc@isp.example", "support@isp.example", "admin@isp.example", "postmaster@isp.example", "joe@isp.example"},
		},
		{
			name: "cards with flaws: null parameters, a null value, short and foreign properties", kind: netQuery, best: High,
			body: network(entities(entity(abuse, `["vcard",[["version",{},"text","4.0"],["adr",{"label":"x"},"text",null],["email"],7,null,["tel",{},"uri"],["EMAIL",null,"text","mailto:desk@isp.example"]]]`))),
			want: []string{"desk@isp.example"},
		},
		{
			name: "a card without its wrapper, two addresses in one value", kind: netQuery, best: High,
			body: network(entities(entity(abuse, `[["version",{},"text","4.0"],["email",{},"text","a@isp.example; b@isp.example"]]`))),
			want: []string{"a@isp.example", "b@isp.example"},
		},
		{
			name: "a value that is a list", kind: netQuery, best: High,
			body: network(entities(entity(abuse, `["vcard",[["email",{},"text",["a@isp.example","b@isp.example"]]]]`))),
			want: []string{"a@isp.example", "b@isp.example"},
		},
		{
			name: "JSContact", kind: netQuery, best: High,
			body: network(entities(`{"roles":["abuse"],"jscontact_card":{"@type":"Card","emails":{"e2":{"address":"b@isp.example"},"e1":{"address":"a@isp.example","pref":1}}}}`)),
			want: []string{"a@isp.example", "b@isp.example"},
		},
		{
			name: "a plain e-mail member", kind: netQuery, best: High,
			body: network(entities(`{"roles":["abuse"],"email":"desk@isp.example"}`)),
			want: []string{"desk@isp.example"},
		},
		{
			name: "an autnum", kind: asnQuery, best: High,
			body: `{"objectClassName":"autnum","startAutnum":64500,` + entities(entity(abuse, card(email("desk@isp.example")))) + `}`,
			want: []string{"desk@isp.example"},
		},
		{
			name: "a domain: the registrar's desk, and nobody of the domain", kind: domainQuery, best: High,
			body: `{"objectClassName":"domain","ldhName":"SHOP.EXAMPLE",` + entities(
				entity(`["registrant"]`, card(email("owner@shop.example"))),
				entity(`["technical"]`, card(email("abuse@shop.example"))),
				entity(`["registrar"]`, card(email("info@registrar.example")), entities(entity(abuse, card(email("desk@registrar.example"))))),
			) + `}`,
			want: []string{"desk@registrar.example", "info@registrar.example"},
		},
		{
			name: "a redacted domain", kind: domainQuery,
			body: `{"objectClassName":"domain","ldhName":"shop.example",` + entities(entity(`["registrant"]`, card(email("")))) + `,"redacted":[{"name":{"type":"Registrant Email"}}]}`,
		},
		{
			name: "no entities at all", kind: netQuery, body: network(`"entities":null`),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := readRDAP([]byte(tc.body), tc.kind)
			if err != nil {
				t.Fatalf("%v in %s", err, tc.body)
			}
			if emails := emailsOf(got); !slices.Equal(emails, tc.want) {
				t.Errorf("got %v, want %v", emails, tc.want)
			}
			c := Client{}
			if best := c.best(finding{contacts: contacts(got.candidates, ViaRDAP, ""), dead: got.dead}); best != tc.best {
				t.Errorf("best is %q, want %q", best, tc.best)
			}
		})
	}
}

func TestRDAPNetworks(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"plain", `{"handle":"H","startAddress":"192.0.2.0","endAddress":"192.0.2.255"}`, "192.0.2.0/24"},
		{"zero-padded", `{"handle":"H","startAddress":"192.000.002.000","endAddress":"192.000.002.255"}`, "192.0.2.0/24"},
		{"with a stray length", `{"handle":"H","startAddress":"192.0.2.0/32","endAddress":"192.0.2.255/32"}`, "192.0.2.0/24"},
		{"a range that is no prefix", `{"handle":"H","startAddress":"192.0.2.0","endAddress":"192.0.3.127"}`, "192.0.2.0/24 192.0.3.0/25"},
		{"IPv6, written out", `{"handle":"H","startAddress":"2001:0db8:0000:0000:0000:0000:0000:0000","endAddress":"2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff"}`, "2001:db8::/32"},
		{"cidr0", `{"handle":"H","cidr0_cidrs":[{"v4prefix":"192.0.2.0","length":25},{"v6prefix":"2001:db8::","length":32}]}`, "192.0.2.0/25 2001:db8::/32"},
		{"ends before it starts", `{"handle":"H","startAddress":"192.0.2.9","endAddress":"192.0.2.1"}`, ""},
		{"two families", `{"handle":"H","startAddress":"192.0.2.9","endAddress":"2001:db8::"}`, ""},
	} {
		got, err := readRDAP([]byte(tc.body), netQuery)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		var texts []string
		for _, p := range got.network.CIDR {
			texts = append(texts, p.String())
		}
		if s := strings.Join(texts, " "); s != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, s, tc.want)
		}
	}
}

func TestWhatIsNoRDAPAnswer(t *testing.T) {
	for _, body := range []string{
		``, `{`, `[]`, `"x"`, `7`, `null`, `{}`, `{"errorCode":404,"title":"no"}`, `<html>`, `{"hello":"world"}`,
	} {
		if got, err := readRDAP([]byte(body), netQuery); err == nil {
			t.Errorf("%q was read as %+v", body, got)
		}
	}
}

func TestRDAPNotices(t *testing.T) {
	got, err := readRDAP([]byte(network(`"notices":[{"title":"Truncated","type":"result set truncated due to excessive load"}]`)), netQuery)
	if err != nil || !slices.Contains(got.notes, "truncated") {
		t.Errorf("notes %v, %v", got.notes, err)
	}
}
