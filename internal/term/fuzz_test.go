package term_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"spamreport/internal/term"
)

func FuzzSafe(f *testing.F) {
	for _, text := range []string{"plain", "a\r\nb\tc", "\x1b]0;title\x07", "\u009b2J", "\u202efdp\u2069", "\xff\xc2\x9b", "\u2028\u2029"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, several := term.Safe(text), term.SafeText(text)
		if !utf8.ValidString(line) || strings.ContainsFunc(line, term.Acts) {
			t.Errorf("%q is shown as %q", text, line)
		}
		if !utf8.ValidString(several) || strings.ContainsFunc(several, func(r rune) bool { return r != '\n' && r != '\t' && term.Acts(r) }) {
			t.Errorf("%q is shown as the lines %q", text, several)
		}
		if term.Safe(line) != line || term.SafeText(several) != several {
			t.Errorf("%q changes when it is made safe again", text)
		}
	})
}
