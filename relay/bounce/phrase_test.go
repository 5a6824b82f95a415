package bounce

import (
	"strings"
	"testing"
)

func TestAStarInAPhraseSpansAFewWords(t *testing.T) {
	near, far := strings.Repeat("x", maxGap), strings.Repeat("x", maxGap+1)
	for _, tt := range []struct {
		text, phrase string
		stands       bool
	}{
		{"the mailbox is full", "mailbox*full", true},
		{"the mailbox is full", "full*mailbox", false},
		{"mailboxfull", "mailbox*full", true},
		{"a" + near + "b", "a*b", true},
		{"a" + far + "b", "a*b", false},
		{"a" + far + "a" + near + "b", "a*b", true},
		{"a" + near + "b" + near + "c", "a*b*c", true},
		{"a" + near + "b" + far + "c", "a*b*c", false},
		{"ab" + far + "bc", "a*b*c", false},
		{"a b b c", "a*b*c", true},
		{"", "a*b", false},
		{"a", "a*", true},
	} {
		if contains(tt.text, tt.phrase) != tt.stands {
			t.Errorf("%.20q… (%d octets) contains %q: %t", tt.text, len(tt.text), tt.phrase, !tt.stands)
		}
	}
}
