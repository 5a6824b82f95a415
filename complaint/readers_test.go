package complaint

import (
	"regexp"
	"strings"
	"testing"
)

// onlyTokens is what may be left of a text that was nothing but a secret.
var onlyTokens = regexp.MustCompile(`^(?:[\w-]{16}|hidden-[0-9a-f]{10}\.invalid|[@!+ ])+$`)

// TestNoSecretIsReadThatIsNotWritten lists what readers of mail leave out or
// show as something else, so that a person reads an address of which no two
// octets may stand together.
func TestNoSecretIsReadThatIsNotWritten(t *testing.T) {
	zeros, filler := strings.Repeat("0", 60), strings.Repeat("x", 5000)
	tests := []struct{ name, charset, told string }{
		{"a number without a semicolon", "", "alice&#64example.org"},
		{"a number with many zeros", "", "&#" + zeros + "97;lice&#x" + zeros + "40;example.org"},
		{"JavaScript's escape", "", "%u0061lice%u0040example.org"},
		{"a code point in braces", "", `\u{61}lice\u{00040}example.org`},
		{"a comment with the end of a tag", "", "ali<!-- > -->ce@exa<!-- > -->mple.org"},
		{"a long comment", "", "ali<!-- " + filler + " -->ce@example.o<!-- -->rg"},
		{"a long tag", "", "ali<b title=" + filler + "></b>ce@exa<wbr>mple.org"},
		{"the end of a tag in quotes", "", "ali<b title=\">\">ce@exa<b title='>'>mple.org"},
		{"a byte order mark", "utf-8", "ali\uFEFFce@exa\uFEFFmple.org"},
		{"selectors and marks", "utf-8", "ali\uFE0Fce@exa\u2062mple\u202E.org"},
		{"a soft break with blanks behind it", "", "ali= \t\r\nce@exam=  \r\nple.org"},
		{"letters of mathematics", "utf-8", "𝐚𝐥𝐢𝐜𝐞@𝓮𝔁𝓪𝓶𝓹𝓵𝓮.𝗼𝗿𝗴"},
		{"a small at and a leader dot", "utf-8", "alice﹫example․org"},
		{"letters in circles", "utf-8", "ⓐⓛⓘⓒⓔ"},
		{"spaces that do not break", "utf-8", "Alice\u00a0Liddell"},
		{"a switch to another charset", "iso-2022-jp", "ali\x1b(J\x1b(Bce@exa\x1b(Bmple.org"},
		{"the wide letters of Japanese", "iso-2022-jp", "\x1b$B#a#l#i#c#e\x1b(B"},
		{"the host first", "", "example.org!alice"},
		{"a plus for the at", "", "alice+example.org"},
		{"a name of two cases", "utf-8", "Åsa Törnqvist"},
		{"a name in KOI8-R", "koi8-r", "\xe1\xcc\xc9\xd3\xc1 \xe9\xd7\xc1\xce\xcf\xd7\xc1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := testComposer(t)
			c.Secrets = []string{"Åsa Törnqvist", "Алиса Иванова"}
			got := evidenceOf(t, c, letterHead[:len(letterHead)-2]+"Content-Type: text/html; charset="+tt.charset+"\r\n\r\n"+tt.told+"\r\n")
			head, body, _ := strings.Cut(got, "\r\n\r\n")
			if strings.Contains(head, "quoted-printable") {
				body = string(decodeQuotedPrintable([]byte(body)))
			}
			if !onlyTokens.MatchString(strings.TrimSpace(body)) {
				t.Errorf("%q is shown as %q", tt.told, body)
			}
		})
	}
}

// TestABodyInACharsetThatNobodyReadsIsLeftOut: what cannot be decoded cannot be
// searched.
func TestABodyInACharsetThatNobodyReadsIsLeftOut(t *testing.T) {
	for charset, told := range map[string]string{
		"utf-7": "+AGEAbABpAGMAZQ-+AEA-example.org", "hz-gb-2312": "ali~{~}ce@exa~{~}mple.org",
	} {
		got := evidenceOf(t, testComposer(t), letterHead[:len(letterHead)-2]+"Content-Type: text/plain; charset="+charset+"\r\n\r\n"+told+"\r\n")
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); strings.Contains(body, "mple.org") || strings.Contains(body, "AGEAbA") {
			t.Errorf("%s: %q", charset, body)
		}
	}
}
