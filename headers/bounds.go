package headers

import "strings"

// commentEnd returns the offset behind the parenthesis that closes the
// comment at i, or the end if nothing does. A client that calls itself "("
// must not swallow what the server writes behind it.
func commentEnd(s string, i int) (end int, closed bool) {
	depth := 0
	for ; i < len(s); i++ {
		if !commentSigns[s[i]] {
			continue
		}
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '"':
			// (envelope-from <"a) by forged (b"@example.com>): the sender's choice.
			if i > 0 && s[i-1] == '<' {
				if j := strings.Index(s[i+1:min(len(s), i+1+320)], "\"@"); j >= 0 {
					i += j + 1
				}
			}
		}
	}
	return len(s), false
}

// The bytes that commentEnd and wordEnd look at; all others are text.
var (
	commentSigns = setOf("\\()\"")
	wordSigns    = setOf(" (;\"<)")
)

func setOf(chars string) (set [256]bool) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}

// wordEnd returns the end of the word at i. Blanks, semicolons and
// parentheses belong to a word only inside <...> and "...".
func wordEnd(s string, i int) int {
	start := i
	if s[i] == '(' {
		i++
	}
	for ; i < len(s); i++ {
		if !wordSigns[s[i]] {
			continue
		}
		switch c := s[i]; c {
		case ' ', '(', ';':
			return i
		case '"', '<':
			closing := byte('>')
			if c == '"' {
				closing = '"'
			}
			// An unpaired quote is an ordinary character, and so is "<" with
			// another before its ">": the pair is that of the recipient.
			rest := s[i+1 : min(len(s), i+1+320)]
			if j := strings.IndexByte(rest, closing); j >= 0 && (c == '"' || strings.IndexByte(rest[:j], '<') < 0) {
				i += j + 1
			}
		case ')':
			if i > start {
				return i
			}
		}
	}
	return len(s)
}
