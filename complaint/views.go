package complaint

import (
	"bytes"
	"cmp"
	"html"
	"sort"
	"strconv"
	"unicode/utf8"
)

// view is a text as somebody would read it after undoing escapes. It knows
// where its octets came from.
type view struct {
	text    []byte
	base    *view     // what it was made from; nil: it is the original
	sources []segment // in order of at; the first one starts at 0
}

// segment says where the octets of a view came from, from offset at on up to
// the next segment: octet for octet from offset from of the base, or, where
// end is not 0, all of them from [from, end).
type segment struct{ at, from, end int }

// span returns the octets of the original that [start, end) of the view stand for.
func (v *view) span(start, end int) (int, int) {
	for ; v.base != nil && start < end; v = v.base {
		first, last := v.source(start), v.source(end-1)
		end = cmp.Or(last.end, last.from+end-last.at)
		if first.end == 0 {
			first.from += start - first.at
		}
		start = first.from
	}
	return start, end
}

// source returns the segment that an octet lies in.
func (v *view) source(offset int) segment {
	n := sort.Search(len(v.sources), func(i int) bool { return v.sources[i].at > offset })
	return v.sources[n-1]
}

// maxRounds is how many layers of escapes are undone: %2540 is two.
const maxRounds = 4

// views are the ways to read a text: as it is, with its escapes undone once,
// twice, …, without what can be put between two letters unseen, and without
// line breaks, which may stand inside an escape. Reading it one way only would
// miss bob=cafe.example, of which "=ca" looks like an escape.
func views(text []byte) []*view {
	all := unescaped([]*view{{text: text}})
	if bare := withoutMarkup(all[len(all)-1]); bare != nil {
		all = append(all, bare)
	}
	if joined := withoutBreaks(all[0]); joined != nil {
		all = unescaped(append(all, joined))
		if bare := withoutMarkup(all[len(all)-1]); bare != nil {
			all = append(all, bare)
		}
	}
	return all
}

// unescaped adds to the views those that undo the escapes of the last.
func unescaped(all []*view) []*view {
	for range maxRounds {
		next := unescape(all[len(all)-1])
		if next == nil {
			break
		}
		all = append(all, next)
	}
	return all
}

// viewBuilder makes a view of a view.
type viewBuilder struct {
	base  *view
	out   *view // nil while nothing differs
	taken int   // octets of the base that are in it
}

// put replaces the octets [start, end) of the base.
func (b *viewBuilder) put(octets string, start, end int) {
	if b.out == nil {
		b.out = &view{base: b.base, text: make([]byte, 0, len(b.base.text))}
	}
	b.keep(start)
	if octets != "" {
		b.out.sources = append(b.out.sources, segment{len(b.out.text), start, end})
		b.out.text = append(b.out.text, octets...)
	}
	b.taken = end
}

// keep takes what comes before an offset of the base as it is.
func (b *viewBuilder) keep(before int) {
	if before > b.taken {
		b.out.sources = append(b.out.sources, segment{at: len(b.out.text), from: b.taken})
		b.out.text = append(b.out.text, b.base.text[b.taken:before]...)
	}
}

// view is the result; nil when it would be the base again.
func (b *viewBuilder) view() *view {
	if b.out != nil {
		b.keep(len(b.base.text))
	}
	return b.out
}

// unescape undoes one layer of every escape that is in use, whatever language
// the text is in.
func unescape(v *view) *view {
	b := viewBuilder{base: v}
	for i := 0; i < len(v.text); i++ {
		if !startsEscape[v.text[i]] {
			continue
		}
		if octets, width := escapeAt(v.text, i); width > 0 {
			b.put(octets, i, i+width)
			i += width - 1
		}
	}
	return b.view()
}

// startsEscape are the octets that escapeAt makes something of.
var startsEscape = [256]bool{'%': true, '=': true, '&': true, '\\': true, 0: true, 0xC2: true, 0xE2: true, 0xEF: true}

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
func withoutMarkup(v *view) *view {
	b := viewBuilder{base: v}
	for i := 0; i+1 < len(v.text); i++ {
		if v.text[i] != '<' || !isAlnum(v.text[i+1]) && v.text[i+1] != '/' && v.text[i+1] != '!' {
			continue
		}
		if n := tagLength(v.text[i:]); n > 0 {
			b.put("", i, i+n)
			i += n - 1
		}
	}
	return b.view()
}

// maxTag bounds the search for the end of a tag, so that a text of "<" costs
// no more than it is long.
const maxTag = 1024

func tagLength(t []byte) int { return bytes.IndexByte(t[:min(len(t), maxTag)], '>') + 1 }

// withoutBreaks joins lines that were folded or wrapped.
func withoutBreaks(v *view) *view {
	b := viewBuilder{base: v}
	for i := 0; i < len(v.text); i++ {
		if c := v.text[i]; c != '\n' && c != '\r' {
			continue
		}
		start := i
		for i+1 < len(v.text) && (v.text[i+1] == ' ' || v.text[i+1] == '\t' || v.text[i+1] == '\n' || v.text[i+1] == '\r') {
			i++
		}
		b.put("", start, i+1)
	}
	return b.view()
}
