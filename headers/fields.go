package headers

import (
	"slices"
	"strings"
)

// note is a field other than Received that may matter: it vouches for an
// address, or helps a provider find the account.
type note struct {
	name  string // as in the table below
	body  []byte // as it stands in the message
	above int    // how many Received fields stand above it
	text  string // the value, once somebody has asked for it
}

// value is the body on one line, at most maxNote bytes of it.
func (n *note) value() string {
	if n.text == "" {
		var text strings.Builder
		body := n.body[:min(len(n.body), maxNote)]
		text.Grow(len(body))
		unfold(&text, body)
		n.text = text.String()
	}
	return n.text
}

// noteNames are the fields that the walk keeps; what is not here is passed
// over without a copy. To those that it reads itself come the headers by which
// the providers find an account.
var noteNames = func() []string {
	names := []string{
		"Message-ID", "Return-Path", "X-Forwarded-For", "X-Forwarded-To", "List-Id", "DKIM-Signature",
		"Received-SPF", "Authentication-Results", "ARC-Authentication-Results", "X-Sender-IP",
	}
	for i := range providers {
		for _, e := range append(slices.Clone(providers[i].evidence), providers[i].originHeader) {
			if e != "" && !slices.Contains(names, e) {
				names = append(names, e)
			}
		}
	}
	return names
}()

// noteIndex finds a name by its length first: that refuses nearly every field
// of a message without looking at a letter.
var noteIndex = func() [64][]string {
	var index [64][]string
	for _, n := range noteNames {
		if len(n) < len(index) {
			index[len(n)] = append(index[len(n)], n)
		}
	}
	return index
}()

// noteNamed returns the spelling in the table, or "".
func noteNamed(name []byte) string {
	if len(name) >= len(noteIndex) {
		return ""
	}
	for _, n := range noteIndex[len(name)] {
		if equalFold(name, n) {
			return n
		}
	}
	return ""
}

// trace is what one header block says: its Received fields and its notes.
type trace struct {
	hops  []Hop
	notes []note
}

// maxHops and maxNotes bound what is kept of a hostile message. A loop stops
// at 100 hops in practice (RFC 5321 §6.3); what stands lower cannot change the verdict.
const (
	maxHops  = 20000
	maxNotes = 400
)

// readTrace collects what the walk needs. The Received fields are unfolded
// into one text, and every string of every hop is a part of it: one copy of
// each byte, however many fields there are. The notes stay where they are
// until somebody wants to read one.
func readTrace(block []byte) trace {
	t := trace{notes: make([]note, 0, 16)}
	var few [32][]byte
	received, size := few[:0], 0
	for fields := newFieldScanner(block); ; {
		name, body, ok := fields.next()
		if !ok {
			break
		}
		if equalFold(name, "Received") {
			if len(received) < maxHops {
				received, size = append(received, body), size+len(body)
			}
			continue
		}
		if known := noteNamed(name); known != "" && len(t.notes) < maxNotes {
			t.notes = append(t.notes, note{name: known, body: body, above: len(received)})
		}
	}
	var text strings.Builder
	text.Grow(size)
	ends := make([]int, 0, 32)
	for _, body := range received {
		unfold(&text, body)
		ends = append(ends, text.Len())
	}
	whole := text.String()
	t.hops = make([]Hop, len(received))
	var c clauses
	start := 0
	for i, end := range ends {
		c.read(&t.hops[i], whole[start:end])
		t.hops[i].N, start = i, end
	}
	return t
}

// maxNote bounds the part of a note that is read. What matters in the long
// ones, signatures and results, comes first.
const maxNote = 1 << 10
