package term_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/term"
	"spamreport/lookup"
)

func TestSafeText(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"plain text stays":               {"mail.example.org", "mail.example.org"},
		"other scripts stay":             {"почта 邮件", "почта 邮件"},
		"an escape sequence is defused":  {"\x1b[31mred", "\uFFFD[31mred"},
		"C1 CSI is defused":              {"\u009b31m", "\uFFFD31m"},
		"a line break cannot fake lines": {"a\r\nb", "a\uFFFD\uFFFDb"},
		"bidi overrides are shown":       {"a\u202Egpj.exe", "a\uFFFDgpj.exe"},
		"zero-width characters too":      {"a\u200Bb", "a\uFFFDb"},
		"invalid UTF-8 is replaced":      {"a\xffb", "a\uFFFDb"},
		"line separators are replaced":   {"a\u2028b", "a\uFFFDb"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := term.Safe(tc.in); got != tc.want {
				t.Errorf("Safe(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

// Whatever stands in a message, a printer without colour emits no control
// character but the line feed.
func TestHostileNamesReachNoTerminal(t *testing.T) {
	evil := "\x1b]0;owned\x07\r\n\u202E\x00"
	var buf bytes.Buffer
	p := term.Printer{W: &buf, Verbose: true}
	p.Walk(headers.Verdict{
		Hops:     []headers.Hop{{From: headers.From{HELO: evil}, By: headers.By{Name: evil}, With: evil, Note: evil}},
		Source:   &headers.Source{IP: netip.MustParseAddr("192.0.2.1"), Reason: evil},
		Evidence: []headers.Evidence{{Name: evil, Value: evil}},
	})
	p.Lookup(lookup.Result{
		Network:  lookup.Network{Name: evil, Handle: evil, Country: evil},
		Contacts: []lookup.Contact{{Email: evil}}, Rejected: []lookup.Rejected{{Email: evil, Why: evil}},
		Trail: []lookup.Step{{Via: evil, Server: evil, Outcome: evil}},
	})
	p.Complaint(&complaint.Complaint{To: []string{evil}, Subject: evil, Text: evil})
	p.Outcome(complaint.Sent, evil)
	if err := p.Table([]string{"a"}, [][]string{{evil}}); err != nil {
		t.Fatal(err)
	}
	for _, r := range buf.String() {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("control character %U in output:\n%q", r, buf.String())
		}
	}
	if !strings.Contains(buf.String(), "192.0.2.1") {
		t.Error("the source is not shown")
	}
}
