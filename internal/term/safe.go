package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe makes untrusted text fit for one line of a terminal or a log: control
// characters (C0, C1, DEL), line separators, bidirectional overrides and other
// invisible format characters, and invalid UTF-8 become U+FFFD, so that the
// text can neither move the cursor nor reorder what stands beside it.
func Safe(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(safeRune, s)
}

// isPlain says that there is nothing to look at: most lines are of printable
// ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// SafeText does the same for text of several lines: line feeds and tabs stay.
func SafeText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return safeRune(r)
	}, s)
}

func safeRune(r rune) rune {
	if Acts(r) {
		return utf8.RuneError
	}
	return r
}

// Acts reports whether a character does something to a terminal, or to the text
// beside it, instead of being shown.
func Acts(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
