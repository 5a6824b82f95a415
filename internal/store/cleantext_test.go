package store

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// PostgreSQL takes UTF-8 without NUL, and nothing is changed that it takes.
func FuzzClean(f *testing.F) {
	for _, text := range []string{"plain", "für", "a\x00b", "\xff\xfe", "\xed\xa0\x80", "\xc0\x80", "\U0010ffff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if !utf8.ValidString(got) || strings.Contains(got, "\x00") {
			t.Errorf("%q becomes %q", text, got)
		}
		if utf8.ValidString(text) && !strings.Contains(text, "\x00") && got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
