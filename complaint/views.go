package complaint

import (
	"html"
	"strconv"
	"unicode/utf8"
)

// view is a text as somebody would read it after undoing escapes, together
// with where every octet of it came from.
type view struct {
	text []byte
	from []int32 // offset in the original of each octet; nil: the same
	to   []int32 // offset behind it
}

// span returns the octets of the original that [start, end) of the view stand for.
func (v view) span(start, end int) (int, int) {
	if v.from == nil || start >= end {
		return start, end
	}
	return int(v.from[start]), int(v.to[end-1])
}

// maxRounds is how many layers of escapes are undone: %2540 is two.
const maxRounds = 4

// views are the ways to read a text: as it is, with its escapes undone once,
// twice, …, without what can be put between two letters unseen, and without
// line breaks, which may stand inside an escape. Reading it one way only would
// miss bob=cafe.example, of which "=ca" looks like an escape.
func views(text []byte) []view {
	all := unescaped([]view{{text: text}})
	if bare, changed := withoutMarkup(all[len(all)-1]); changed {
		all = append(all, bare)
	}
	if joined, changed := withoutBreaks(all[0]); changed {
		all = unescaped(append(all, joined))
		if bare, changed := withoutMarkup(all[len(all)-1]); changed {
			all = append(all, bare)
		}
	}
	return all
}

// unescaped adds to the views those that undo the escapes of the last.
func unescaped(all []view) []view {
	for range maxRounds {
		next, changed := unescape(all[len(all)-1])
		if !changed {
			break
		}
		all = append(all, next)
	}
	return all
}

// viewBuilder makes a view of a view that points at the original.
type viewBuilder struct {
	base view
	out  view
}

func newViewBuilder(base view) *viewBuilder {
	n := len(base.text)
	return &viewBuilder{base: base, out: view{
		text: make([]byte, 0, n), from: make([]int32, 0, n), to: make([]int32, 0, n),
	}}
}

// put adds octets that the octets [start, end) of the base stand for.
func (b *viewBuilder) put(octets string, start, end int) {
	from, to := b.base.span(start, end)
	for i := range len(octets) {
		b.out.text = append(b.out.text, octets[i])
		b.out.from = append(b.out.from, int32(from)) // #nosec G115 -- a message is smaller
		b.out.to = append(b.out.to, int32(to))       // #nosec G115 -- a message is smaller
	}
}

// unescape undoes one layer of every escape that is in use, whatever language
// the text is in.
func unescape(v view) (view, bool) {
	b := newViewBuilder(v)
	changed := false
	for i := 0; i < len(v.text); {
		octets, width := escapeAt(v.text, i)
		if width == 0 {
			octets, width = string(v.text[i:i+1]), 1
		} else {
			changed = true
		}
		b.put(octets, i, i+width)
		i += width
	}
	return b.out, changed
}

// escapeAt reads the escape at i: what it stands for, and its width; a width
// of 0 means that there is none.
func escapeAt(t []byte, i int) (string, int) {
	switch t[i] {
	case '%', '=':
		return hexEscape(t, i)
	case '&':
		return entity(t, i)
	case '\\':
		return backslash(t, i)
	case 0:
		return "", 1 // UTF-16 of ASCII
	case 0xC2:
		if i+1 < len(t) && t[i+1] == 0xAD { // soft hyphen
			return "", 2
		}
	case 0xE2: // U+200B…U+200F, U+2060: no width
		if i+2 < len(t) && (t[i+1] == 0x80 && t[i+2] >= 0x8B && t[i+2] <= 0x8F || t[i+1] == 0x81 && t[i+2] == 0xA0) {
			return "", 3
		}
	case 0xEF: // fullwidth forms, U+FF01…U+FF5E
		if r, n := utf8.DecodeRune(t[i:]); n == 3 && r >= 0xFF01 && r <= 0xFF5E {
			return string(r - 0xFEE0), 3
		}
	}
	return "", 0
}

// hexEscape reads %40 and =40, and the soft line break of quoted-printable.
func hexEscape(t []byte, i int) (string, int) {
	if i+2 < len(t) {
		if c, ok := hexByte(t[i+1], t[i+2]); ok {
			return string([]byte{c}), 3
		}
	}
	if t[i] == '=' && i+1 < len(t) && t[i+1] == '\n' {
		return "", 2
	}
	if t[i] == '=' && i+2 < len(t) && t[i+1] == '\r' && t[i+2] == '\n' {
		return "", 3
	}
	return "", 0
}

// entity reads &#64;, &#x40; and &commat;.
func entity(t []byte, i int) (string, int) {
	for k := i + 2; k < len(t) && k < i+34; k++ {
		if t[k] == ';' {
			name := string(t[i : k+1])
			if s := html.UnescapeString(name); s != name {
				return s, k + 1 - i
			}
			return "", 0
		}
		if !isAlnum(t[k]) {
			return "", 0
		}
	}
	return "", 0
}

// backslash reads \x40, \u0040 and \u{40} of JSON, JavaScript and CSS.
func backslash(t []byte, i int) (string, int) {
	for _, form := range []struct {
		letter byte
		digits int
	}{{'x', 2}, {'u', 4}} {
		end := i + 2 + form.digits
		if end > len(t) || t[i+1] != form.letter {
			continue
		}
		if n, err := strconv.ParseUint(string(t[i+2:end]), 16, 32); err == nil {
			return string(rune(n)), 2 + form.digits // #nosec G115 -- form.digits hold no more
		}
	}
	return "", 0
}

// withoutMarkup leaves out tags and comments: ali<b></b>ce.
func withoutMarkup(v view) (view, bool) {
	b := newViewBuilder(v)
	changed := false
	for i := 0; i < len(v.text); i++ {
		if v.text[i] == '<' && i+1 < len(v.text) && (isAlnum(v.text[i+1]) || v.text[i+1] == '/' || v.text[i+1] == '!') {
			if n := tagLength(v.text[i:]); n > 0 {
				i += n - 1
				changed = true
				continue
			}
		}
		b.put(string(v.text[i:i+1]), i, i+1)
	}
	return b.out, changed
}

// maxTag bounds the search for the end of a tag, so that a text of "<" costs
// no more than it is long.
const maxTag = 1024

func tagLength(t []byte) int {
	for i, c := range t[:min(len(t), maxTag)] {
		if c == '>' {
			return i + 1
		}
	}
	return 0
}

// withoutBreaks joins lines that were folded or wrapped.
func withoutBreaks(v view) (view, bool) {
	b := newViewBuilder(v)
	changed := false
	for i := 0; i < len(v.text); i++ {
		if c := v.text[i]; c != '\n' && c != '\r' {
			b.put(string(v.text[i:i+1]), i, i+1)
			continue
		}
		changed = true
		for i+1 < len(v.text) && (v.text[i+1] == ' ' || v.text[i+1] == '\t' || v.text[i+1] == '\n' || v.text[i+1] == '\r') {
			i++
		}
	}
	return b.out, changed
}
