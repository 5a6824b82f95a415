package complaint

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"
)

// Line lengths of RFC 5322 §2.1.1 for fields that must be folded anew.
const (
	softLine = 78
	hardLine = 900 // room for a name in front
)

// render writes a field with the folding that it came with, unless something
// in it cannot travel; then it is encoded and folded anew.
func (f field) render(out *bytes.Buffer) {
	if f.travels() {
		out.WriteString(f.name)
		out.WriteByte(':')
		for i, line := range strings.Split(f.value, "\n") {
			if i > 0 {
				if strings.TrimSpace(line) == "" {
					continue // would look like the end of the header
				}
				out.WriteString("\r\n")
			}
			out.WriteString(strings.TrimRight(line, " \t"))
		}
		out.WriteString("\r\n")
		return
	}
	out.WriteString(fold(f.name+":", encodeWords(f.unfolded())))
}

// travels reports whether the field is printable ASCII with short enough lines.
func (f field) travels() bool {
	for i, line := range strings.Split(f.value, "\n") {
		if i == 0 {
			line = f.name + ":" + line
		}
		if len(line) > maxLine || !isPlain([]byte(line)) {
			return false
		}
	}
	return true
}

// encodeWords turns what is not printable ASCII into encoded words (RFC 2047),
// word by word, so that the addresses around a name stay readable.
func encodeWords(s string) string {
	words := strings.Fields(cleanText(toUTF8(s)))
	for i, w := range words {
		if !isASCII(w) {
			words[i] = mime.QEncoding.Encode("utf-8", w)
		}
	}
	return strings.Join(words, " ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// fold writes a field whose value is one line of ASCII. It breaks at blanks;
// only a word that no line can hold is broken inside.
func fold(head, value string) string {
	var out strings.Builder
	out.WriteString(head)
	width := len(head)
	for word := range strings.FieldsSeq(value) {
		for len(word) > hardLine {
			out.WriteString("\r\n " + word[:hardLine])
			word, width = word[hardLine:], maxLine
		}
		if width+1+len(word) > softLine && width > len(head) {
			out.WriteString("\r\n")
			width = 0
		}
		out.WriteString(" " + word)
		width += 1 + len(word)
	}
	out.WriteString("\r\n")
	return out.String()
}
