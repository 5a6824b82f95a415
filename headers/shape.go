package headers

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A shape describes how a server writes one part of a Received line. It is
// literal text with slots:
//
//	{helo} ({rdns} [{ip}])
//
// A slot takes everything up to the literal that follows it and must look
// like what it is named for; {*} takes anything. Blanks match exactly: lines
// are unfolded before.
type shape struct {
	steps []step
	needs marksOf // bytes that a text must have to fit
}

// marksOf is a set of the bytes that tell formats apart.
type marksOf uint16

// markBytes are those bytes; each has a bit.
const markBytes = "([@=:]/"

func marksIn(text string) marksOf {
	var set marksOf
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < 'A' || c > 'Z' && c < 'a' {
			set |= markBit[c]
		}
	}
	return set
}

var markBit = func() (bits [256]marksOf) {
	for i := range len(markBytes) {
		bits[markBytes[i]] = 1 << i
	}
	return bits
}()

type step struct {
	literal string
	slot    slot
}

type slot int

const (
	slotLiteral slot = iota
	slotHELO
	slotRDNS
	slotIP
	slotPort
	slotIdent
	slotAuth
	slotByName
	slotByIP
	slotEnvelope
	slotTLS
	slotID
	slotAny
)

var slotNames = [...]string{
	slotHELO: "helo", slotRDNS: "rdns", slotIP: "ip", slotPort: "port", slotIdent: "ident",
	slotAuth: "auth", slotByName: "by", slotByIP: "byip", slotEnvelope: "envelope",
	slotTLS: "tls", slotID: "id", slotAny: "*",
}

// compile reads a shape. It panics on a mistake in one of our own tables;
// nothing from a message gets here.
func compile(text string) shape {
	var s shape
	literal := func(t string) {
		if t != "" {
			s.steps = append(s.steps, step{literal: t})
			s.needs |= marksIn(t)
		}
	}
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			literal(text)
			break
		}
		literal(text[:open])
		end := strings.IndexByte(text, '}')
		s.steps = append(s.steps, step{slot: slotNamed(text[open+1 : end])})
		text = text[end+1:]
	}
	return s
}

func slotNamed(name string) slot {
	for i, n := range slotNames {
		if n == name {
			return slot(i)
		}
	}
	panic(fmt.Sprintf("headers: no slot is called %q", name))
}

// captures is what the slots of a shape took.
type captures struct {
	text [slotAny + 1]string
	ip   netip.Addr // of the last slot for an address
}

// match reads text by the shape. It never backtracks: each slot ends at the
// first occurrence of the literal behind it. When the text does not fit, got
// is left as it was.
func (s shape) match(text string, got *captures) bool {
	done := s.take(text, got)
	if done == len(s.steps) {
		return true
	}
	for _, st := range s.steps[:done] {
		got.text[st.slot] = ""
	}
	return false
}

// take fills the slots and returns the number of steps that fitted: all of
// them only when nothing of the text is left.
func (s shape) take(text string, got *captures) int {
	for i := range s.steps {
		st := &s.steps[i]
		if st.slot == slotLiteral {
			if !hasPrefixFold(text, st.literal) {
				return i
			}
			text = text[len(st.literal):]
			continue
		}
		end := len(text)
		if i+1 < len(s.steps) {
			if end = st.slot.end(text, s.steps[i+1].literal); end < 0 {
				return i
			}
		}
		if !st.slot.accepts(text[:end], got) {
			return i
		}
		got.text[st.slot] = text[:end]
		text = text[end:]
	}
	if text != "" {
		// The last step stands, but not for the whole text.
		got.text[s.steps[len(s.steps)-1].slot] = ""
		return len(s.steps) - 1
	}
	return len(s.steps)
}

// end finds where a slot ends: at the literal behind it. A user name may hold
// an @ of its own, so the ident ends at the last one in its comment.
func (s slot) end(text, literal string) int {
	if s == slotIdent && literal[0] == '@' {
		comment := text
		if i := strings.IndexByte(text, ')'); i >= 0 {
			comment = text[:i]
		}
		if i := strings.LastIndexByte(comment, '@'); i >= 0 && hasPrefixFold(text[i:], literal) {
			return i
		}
	}
	return indexFold(text, literal)
}

// indexFold finds a literal; letters match in either case.
func indexFold(text, literal string) int {
	if literal == "" {
		return 0
	}
	c := literal[0]
	if c|0x20 < 'a' || c|0x20 > 'z' { // not a letter: the fast search will do for its first byte
		for at := 0; ; at++ {
			next := strings.IndexByte(text[at:], c)
			if next < 0 {
				return -1
			}
			if at += next; hasPrefixFold(text[at:], literal) {
				return at
			}
		}
	}
	for i := 0; i+len(literal) <= len(text); i++ {
		if text[i]|0x20 == c|0x20 && hasPrefixFold(text[i:], literal) {
			return i
		}
	}
	return -1
}

// accepts says whether text can stand in the slot.
func (s slot) accepts(text string, got *captures) bool {
	switch s {
	case slotAny:
		return true
	case slotIP, slotByIP:
		var ok bool
		got.ip, ok = parseIP(text)
		return ok
	case slotPort:
		_, err := strconv.ParseUint(text, 10, 16)
		return err == nil
	case slotRDNS, slotByName:
		return text != "" && lacks(text, " ()[]@<>=")
	case slotHELO:
		return text != "" && lacks(text, " ()")
	case slotIdent:
		return lacks(text, " ()<>")
	default:
		return text != ""
	}
}

// lacks says that none of a few bytes is in a text.
func lacks(text, bytes string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c <= '@' || c == '[' || c == ']' {
			if strings.IndexByte(bytes, c) >= 0 {
				return false
			}
		}
	}
	return true
}
