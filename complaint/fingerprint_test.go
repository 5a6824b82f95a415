package complaint

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"spamreport/headers"
)

// offer is a message of a campaign, with what mailers fill in.
const offer = "From: %s\r\nTo: %s\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"

const pills = "Dear customer, our pharmacy has the best prices in town for all kinds of pills. Order before midnight and save."

func offerOf(from, to, subject, body string) string {
	return fmt.Sprintf(offer, from, to, subject, body)
}

func TestCopiesOfACampaignLookAlike(t *testing.T) {
	first := offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1234", pills)
	for name, again := range map[string]string{
		"another number":             offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 98-7/5", pills),
		"another forged sender":      offerOf("Zoe <z83@b.example>", "alice@example.org", "Your order 1234", pills),
		"another recipient":          offerOf("Anna <anna@a.example>", "bob@example.org", "Your order 1234", pills),
		"an answer to nothing":       offerOf("Anna <anna@a.example>", "alice@example.org", "Re: FWD: your order 1234", pills),
		"an encoded subject":         offerOf("Anna <anna@a.example>", "alice@example.org", "=?utf-8?B?WW91ciBvcmRlciA3Nw==?=", pills),
		"other case and punctuation": offerOf("Anna <anna@a.example>", "alice@example.org", "YOUR ORDER: 1!", strings.ToUpper(pills)+"!!!"),
		"other white space":          offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1", strings.ReplaceAll(pills, " ", "\r\n\t ")),
		"joiners in the words":       offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1", strings.ReplaceAll(pills, "a", "a\u200b\u00ad")),
		"letters that look the same": offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1", strings.ReplaceAll(pills, "o", "\uff4f")),
		"a page instead": strings.Replace(offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1",
			"<html><head><title>x3</title><style>p {color: #123}</style></head><body><!-- 8f3a --><p>"+
				strings.ReplaceAll(strings.ReplaceAll(pills, "pharmacy", "phar<b></b>ma<!-- x -->cy"), ". ", ".</p><p>")+"</p><img src='https://t.example/1'></body>"),
			"text/plain", "text/html", 1),
		"words for filters in the part that is not shown": strings.Replace(offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1",
			"--b\r\n\r\nweather harbour pencil\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>"+pills+"</p>\r\n--b--"),
			"text/plain; charset=utf-8", "multipart/alternative; boundary=b", 1),
		"base64": strings.Replace(offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1", string(encodeBase64([]byte(pills)))),
			"Content-Type", "Content-Transfer-Encoding: base64\r\nContent-Type", 1),
	} {
		if a, b := testIncident([]byte(first)), testIncident([]byte(again)); a.Fingerprint() != b.Fingerprint() {
			t.Errorf("%s:\n%+v\n%+v", name, a.look(), b.look())
		}
	}
}

func TestPersonalWordsDoNotCount(t *testing.T) {
	for _, again := range []struct{ to, token string }{
		{"bob@example.org", "Bob"},
		{"\"Carla Meyer\" <cm77@example.org>", "Carla Meyer"},
		{"dora@example.org", "dora@example.org"},
		{"alice@example.org", "https://t.example/c/8f3a9c?u=YWxpY2U="},
		{"alice@example.org", "t.example/x"},
		{"alice@example.org", "deadbeefcafe"},
		{"alice@example.org", "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ"},
		{"alice@example.org", "xkqzvbnw"},
		{"alice@example.org", "qWeRtzUi"},
		{"alice@example.org", "550e8400-e29b-41d4-a716-446655440000"},
		{"alice@example.org", "#77 (2026-01-02)"},
	} {
		first := testIncident([]byte(offerOf("a@a.example", "alice@example.org", "News for you", "Hello Alice! "+pills)))
		other := testIncident([]byte(offerOf("a@a.example", again.to, "News for you", "Hello "+again.token+"! "+pills)))
		if first.Fingerprint() != other.Fingerprint() {
			t.Errorf("%q:\n%+v\n%+v", again.token, first.look(), other.look())
		}
	}
}

func TestOtherIncidentsLookOtherwise(t *testing.T) {
	first := testIncident([]byte(offerOf("Anna <anna@a.example>", "alice@example.org", "Your order 1", pills)))
	for name, other := range map[string]func(*Incident){
		"another network": func(inc *Incident) {
			inc.Verdict.Source.IP = netip.MustParseAddr("198.51.100.7")
		},
		"another subject": func(inc *Incident) {
			inc.Message.Raw = []byte(offerOf("anna@a.example", "alice@example.org", "Your parcel 1", pills))
		},
		"another text": func(inc *Incident) {
			inc.Message.Raw = []byte(offerOf("anna@a.example", "alice@example.org", "Your order 1", strings.Replace(pills, "pills", "watches", 1)))
		},
		"an attachment": func(inc *Incident) {
			inc.Message.Raw = []byte(strings.Replace(offerOf("anna@a.example", "alice@example.org", "Your order 1",
				"--b\r\n\r\n"+pills+"\r\n--b\r\nContent-Type: application/zip\r\n\r\nPK\r\n--b--"),
				"text/plain; charset=utf-8", "multipart/mixed; boundary=b", 1))
		},
		"an account at a provider": func(inc *Incident) { inc.Verdict.Source.Provider = "Example Mail" },
	} {
		inc := testIncident(first.Message.Raw)
		other(&inc)
		if inc.Fingerprint() == first.Fingerprint() {
			t.Errorf("%s: %+v", name, inc.look())
		}
	}
}

