package headers

import "slices"

// note is a field other than Received that may matter: it vouches for an
// address, or helps a provider find the account.
type note struct {
	name  string // as in the table below
	body  []byte // as it stands in the message
	above int    // how many Received fields stand above it
	text  string // the value, once somebody has asked for it
}

// noteNames are the fields that the walk keeps; what is not here is passed
// over without a copy. To those that it reads itself come the headers by which
// the providers find an account.
var noteNames = func() []string {
	names := []string{
		"Message-ID", "Return-Path", "X-Forwarded-For", "X-Forwarded-To", "List-Id", "DKIM-Signature",
		"Received-SPF", "Authentication-Results", "ARC-Authentication-Results", "X-Sender-IP", "X-MDRemoteIP",
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

// noteIndex finds a name by its length and its last letter: that refuses
// nearly every field of a message at a glance.
var noteIndex = func() (index [256][]string) {
	for _, n := range noteNames {
		k := notePlace(n)
		index[k] = append(index[k], n)
	}
	return index
}()

func notePlace[T string | []byte](name T) byte {
	return byte(len(name)<<5) ^ lower(name[len(name)-1]) ^ byte(len(name)>>3) // #nosec G115 -- a hash
}

// noteNamed returns the spelling in the table, or "".
func noteNamed(name []byte) string {
	for _, n := range noteIndex[notePlace(name)] {
		if equalFold(name, n) {
			return n
		}
	}
	return ""
}

// trace is what one header block says: its Received fields and its notes.
type trace struct {
	received [][]byte // the bodies of the Received fields, as they stand in the message
	hops     []Hop    // the same, read
	notes    []note
	prose    prose // what the hops, the values of notes and the reasons are made of
}

// maxHops and maxNotes bound what is kept of a hostile message. A loop stops
// at 100 hops in practice (RFC 5321 §6.3); what stands lower cannot change the verdict.
const (
	maxHops  = 20000
	maxNotes = 400
)

// scan collects the fields that the walk needs. They stay where they are. It
// reports whether it came to the blank line behind the header; else the block
// may be a part of one.
func (t *trace) scan(block []byte) (whole bool) {
	if t.notes == nil {
		t.received, t.notes = make([][]byte, 0, 16), make([]note, 0, 16)
	}
	t.received, t.notes = t.received[:0], t.notes[:0]
	fields := newFieldScanner(block)
	for {
		name, body, ok := fields.next()
		if !ok {
			return fields.ended
		}
		if equalFold(name, "Received") {
			if len(t.received) < maxHops {
				t.received = append(t.received, body)
			}
			continue
		}
		if known := noteNamed(name); known != "" && len(t.notes) < maxNotes {
			t.notes = append(t.notes, note{name: known, body: body, above: len(t.received)})
		}
	}
}

// readHops reads the Received fields. They are unfolded into one text, and
// every string of every hop is a part of it: one copy of each byte, however
// many fields there are.
func (t *trace) readHops() {
	size := 0
	for _, body := range t.received {
		size += len(body)
	}
	t.prose.room(size)
	t.hops = make([]Hop, len(t.received))
	var c clauses
	var room [1 << 10]byte
	line := room[:0]
	for i, body := range t.received {
		line = unfold(line[:0], body)
		t.hops[i].N = i
		c.read(&t.hops[i], t.prose.keep(line))
	}
}

// maxNote bounds the part of a note that is read. What matters in the long
// ones, signatures and results, comes first.
const maxNote = 1 << 10

// value appends the body of a note on one line, at most maxNote bytes of it.
func (n *note) value(dst []byte) []byte {
	return unfold(dst, n.body[:min(len(n.body), maxNote)])
}

// value keeps the value of a note.
func (t *trace) value(n *note) string {
	if n.text == "" {
		var line [maxNote]byte
		n.text = t.prose.keep(n.value(line[:0]))
	}
	return n.text
}
