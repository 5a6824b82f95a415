package lookup

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// seed adds the made-up answers of a folder.
func seed(f *testing.F, pattern string, add func([]byte)) {
	f.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds at %s: %v", pattern, err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(body)
	}
}

// sound: whatever an answer says, what is proposed can be mailed as it stands,
// and what is shown is one line.
func sound(t *testing.T, a answer) {
	t.Helper()
	for _, c := range a.candidates {
		if normal, ok := normalEmail(c.email); !ok || normal != c.email {
			t.Errorf("candidate %q is not normal (%q)", c.email, normal)
		}
	}
	if len(a.candidates) > 4*maxEmails+maxEmails {
		t.Errorf("%d candidates", len(a.candidates))
	}
	for _, s := range []string{a.network.Handle, a.network.Name, a.network.Country} {
		if s != oneLine(s, 200) {
			t.Errorf("%q is not one line", s)
		}
	}
	if len(a.network.CIDR) > maxNetworkPrefixes {
		t.Errorf("%d prefixes", len(a.network.CIDR))
	}
}

func FuzzWHOIS(f *testing.F) {
	seed(f, "testdata/whois/*.txt", func(b []byte) { f.Add(string(b), "192.0.2.7"); f.Add(string(b), "shop.example") })
	f.Fuzz(func(t *testing.T, raw, text string) {
		q, err := parseQuery(text)
		if err != nil {
			q, _ = parseQuery("198.51.100.7")
		}
		got, _ := readWHOIS("", raw, q)
		sound(t, got)
	})
}

func FuzzRDAP(f *testing.F) {
	seed(f, "../internal/replay/answers/rdap/*.json", func(b []byte) { f.Add(b, 0); f.Add(b, 2) })
	f.Fuzz(func(t *testing.T, body []byte, kind int) {
		got, err := readRDAP(body, queryKind(kind&3))
		if err == nil {
			sound(t, got)
		}
		for _, c := range readEntity(body) {
			if _, ok := normalEmail(c.email); !ok {
				t.Errorf("entity %q", c.email)
			}
		}
	})
}

func FuzzVCard(f *testing.F) {
	for _, s := range []string{
		card(email("a@isp.example"), `["email",{"pref":"1","type":["abuse"]},"text","b@isp.example"]`),
		`["vcard",[["EMAIL",null,"text",["mailto:a@isp.example","b@isp.example;c@isp.example"]]]]`,
		`[["email"],["email",{"pref":1e9},7,null,{"a":[]}]]`,
		`{"emails":{"e":{"address":"a@isp.example","pref":-1}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v any
		if json.Unmarshal(body, &v) != nil {
			return
		}
		for _, found := range [][]cardEmail{cardEmails(v), jsCardEmails(v)} {
			for i, e := range found {
				if _, ok := normalEmail(e.email); !ok || e.pref < 1 || e.pref > noPref {
					t.Errorf("%+v", e)
				}
				if i > 0 && lessPreferred(found[i-1], e) {
					t.Errorf("out of order: %+v", found)
				}
			}
		}
	})
}

func FuzzEmails(f *testing.F) {
	for _, s := range []string{"abuse@isp.example", "<a [at] b [dot] example>", "x@y@z.example", "a@bücher.example", "mailto:A@B.example?subject=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, email := range emailsIn(text) {
			if normal, ok := normalEmail(email); !ok || normal != email || !isASCII(email) {
				t.Errorf("%q: %q is not normal (%q, %v)", text, email, normal, ok)
			}
		}
	})
}

func FuzzNetworks(f *testing.F) {
	for _, s := range []string{"192.0.2.0 - 192.0.2.255", "200.57.128/19", "2001:db8:: - 2001:db8::ff", "0.0.0.0 - 255.255.255.254", "10.0.0.0/8,::/0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range networkValue(text) {
			if !p.IsValid() || p != p.Masked() {
				t.Errorf("%q: %v", text, p)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"192.0.2.7", "[2001:db8::7%eth0]:25", "::ffff:192.0.2.7", "192.0.2.0/24", "AS64500", "www.shop.co.uk", "https://a@bücher.example:8/x", "a\r\nb.example", "0.0.0.0/0", "..", "https://%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseQuery(text)
		if err != nil {
			return
		}
		// It becomes a line to a WHOIS server and a part of an RDAP address.
		if s := q.subject(); s == "" || !isASCII(s) || strings.ContainsAny(s, " \t\r\n\x00?#%@\\") {
			t.Errorf("%q asks for %q", text, s)
		}
		if again, err := parseQuery(q.key()); err != nil || again.key() != q.key() {
			t.Errorf("%q is %q, which is %q (%v)", text, q.key(), again.key(), err)
		}
	})
}

// canned is the answer of a web server to every request.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader(c))}, nil
}

// A bootstrap file may be anything (RFC 9224 §3): the servers that it names are
// web servers.
func FuzzBootstrap(f *testing.F) {
	for _, s := range []string{
		`{"version":"1.0","services":[[["192.0.0.0/8"],["https://rdap.example/","http://rdap.example/"]]]}`,
		`{"version":"1.0","services":[[["64000-65000"],["https://rdap.example/"]],[["example"],["ftp://x/","//x","https:///",":"]]]}`,
		`{"services":[[[],[]],[["x"]],[null]]}`, `{"version":"1.0","services":[[["::/0","0.0.0.0/0"],["https://rdap.example"]]]}`, `[]`, ``,
	} {
		f.Add([]byte(s), "192.0.2.7")
		f.Add([]byte(s), "AS64500")
		f.Add([]byte(s), "shop.example")
	}
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		q, err := parseQuery(text)
		if err != nil {
			t.Skip()
		}
		o := Options{RDAPBootstrap: "https://files.example/", Timeout: time.Second}
		b, err := newBootstrapper(o, newDialer(o), &http.Client{Transport: canned(file)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		urls, err := b.servers(t.Context(), q)
		if err != nil && len(urls) > 0 {
			t.Errorf("%v beside %v", err, urls)
		}
		for _, u := range urls {
			if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
				t.Errorf("%q is no web server", u)
			}
		}
	})
}
