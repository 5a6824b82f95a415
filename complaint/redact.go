package complaint

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
)

// Redaction. A spammer who learns which address complained takes it off the
// list and goes on, so that the reporter's addresses must not reach those who
// might pass the complaint on. RFC 6590 replaces them by keyed tokens: the
// same address always gives the same token, so that a desk can count, and
// only who has the key can tell which address it was.

// maxReplacing is how often a text is gone over; real ones need two.
const maxReplacing = 8

// redactor takes secrets out of text. A nil redactor changes nothing.
// It serves one message and one goroutine.
type redactor struct {
	key     []byte
	secrets []secret
	needles needles

	seed      maphash.Seed
	innocents map[innocent]bool
	scratch   [maxNesting][]byte // what pieces are decoded into, at each depth
	inflater  inflater
}

// innocent names a piece of text that encodes no secret, at a given depth of
// nesting.
type innocent struct {
	hash  uint64
	depth int
}

// maxInnocents bounds what is remembered about one message.
const maxInnocents = 1 << 16

// redactor prepares for one message; nil when redaction is off.
func (c *Composer) redactor(inc Incident, t *tree) *redactor {
	if !c.Redact {
		return nil
	}
	return newRedactor(c.RedactKey, c.secretsOf(inc, t))
}

func newRedactor(key []byte, secrets []secret) *redactor {
	r := &redactor{key: key, secrets: secrets, seed: maphash.MakeSeed(), innocents: map[innocent]bool{}}
	for i, s := range secrets {
		r.needles.spell(s, i)
	}
	return r
}

// text returns s without secrets.
func (r *redactor) text(s string) string {
	if r == nil || s == "" {
		return s
	}
	// Taking one secret out may bring two halves of another together, or
	// leave a rest of one that overlapped.
	for range maxReplacing {
		spans := r.spans([]byte(s))
		if len(spans) == 0 {
			return s
		}
		s = r.replace(s, spans)
	}
	return removed
}

// finds reports whether there is a secret in b.
func (r *redactor) finds(b []byte) bool {
	return r != nil && len(b) > 0 && r.search(b, 0, func(match) bool { return false })
}

// spans are the places to replace: in order, without overlaps. Where two
// matches overlap, what is written plainly wins over what has to be decoded,
// and a whole address over the name in it; what remains of the other is found
// the next time round.
func (r *redactor) spans(text []byte) []match {
	var all []match
	r.search(text, 0, func(m match) bool {
		all = append(all, m)
		return true
	})
	slices.SortStableFunc(all, precedence)
	taken := make([]bool, len(text))
	spans := all[:0]
	for _, m := range all {
		if slices.Contains(taken[m.start:m.end], true) {
			continue
		}
		for i := m.start; i < m.end; i++ {
			taken[i] = true
		}
		spans = append(spans, m)
	}
	slices.SortFunc(spans, func(a, b match) int { return cmp.Compare(a.start, b.start) })
	return spans
}

func precedence(a, b match) int {
	if a.encoded != b.encoded {
		if b.encoded {
			return -1
		}
		return 1
	}
	if !a.encoded {
		if byLength := cmp.Compare(b.end-b.start, a.end-a.start); byLength != 0 {
			return byLength
		}
	}
	return cmp.Or(cmp.Compare(a.view, b.view), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
}

// search looks for secrets in every view of the text and in everything that
// is encoded in it. It returns true when yield stopped it.
func (r *redactor) search(text []byte, depth int, yield func(match) bool) bool {
	stopped := false
	for n, v := range views(text) {
		report := func(m match) bool {
			m.start, m.end = v.span(m.start, m.end)
			m.view = n
			stopped = stopped || !yield(m)
			return !stopped
		}
		r.needles.find(v.text, report)
		if !stopped && depth < maxNesting {
			r.searchRuns(v.text, depth, report)
		}
		if stopped {
			return true
		}
	}
	return false
}

// searchRuns looks into encoded runs; the narrowest piece that makes sense is
// what gets replaced, together with its padding. What else there is in a wider
// one is found the next time round.
func (r *redactor) searchRuns(text []byte, depth int, report func(match) bool) {
	for i := 0; i < len(text); i++ {
		n := runAt(text, i)
		if n < minRun {
			i += n
			continue
		}
		var found match
		for p := range pieces(text[i : i+n]) {
			p.start, p.end = i+p.start, i+p.end
			if found.encoded && p.start <= found.start && found.end <= p.end {
				continue
			}
			inside, ok := r.encodedIn(text[p.start:p.end], depth)
			if !ok {
				continue
			}
			p.secret, p.encoded = inside.secret, true
			found = p
			for k := 0; k < 2 && p.end < len(text) && text[p.end] == '='; k++ {
				p.end++
			}
			if !report(p) {
				return
			}
		}
		i += n
	}
}

// encodedIn reports whether a piece is an encoding of a secret. The same pieces
// come up in several views of a text, so that those without are remembered.
func (r *redactor) encodedIn(digits []byte, depth int) (found match, ok bool) {
	key := innocent{maphash.Bytes(r.seed, digits), depth}
	if r.innocents[key] {
		return match{}, false
	}
	first := func(m match) bool {
		found, ok = m, true
		return false
	}
	scratch := &r.scratch[depth]
	*scratch = slices.Grow((*scratch)[:0], len(digits))
	decodings(digits, *scratch, func(plain []byte) bool {
		readable, remarkable := r.glance(plain)
		if remarkable {
			r.needles.find(plain, func(m match) bool {
				// Short words turn up by chance in what is no encoding at all.
				return m.end-m.start < 6 && !readable || first(m)
			})
		}
		if !ok && readable {
			r.search(plain, depth+1, first)
		}
		if !ok && remarkable {
			if inner := r.inflater.inflated(plain); inner != nil {
				r.search(inner, depth+1, first)
			}
		}
		return !ok
	})
	if !ok && len(r.innocents) < maxInnocents {
		r.innocents[key] = true
	}
	return found, ok
}

// glance says what is worth doing with a decoding: whether it can be read as a
// text, and whether a secret or a compressed text may begin anywhere in it.
func (r *redactor) glance(plain []byte) (readable, remarkable bool) {
	good, last := 0, byte(0)
	for _, c := range plain {
		good += int(textOctets[c])
		remarkable = remarkable || r.needles.first.has(last, c) || compressed.has(last, c)
		last = c
	}
	return len(plain) > 0 && good*10 >= len(plain)*8, remarkable
}

// findsOpenly is finds for octets that are no text and may be many: it looks
// for secrets as they are, in one or two octets a letter.
func (r *redactor) findsOpenly(b []byte) bool {
	if r == nil {
		return false
	}
	found := false
	for _, b := range [][]byte{b, bytes.ReplaceAll(b, []byte{0}, nil)} {
		r.needles.find(b, func(m match) bool {
			found = m.end-m.start > 4 // shorter ones occur by chance
			return !found
		})
	}
	return found
}
