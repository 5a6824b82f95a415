package complaint

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Everything that a person will read passes through one of the functions here,
// because all of it may be written by a spammer, a registry that anyone can
// register with, or a template.

// replacement stands where a character was taken out.
const replacement = '\uFFFD'

// cleanText makes text of several lines harmless: no control characters but
// newline and tab, nothing that reorders or hides text, valid UTF-8, line
// breaks as \n.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, string(replacement))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case isHarmful(r):
			return replacement
		}
		return r
	}, s)
}

// oneLine makes text harmless and short enough for a header or a list.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(cleanText(s)), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// isHarmful finds characters that can act instead of being shown: C0 and C1
// controls (ESC and CSI start terminal escapes), bidirectional overrides and
// isolates, invisible format characters and tags (Unicode category Cf), and
// private or unassigned ones.
func isHarmful(r rune) bool {
	switch r {
	case '\u200c', '\u200d', '\u00ad': // joiners that Persian, Hindi and emoji need; soft hyphen
		return false
	}
	return unicode.Is(unicode.C, r)
}

// quoteHostile quotes a word for a sentence.
func quoteHostile(s string) string { return strconv.QuoteToASCII(oneLine(s, 80)) }

// trimSentence prepares a reason for standing inside another sentence.
func trimSentence(s string) string { return strings.TrimRight(oneLine(s, 200), ". ") }
