package complaint

import (
	"bytes"
	"cmp"
	"sort"
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

// withoutMarkup leaves out tags and comments: ali<b></b>ce.
func withoutMarkup(v *view) *view {
	b := viewBuilder{base: v}
	last := lastEnds(v.text)
	for i := 0; i+1 < len(v.text); i++ {
		if v.text[i] != '<' || !isAlnum(v.text[i+1]) && v.text[i+1] != '/' && v.text[i+1] != '!' {
			continue
		}
		if n := last.tagAt(v.text, i); n > 0 {
			b.put("", i, i+n)
			i += n - 1
		}
	}
	return b.view()
}

// ends are where the last tag and the last comment of a text may end. Who knows
// does not look for an end that is not there, so that a text of "<" costs no
// more than it is long.
type ends struct{ tag, comment int }

func lastEnds(t []byte) ends {
	return ends{tag: bytes.LastIndexByte(t, '>'), comment: bytes.LastIndex(t, []byte("-->"))}
}

// maxAttribute bounds the search for the end of an attribute's value.
const maxAttribute = 4096

// tagAt returns the length of the tag or comment that begins at i; 0: it has no end.
func (last ends) tagAt(t []byte, i int) int {
	if i+4 <= last.comment && bytes.HasPrefix(t[i:], []byte("<!--")) {
		return 4 + bytes.Index(t[i+4:], []byte("-->")) + 3
	}
	if i > last.tag {
		return 0
	}
	for k := i + 1; k < len(t); k++ {
		switch c := t[k]; {
		case c == '>':
			return k + 1 - i
		case (c == '"' || c == '\'') && t[k-1] == '=': // a ">" does not count in there
			k += 1 + bytes.IndexByte(t[k+1:min(len(t), k+1+maxAttribute)], c)
		}
	}
	return bytes.IndexByte(t[i:], '>') + 1
}

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
