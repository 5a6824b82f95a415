package link

import (
	"regexp"
	"strings"
	"unicode"
)

// bare finds where an address may begin in text. Without a scheme only www.
// counts: what else looks like a host name is often a file, or a typo.
var bare = regexp.MustCompile(`(?i)(?:https?|hxxps?)(?:\[:\]|:)[/\\]{1,3}|\bwww\.`)

// text reads bare addresses.
func (f *finder) text(text string, place Place) {
	for at := 0; len(f.found) < MaxLinks; {
		m := bare.FindStringIndex(text[at:])
		if m == nil {
			return
		}
		start := at + m[0]
		raw := text[start : start+addressLength(text[start:])]
		at = start + max(len(raw), m[1]-m[0])
		if strings.EqualFold(raw[:min(4, len(raw))], "www.") {
			raw = "http://" + raw
		}
		f.add(raw, place)
	}
}

// addressLength is how much of a text belongs to the address at its start: up
// to a blank or what encloses addresses, without the punctuation of the
// sentence that it stands in.
func addressLength(text string) int {
	end := len(text)
	for i, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>"`+"`", r) || i > MaxURL {
			end = i
			break
		}
	}
	url := text[:end]
	for range maxTrims {
		trimmed := strings.TrimRight(url, ".,;:!?'*_~|")
		for _, pair := range [...]string{"()", "[]", "{}"} {
			if strings.HasSuffix(trimmed, pair[1:]) && strings.Count(trimmed, pair[1:]) > strings.Count(trimmed, pair[:1]) {
				trimmed = trimmed[:len(trimmed)-1]
			}
		}
		if trimmed == url {
			return len(url)
		}
		url = trimmed
	}
	return len(url)
}

// maxTrims bounds how much punctuation is taken off, so that a text of nothing
// else costs no more than it is long.
const maxTrims = 16
