package complaint

// needle is one spelling of a secret.
type needle struct {
	text   string // lower case unless exact
	secret int    // index into redactor.secrets
	word   bool   // must not touch a letter or digit on either side
	label  bool   // a host: starts a label, and takes the labels before it along
	exact  bool   // case counts (base64)
	hash   bool   // a digest of the secret, not the secret
	next   int    // the next in needles.all that begins with the same three octets; 0: none
}

// needles finds any of many strings in one pass: the first three octets of
// each are looked up at every offset. With a few hundred needles, most
// offsets fail at the bit set, which stays in the processor's cache.
type needles struct {
	first pairs
	all   []needle
	by    map[[3]byte]int // the first in all that begins so, in lower case
}

// pairs is a set of pairs of octets.
type pairs [1 << 16 / 64]uint64

func (p *pairs) add(a, b byte) {
	h := uint16(a)<<8 | uint16(b)
	p[h/64] |= 1 << (h % 64)
}

func (p *pairs) has(a, b byte) bool {
	h := uint16(a)<<8 | uint16(b)
	return p[h/64]&(1<<(h%64)) != 0
}

// manyNeedles is how many there are for a message with one recipient.
const manyNeedles = 256

func (n *needles) add(one needle) {
	if len(one.text) < 3 {
		return
	}
	if n.by == nil {
		n.by = make(map[[3]byte]int, manyNeedles)
		n.all = make([]needle, 1, manyNeedles) // so that 0 is none
	}
	key := [3]byte{lower(one.text[0]), lower(one.text[1]), lower(one.text[2])}
	last := 0
	for i := n.by[key]; i != 0; i = n.all[i].next {
		if last = i; n.all[i].same(one) {
			return
		}
	}
	if last == 0 {
		n.by[key] = len(n.all)
	} else {
		n.all[last].next = len(n.all)
	}
	n.all = append(n.all, one)
	for _, a := range [...]byte{key[0], capital(key[0])} {
		n.first.add(a, key[1])
		n.first.add(a, capital(key[1]))
	}
}

func (one needle) same(as needle) bool {
	one.next = as.next
	return one == as
}

// match is a place where a needle was found.
type match struct {
	start, end int
	secret     int
	encoded    bool // what stands there is an encoding or a digest
	view       int  // how the text was read: 0 is as it is
}

// find calls yield for every match in text, until yield returns false.
func (n *needles) find(text []byte, yield func(match) bool) {
	for i := 0; i+3 <= len(text); i++ {
		if !n.first.has(text[i], text[i+1]) {
			continue
		}
		for k := n.by[[3]byte{lower(text[i]), lower(text[i+1]), lower(text[i+2])}]; k != 0; k = n.all[k].next {
			if m, ok := n.all[k].at(text, i); ok && !yield(m) {
				return
			}
		}
	}
}

// at reports whether the needle stands at offset i.
func (one *needle) at(text []byte, i int) (match, bool) {
	end := i + len(one.text)
	if end > len(text) {
		return match{}, false
	}
	for k := range len(one.text) {
		c := text[i+k]
		if !one.exact {
			c = lower(c)
		}
		if c != one.text[k] {
			return match{}, false
		}
	}
	before, after := byte(0), byte(0)
	if i > 0 {
		before = text[i-1]
	}
	if end < len(text) {
		after = text[end]
	}
	start := i
	switch {
	case one.word && (isAlnum(before) || isAlnum(after)):
		return match{}, false
	case one.label && (isAlnum(before) || before == '-' || isAlnum(after)):
		return match{}, false
	case one.label && before == '.':
		for start > 0 && (isAlnum(text[start-1]) || text[start-1] == '.' || text[start-1] == '-') {
			start--
		}
	}
	return match{start: start, end: end, secret: one.secret, encoded: one.hash}, true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func capital(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
