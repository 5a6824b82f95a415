package target

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/lookup"
)

// spam is an incident with the given header fields and HTML or text.
func spam(fields, body string) complaint.Incident {
	kind := "text/plain"
	if strings.HasPrefix(body, "<") {
		kind = "text/html"
	}
	raw := []byte("Received: from friend by mx.example.org for <alice@victim.example>; Fri, 2 Jan 2026 03:04:05 +0000\n" +
		fields + "Content-Type: " + kind + "; charset=utf-8\n\n" + body)
	return complaint.Incident{
		Message: complaint.Message{Raw: raw, Size: int64(len(raw))},
		Verdict: headers.Verdict{
			Source: &headers.Source{IP: netip.MustParseAddr("192.0.2.7"), Hop: 0},
			Hops:   []headers.Hop{{For: "alice@victim.example", Trust: headers.TrustEdge}},
		},
	}
}

// said writes what was found in few words: kind, way and query.
func said(f Found) string {
	var all []string
	for _, t := range f.Targets {
		all = append(all, fmt.Sprintf("%s %s %s", t.Kind, t.How, t.Query))
	}
	return strings.Join(all, ", ")
}

// left are the reasons for leaving something out.
func left(f Found) string {
	var all []string
	for _, l := range f.Left {
		all = append(all, l.Why)
	}
	return strings.Join(all, "\n")
}

func find(inc complaint.Incident, o Options) Found { return Find(context.Background(), inc, o) }

var linksOnly = Options{Links: true}

func TestPagesAndTheirDomains(t *testing.T) {
	both := Options{Links: true, Registrars: true}
	for name, tt := range map[string]struct{ body, want string }{
		"a page":                              {`<a href="http://www.evil.example/x">x</a>`, "link host www.evil.example, registrar domain evil.example"},
		"a page at an address":                {`<a href="http://203.0.113.8/x">x</a>`, "link address 203.0.113.8"},
		"names below one domain are one":      {`<a href="http://a.evil.example/">x</a><a href="http://b.evil.example/">x</a>`, "link host a.evil.example, registrar domain evil.example"},
		"a page at a service":                 {`<a href="http://bank.github.io/">x</a>`, "link host bank.github.io"},
		"each name at a service is another":   {`<a href="http://a.github.io/">x</a><a href="http://b.github.io/">x</a>`, "link host a.github.io, link host b.github.io"},
		"a form is more than links":           {`<a href="http://a.example/">x</a><form action="http://b.example/">`, "link host b.example, link host a.example, registrar domain b.example, registrar domain a.example"},
		"what comes first counts more":        {`<a href="http://a.example/">x</a>` + strings.Repeat(`<a href="http://b.example/">x</a>`, 9), "link host a.example, link host b.example, registrar domain a.example, registrar domain b.example"},
		"a rented server has no registrar":    {`<a href="http://7.2.0.203.static.provider.example/">x</a>`, "link host 7.2.0.203.static.provider.example"},
		"behind a redirector":                 {`<a href="https://www.google.com/url?q=http://evil.example/">x</a>`, "link host evil.example, registrar domain evil.example"},
		"three hosts are enough":              {`<a href="http://a.example/">x</a><a href="http://b.example/">x</a><a href="http://c.example/">x</a><a href="http://d.example/">x</a>`, "link host a.example, link host b.example, link host c.example, registrar domain a.example, registrar domain b.example, registrar domain c.example"},
		"text alone":                          {"pay at http://evil.example/x", "link host evil.example, registrar domain evil.example"},
		"a page named only in the text":       {`<a href="http://evil.example/">x</a> http://other.example/`, "link host evil.example, registrar domain evil.example"},
		"a link to nowhere":                   {`<a href="http://nas/">x</a>`, ""},
		"a domain without an end that exists": {`<a href="http://a.b.nosuchend1/">x</a>`, ""},
		"a private address":                   {`<a href="http://10.0.0.1/">x</a><a href="http://127.1/">x</a><a href="http://[::1]/">`, ""},
		"the source itself":                   {`<a href="http://192.0.2.7/">x</a>`, ""},
		"the recipient's own domain":          {`<a href="http://www.victim.example/">x</a>`, ""},
		"pictures only":                       {`<img src="http://a.example/x.gif"><a href="http://b.example/x.png">x</a>`, ""},
		"a top-level domain alone":            {`<a href="http://co.uk/">x</a>`, ""},
		"the state":                           {`<a href="http://tax.gov.uk/">x</a><a href="http://irs.gov/">x</a>`, ""},
		"an enclosed message is somebody's":   {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := find(spam("From: a@x.example\n", tt.body), both)
			if got := said(f); got != tt.want {
				t.Errorf("got %q, want %q\n%s", got, tt.want, left(f))
			}
		})
	}
}