func TestAShortTextNeedsTheSameSender(t *testing.T) {
	of := func(from, provider string) string {
		inc := testIncident([]byte(offerOf(from, "alice@example.org", "Hello", "Look at this")))
		inc.Verdict.Source.Provider = provider
		return inc.Fingerprint()
	}
	if of("a1@mail7.a.example", "") != of("z@mail8.a.example", "") {
		t.Error("senders of one domain are told apart")
	}
	if of("a@a.example", "") == of("a@b.example", "") {
		t.Error("senders of two domains are not told apart")
	}
	if of("a1@free.example", "Free") == of("a2@free.example", "Free") {
		t.Error("accounts at a provider are not told apart")
	}
}

func TestWithoutWordsAMessageStandsForItself(t *testing.T) {
	a, b := testIncident([]byte("Subject: 123\r\n\r\nhttp://x.example/1\r\n")), testIncident([]byte("Subject: 456\r\n\r\nhttp://x.example/2\r\n"))
	a.Digest, b.Digest = "a", "b"
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("nothing in common, and taken for the same")
	}
	if (Incident{Verdict: headers.Verdict{}}).Fingerprint() != "" {
		t.Error("a fingerprint without a source")
	}
}

func TestSourceNetwork(t *testing.T) {
	for _, tt := range []struct {
		ip   string
		cidr []string
		want string
	}{
		{"192.0.2.7", []string{"192.0.0.0/8", "192.0.2.0/28", "198.51.100.0/24"}, "192.0.2.0/28"},
		{"192.0.2.77", nil, "192.0.2.0/24"},
		{"192.0.2.77", []string{"198.51.100.0/24"}, "192.0.2.0/24"},
		{"::ffff:192.0.2.7", []string{"192.0.2.0/25"}, "192.0.2.0/25"},
		{"2001:db8:1:2:3::4", nil, "2001:db8:1:2::/64"},
		{"2001:db8:1:2:3::4", []string{"2001:db8::/32"}, "2001:db8::/32"},
	} {
		inc := testIncident(nil)
		inc.Verdict.Source.IP = netip.MustParseAddr(tt.ip)
		inc.Lookup.Network.CIDR = nil
		for _, p := range tt.cidr {
			inc.Lookup.Network.CIDR = append(inc.Lookup.Network.CIDR, netip.MustParsePrefix(p))
		}
		if got := inc.SourceNetwork().String(); got != tt.want {
			t.Errorf("%s in %v: %s, want %s", tt.ip, tt.cidr, got, tt.want)
		}
	}
}

func TestEveryRuleOfShapes(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, World!":                      "hello world",
		"write to a@b.example now":           "write to * now",
		"see http://x.example/1 and go":      "see * and go",
		"www.x.example":                      "*",
		"x.example/abc":                      "*",
		"The end. Next":                      "the end next",
		"win 1,000,000 EUR":                  "win * eur",
		"ref №½":                             "ref *",
		"fee decade deadbeef":                "fee decade *",
		"abcdefghijklmnopqrstuvw":            "*",
		"JavaScript aXbYc ABcD":              "javascript *",
		"xkcdq":                              "*",
		"Rechtschreibung":                    "*",
		"don't e-mail":                       "don t e mail",
		"1 2 a@b.example 3":                  "*",
		"您的订单12345已发货":                       "您的订单 * 已发货",
		"заказ77 готов":                      "зakaз * гotob",
		"vеrіfy АСcount Àçcöunt":             "verify account account",
		"𝐁𝐮𝐲 ｎｏｗ":                            "buy now",
		"a\u200bb\u00adc":                    "abc",
		"":                                   "",
		strings.Repeat("word ", maxWords+50): strings.TrimSpace(strings.Repeat("word ", maxWords)),
	} {
		if got := shapeOf(text, nil).text; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzFingerprint: whatever the spam, it has a fingerprint, always the same,
// and a number more in the text does not change it.
// go test -fuzz=FuzzFingerprint ./complaint
func FuzzFingerprint(f *testing.F) {
	for _, raw := range hostileSpam() {
		if len(raw) < 4096 {
			f.Add([]byte(raw))
		}
	}
	f.Add([]byte(offerOf("a@a.example", "alice@example.org", "Order 1", pills)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		inc := testIncident(raw)
		got := inc.Fingerprint()
		if len(got) != 32 || got != testIncident(raw).Fingerprint() {
			t.Errorf("fingerprint %q", got)
		}
		seen := inc.look()
		for _, s := range []shape{seen.subject, seen.body} {
			if !utf8.ValidString(s.text) || strings.Contains(s.text, "\x00") {
				t.Errorf("shape %q", s.text)
			}
		}
	})
}

func BenchmarkFingerprint(b *testing.B) {
	for name, raw := range map[string][]byte{
		"small":  readSpam(b, "lottery.eml"),
		"200 KB": newsletter(1500),
	} {
		b.Run(name, func(b *testing.B) {
			inc := testIncident(raw)
			b.ReportAllocs()
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				inc.Fingerprint()
			}
		})
	}
}
