package bounce

import (
	"strings"
)

// An address as people and programs write it: RFC 5321 in practice, quoted
// local parts included.
const addressPattern = `(?:"[^"\r\n]{1,120}"|[^\s<>()\[\]:;,"'|（）：；，、。「」【】《》“”]+)@(?:[\pL\pN._-]*[\pL\pN]|\[[0-9a-fA-F.:]+\])`

var anAddress = compiled(addressPattern)

// maxAddress is the longest path of RFC 5321 §4.5.3.1.3.
const maxAddress = 256

// firstAddress gives the first address in s, in lower case: nobody tells
// mailboxes apart by case, and the caller compares.
func firstAddress(s string) string {
	if len(s) > maxField {
		s = s[:maxField]
	}
	a := anAddress().FindString(s)
	if len(a) > maxAddress {
		return ""
	}
	return strings.ToLower(strings.Trim(a, "'`*"))
}