func TestTargetsSayWhatTheComplaintNeeds(t *testing.T) {
	f := find(spam("From: a@x.example\n", `<a href="http://evil.example/a">x</a><a href="http://evil.example/b">x</a>`), Options{Links: true, Registrars: true})
	if len(f.Targets) != 2 {
		t.Fatalf("%+v", f)
	}
	host, registrar := f.Targets[0], f.Targets[1]
	if host.Letter != "web-host" || host.Name != "evil.example" || host.Count != 2 || strings.Join(host.Links, " ") != "hxxp://evil.example/a hxxp://evil.example/b" {
		t.Errorf("%+v", host)
	}
	if registrar.Letter != "registrar" || registrar.Name != "evil.example" || len(registrar.Links) != 2 {
		t.Errorf("%+v", registrar)
	}
	for _, target := range f.Targets {
		if !strings.Contains(target.Reason, "evil.example") || !strings.HasSuffix(target.Reason, ".") {
			t.Errorf("%q", target.Reason)
		}
	}
}

func TestADomainIsNotReportedToItself(t *testing.T) {
	contacts := []lookup.Contact{
		{Email: "abuse@EVIL.example", Via: lookup.ViaRDAP},
		{Email: "abuse@mail.evil.example", Via: lookup.ViaWHOIS},
		{Email: "abuse@elsewhere.example", Via: lookup.ViaDomain},
		{Email: "abuse@registrar.example", Via: lookup.ViaRDAP},
	}
	registrar := Target{Query: "evil.example"}
	registrar.Kind = complaint.KindRegistrar
	if got := registrar.Fit(contacts); len(got) != 1 || got[0].Email != "abuse@registrar.example" || len(contacts) != 4 {
		t.Errorf("%+v", got)
	}
	page := Target{Query: "evil.example"}
	page.Kind = complaint.KindLink
	if got := page.Fit(contacts); len(got) != 4 {
		t.Errorf("%+v", got)
	}
}

func TestTheSameMessageGivesTheSameTargets(t *testing.T) {
	inc := spam("From: PayPal <a@x.example>\nReply-To: b@tuta.com\n", `<a href=http://a.example/>1</a><a href=http://b.example/>2</a><img src=http://c.example/x><a href=http://bit.ly/x>3</a>`)
	first := fmt.Sprintf("%+v", find(inc, everything()))
	for range 20 {
		if again := fmt.Sprintf("%+v", find(inc, everything())); again != first {
			t.Fatalf("%s\n%s", first, again)
		}
	}
}

