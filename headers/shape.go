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
	opening string // the literal before the first slot
	steps   []step
	needs   marksOf // bytes that a text must have to fit
}

// marksOf is a set of the bytes that tell formats apart.
type marksOf uint16

// markBytes are those bytes; each has a bit.
const markBytes = "([@=:]/"

func marksIn(text string) marksOf {
	var set marksOf
	for i := range len(text) {
		set |= markBit[text[i]]
	}
	return set
}

var markBit = func() (bits [256]marksOf) {
	for i := range len(markBytes) {
		bits[markBytes[i]] = 1 << i
	}
	return bits
}()

// step is a slot and the literal behind it: "" at the end of a shape.
type step struct {
	slot    slot
	literal string
}

type slot int

const (
	slotHELO slot = iota
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
	s.opening, text, _ = strings.Cut(text, "{")
	s.needs = marksIn(s.opening)
	for text != "" {
		name, literal, closed := strings.Cut(text, "}")
		if !closed {
			panic(fmt.Sprintf("headers: a slot is not closed: %q", text))
		}
		literal, text, _ = strings.Cut(literal, "{")
		s.steps = append(s.steps, step{slotNamed(name), literal})
		s.needs |= marksIn(literal)
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
func (s *shape) match(text string, got *captures) bool {
	if !hasPrefixFold(text, s.opening) {
		return false
	}
	text = text[len(s.opening):]
	for i := range s.steps {
		st := &s.steps[i]
		end := len(text)
		if st.literal != "" {
			end = st.slot.end(text, st.literal)
		}
		if end < 0 || !st.slot.accepts(text[:end], got) {
			s.release(got, i)
			return false
		}
		got.text[st.slot] = text[:end]
		text = text[end+len(st.literal):]
	}
	if text != "" {
		s.release(got, len(s.steps))
	}
	return text == ""
}

// release empties the slots of the first steps again.
func (s *shape) release(got *captures, steps int) {
	for i := range steps {
		got.text[s.steps[i].slot] = ""
	}
	got.ip = netip.Addr{}
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

// accepts reports whether text can stand in the slot.
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
	case slotRDNS:
		return text != "" && lacks(text, &noName) && !greeting(text)
	case slotByName:
		return text != "" && lacks(text, &noName)
	case slotHELO:
		return text != "" && lacks(text, &noWord)
	case slotIdent:
		return lacks(text, &noUser)
	default:
		return text != ""
	}
}

// greeting reports whether a text is the command behind which a server quotes
// what the client called itself: "192.0.2.7 (EHLO [198.51.100.9])" has one
// address, and it is not the one in brackets.
func greeting(text string) bool {
	return len(text) == 4 && (equalFold(text, "EHLO") || equalFold(text, "HELO") || equalFold(text, "LHLO"))
}

// The bytes that end a host name, any word, and the name of a user.
var (
	noName = setOf(" ()[]@<>=")
	noWord = setOf(" ()")
	noUser = setOf(" ()<>=")
)

func lacks(text string, bytes *[256]bool) bool {
	for i := range len(text) {
		if bytes[text[i]] {
			return false
		}
	}
	return true
}
