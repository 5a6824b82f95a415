package headers

import (
	"cmp"
	"net/netip"
	"strings"
)

// maxName bounds what is quoted from a message in a sentence.
const maxName = 80

// unprintable are the bytes that must not stand in a sentence.
var unprintable = func() (set [256]bool) {
	for c := range set {
		set[c] = c < ' ' || c >= 0x7f
	}
	return set
}()

// clean makes text from a message fit for a sentence or a complaint:
// printable ASCII of bounded length.
func clean(s string, limit int) string {
	if len(s) <= limit && lacks(s, &unprintable) {
		return s
	}
	out := make([]byte, 0, min(len(s), limit)+3)
	for i := 0; i < len(s); i++ {
		if len(out) == limit {
			return string(append(out, "..."...))
		}
		c := s[i]
		if unprintable[c] {
			c = '?'
		}
		out = append(out, c)
	}
	return string(out)
}

// hostOr gives a name for a sentence, or words for a server without one.
func hostOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return clean(name, maxName)
}

// lowered has the lower case of every byte. Case matters in ASCII alone:
// that is what host names (RFC 4343) and keywords are written in.
var lowered = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] |= 0x20
		}
	}
	return table
}()

func lower(c byte) byte { return lowered[c] }

// equalFold reports whether a text is s, in any case.
func equalFold[T string | []byte](text T, s string) bool {
	if len(text) != len(s) {
		return false
	}
	for i := range len(s) {
		if x, y := text[i], s[i]; x != y && lowered[x] != lowered[y] {
			return false
		}
	}
	return true
}

// hasPrefixFold reports whether s starts with prefix, in any case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}

// indexFold finds a literal; letters match in either case.
func indexFold(text, literal string) int {
	if literal == "" {
		return 0
	}
	first := lower(literal[0])
	letter := 'a' <= first && first <= 'z'
	for at := 0; at+len(literal) <= len(text); at++ {
		if !letter { // the fast search will do for its first byte
			next := strings.IndexByte(text[at:], first)
			if next < 0 {
				return -1
			}
			at += next
		}
		if lower(text[at]) == first && hasPrefixFold(text[at:], literal) {
			return at
		}
	}
	return -1
}

// prose keeps the texts of one verdict in few pieces of memory.
type prose struct {
	text  strings.Builder
	chunk int // how large a piece is; 0 for proseChunk
}

// proseChunk is what the sentences of most verdicts take.
const proseChunk = 1 << 10

// room makes room for a text of n bytes and returns where it will start.
func (p *prose) room(n int) int {
	if p.text.Cap()-p.text.Len() < n {
		p.text = strings.Builder{}
		p.text.Grow(max(n, cmp.Or(p.chunk, proseChunk)))
	}
	return p.text.Len()
}

// say puts the parts of a sentence together.
func (p *prose) say(parts ...string) string {
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	start := p.room(n)
	for _, part := range parts {
		p.text.WriteString(part)
	}
	return p.text.String()[start:]
}

// keep copies a text.
func (p *prose) keep(text []byte) string {
	start := p.room(len(text))
	p.text.Write(text)
	return p.text.String()[start:]
}

// address writes an address.
func (p *prose) address(ip netip.Addr) string {
	var buf [64]byte
	return p.keep(ip.AppendTo(buf[:0]))
}