func TestHonestHostsAreLeftOut(t *testing.T) {
	for name, tt := range map[string]struct{ fields, body, want, why string }{
		"one that no reader sees": {
			"From: a@x.example\n", `<div style="display:none"><a href="http://good.example/">x</a></div><a href="http://evil.example/">x</a>`,
			"link host evil.example", "no reader sees it",
		},
		"unless everything seems hidden": {
			"From: a@x.example\n", `<div hidden><a href="http://evil.example/">x</a>`, "link host evil.example", "",
		},
		"the domain of From, which nobody vouches for": {
			"From: bank <a@good.example>\n", `<a href="http://good.example/">x</a><a href="http://evil.example/">x</a>`,
			"link host evil.example", "nobody vouches for it",
		},
		"but not when it is all that there is": {
			"From: shop <a@evil.example>\n", `<a href="http://evil.example/">x</a>`, "link host evil.example", "",
		},
		"the domain of From, when the server found it forged": {
			"From: bank <a@good.example>\n", `<a href="http://good.example/">x</a>`, "", "found that it is not",
		},
		"the namesake of the sender": {
			"From: Goodfoods <a@x.example>\n", `<a href="http://www.goodfoods.example/">x</a><a href="http://evil.example/">x</a>`,
			"link host evil.example", "called like the sender",
		},
		"one that is named openly beside a shortener": {
			"From: a@x.example\n", `<a href="http://good.example/">www.good.example</a><a href="http://bit.ly/x"><img src=y></a>`, "", "named openly",
		},
		"a click counter under the customer's name": {
			"From: a@x.example\n", `<a href="http://url1.good.example/ls/click?upn=abc">x</a>`, "", "SendGrid",
		},
		"the other pages of that customer": {
			"From: a@x.example\n", `<a href="http://url1.good.example/ls/click?upn=abc">x</a><a href="http://www.good.example/">x</a>`, "", "SendGrid",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inc := spam(tt.fields, tt.body)
			if strings.Contains(tt.why, "found that") {
				inc.Message.Raw = append([]byte("Authentication-Results: mx.example.org; dmarc=fail header.from=good.example\n"), inc.Message.Raw...)
			}
			f := find(inc, linksOnly)
			if got := said(f); got != tt.want || !strings.Contains(left(f), tt.why) {
				t.Errorf("got %q, want %q because %q\n%s", got, tt.want, tt.why, left(f))
			}
		})
	}
}

func TestWhoVouchesForTheSenderVouchesForHisPages(t *testing.T) {
	inc := spam("From: shop <a@evil.example>\n", `<a href="http://evil.example/">x</a><a href="http://other.example/">x</a>`)
	inc.Message.Raw = append([]byte("Authentication-Results: mx.example.org; dmarc=pass header.from=evil.example\n"), inc.Message.Raw...)
	if got := said(find(inc, linksOnly)); got != "link host evil.example, link host other.example" {
		t.Error(got)
	}
}

// TestEveryRowOfTheTables: what a table lists is left out for its reason, also
// below the name and never above it.
func TestEveryRowOfTheTables(t *testing.T) {
	for _, s := range sparings {
		seen := map[string]bool{}
		for _, domain := range rows(s.file) {
			if why, yes := spare("www." + domain); !yes || why != s.why && !strings.Contains(s.file, "boilerplate") {
				t.Errorf("%s: www.%s: %q", s.file, domain, why)
			}
			if why, yes := spare("x" + domain); yes && why == s.why && !strings.Contains(domain, ".") {
				t.Errorf("%s: x%s: %q", s.file, domain, why)
			}
			if seen[domain] || domain != strings.ToLower(domain) || !strings.Contains(domain, ".") || strings.ContainsAny(domain, " /:@*") {
				t.Errorf("%s: %q", s.file, domain)
			}
			seen[domain] = true
			f := find(spam("From: a@x.example\n", `<a href="http://www.`+domain+`/page">x</a>`), linksOnly)
			if serviceOf("www."+domain) == nil && (len(f.Targets) != 0 || !strings.Contains(left(f), s.why) && !strings.Contains(left(f), "millions")) {
				t.Errorf("%s: %s: %s %s", s.file, domain, said(f), left(f))
			}
		}
	}
	for _, zone := range reservedZones {
		if _, yes := spare("office." + zone); !yes {
			t.Errorf("office.%s is not left out", zone)
		}
	}
}

// counted has an address for every row of the table of click counters.
var counted = []string{
	"https://url1234.shop.example/ls/click?upn=u001.abc",
	"https://links.shop.example/uni/ls/click?upn=abc",
	"https://click.e.shop.example/?qs=391cd3e0e6071d70e2a364fe31586fb19f593d95cd215a0b",
	"https://info.shop.example/e/732233/page/47qtyj/1601653914",
	"https://email.shop.example/c/eJx1T81qxiAQfJp4M1jxyz",
	"https://links.shop.example/f/a/AbCdEfGhIjKlMnOpQrStUvWx~~/AAAH/",
	"https://click.shop.example/CL0/https:%2F%2Fwww.shop.example%2F/1/010001/x=1",
	"https://go.shop.example/track/click/30489/www.shop.example?p=eyJ",
	"https://click.shop.example/3s/www.shop.example%2Fx/Ab1/cDe/AQ/",
	"https://hs.shop.example/Ctc/GF+113/abc",
	"https://shop.example/lt.php?x=1&s=abc",
	"https://link.shop.example/click/36912441.8909883/aHR0cHM6Ly93d3c/5f",
	"https://e.shop.example/e/c/eyJlbWFpbF9pZCI6",
	"https://r.mail.shop.example/tr/cl/AbCdEfGhIjKlMnOpQrStUvWx",
	"https://trk.shop.example/l/AbCd",
	"https://t.news.shop.example/r/?id=h1a2b3c4,5d6,7",
	"https://go.shop.example/MTIzLUFCQy00NTYAAAGQ1x",
}

func TestEveryClickCounterHasAnExample(t *testing.T) {
	for _, c := range counters {
		if !slices.ContainsFunc(counted, c.shape().MatchString) {
			t.Errorf("no example for %s %s", c.service, c.shape())
		}
	}
	for _, raw := range counted {
		if f := find(spam("From: a@x.example\n", `<a href="`+raw+`">x</a>`), linksOnly); len(f.Targets) != 0 || !strings.Contains(left(f), "counts clicks there") {
			t.Errorf("%s: %s", raw, said(f))
		}
	}
	for _, raw := range []string{"https://evil.example/e/login", "https://evil.example/click", "https://evil.example/r/1/", "https://click.evil.example/?qs=1"} {
		if f := find(spam("From: a@x.example\n", `<a href="`+raw+`">x</a>`), linksOnly); len(f.Targets) != 1 {
			t.Errorf("%s: %s", raw, left(f))
		}
	}
}

func TestEveryServiceAnswersForItsNames(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range services {
		if seen[s.suffix] {
			t.Errorf("%s twice", s.suffix)
		}
		seen[s.suffix] = true
		f := find(spam("From: a@x.example\n", `<a href="http://page.`+s.suffix+`/x">x</a>`), Options{Links: true, Registrars: true})
		if len(f.Targets) != 1 || f.Targets[0].Kind != complaint.KindLink || !strings.Contains(f.Targets[0].Reason, s.operator) {
			t.Errorf("%s: %s %s", s.suffix, said(f), left(f))
		}
		if s.desk != "" && (f.Targets[0].How != Fixed || f.Targets[0].Query != s.desk) {
			t.Errorf("%s: %+v", s.suffix, f.Targets[0])
		}
		if _, never := lookup.NeverMail(s.desk); s.desk != "" && never {
			t.Errorf("%s must not be mailed", s.desk)
		}
	}
	if f := find(spam("", `<a href="http://x.readthedocs.io/">x</a>`), linksOnly); !strings.Contains(f.Targets[0].Reason, "readthedocs.io") {
		t.Errorf("a service that only the list of suffixes knows: %+v", f)
	}
}

func TestTheClientThatAProviderVouchesFor(t *testing.T) {
	inc := spam("From: a@x.example\n", "hello")
	if f := find(inc, Options{Origin: true}); len(f.Targets) != 0 {
		t.Errorf("%+v", f)
	}
	inc.Verdict.Origin = &headers.Origin{IP: netip.MustParseAddr("198.51.100.9"), Hop: -1, By: "smtp.example.com", Reason: "It says so."}
	f := find(inc, Options{Origin: true})
	if said(f) != "origin address 198.51.100.9" || f.Targets[0].Address != inc.Verdict.Origin.IP || f.Targets[0].Reason != "It says so." || f.Targets[0].Letter != "source-network" {
		t.Errorf("%+v", f)
	}
	inc.Verdict.Origin.IP = netip.MustParseAddr("10.0.0.1")
	if f := find(inc, Options{Origin: true}); len(f.Targets) != 0 || !strings.Contains(left(f), "public") {
		t.Errorf("%+v", f)
	}
}

func TestNothingIsFoundThatIsNotSwitchedOn(t *testing.T) {
	inc := spam("From: a@x.example\nReply-To: b@tuta.com\nCFBL-Address: fbl@x.example\n", `<a href="http://evil.example/">x</a>`)
	if f := find(inc, Options{}); len(f.Targets)+len(f.Left) != 0 {
		t.Errorf("%+v", f)
	}
}
