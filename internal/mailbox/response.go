package mailbox

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"time"
)

// header is what a FETCH response says of a message (RFC 9051 §7.5.2).
type header struct {
	uid      uint32
	size     int64 // of the whole message; 0: not said
	received time.Time
	reported bool
	came     bool   // its header block
	raw      []byte // as much of that as is kept
}

// responseReader reads FETCH responses. Of what it does not know it only needs
// to know where that ends.
type responseReader struct {
	in   *bufio.Reader
	keep int64                  // octets of each literal
	room func(uid uint32) *room // for the header block of a message; it may be nil
	rest []byte                 // of the line under way
}

// cutFetch takes "* 12 FETCH (" off a line.
func cutFetch(line []byte) (rest []byte, found bool) {
	rest, found = bytes.CutPrefix(line, []byte("* "))
	if !found {
		return line, false
	}
	digits := 0
	for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
		digits++
	}
	const word = " FETCH ("
	if digits == 0 || len(rest) < digits+len(word) || !bytes.EqualFold(rest[digits:digits+len(word)], []byte(word)) {
		return line, false
	}
	return rest[digits+len(word):], true
}

// read reads the response that begins with a line, to its end.
func (r *responseReader) read(line []byte) (h header, err error) {
	r.rest, _ = cutFetch(line)
	for {
		r.rest = bytes.TrimLeft(r.rest, " ")
		if len(r.rest) > 0 && r.rest[0] == ')' {
			if len(bytes.TrimRight(r.rest[1:], "\r\n")) > 0 {
				return h, errMisspoken
			}
			return h, nil
		}
		name, ok := r.name()
		if !ok {
			return h, errMisspoken
		}
		if err := r.value(&h, itemNamed(name)); err != nil {
			return h, err
		}
	}
}

// name takes the name of an item: BODY[HEADER.FIELDS (A B)]<0> is one.
func (r *responseReader) name() ([]byte, bool) {
	depth := 0
	for i, c := range r.rest {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ' ' && depth <= 0:
			name := r.rest[:i]
			r.rest = r.rest[i+1:]
			return name, i > 0
		case c == '\r' || c == '\n':
			return nil, false
		}
	}
	return nil, false
}

// The items that are asked for.
const (
	itemUID      = "UID"
	itemSize     = "RFC822.SIZE"
	itemReceived = "INTERNALDATE"
	itemFlags    = "FLAGS"
	itemHeader   = "BODY[HEADER]"
)

// itemNamed returns the name of an item as it is written above, "" for others.
func itemNamed(name []byte) string {
	for _, item := range [...]string{itemUID, itemFlags, itemSize, itemHeader, itemReceived} {
		if len(name) == len(item) && bytes.EqualFold(name, []byte(item)) {
			return item
		}
	}
	return ""
}

// value takes what stands behind the name of an item.
func (r *responseReader) value(h *header, item string) (err error) {
	switch item {
	case itemUID:
		h.uid, err = number[uint32](r, 32)
	case itemSize:
		h.size, err = number[int64](r, 63)
	case itemReceived:
		var text []byte
		if text, err = r.text(nil); err == nil {
			h.received, _ = time.Parse(internalDate, string(bytes.TrimLeft(text, " "))) // zero when it is none
		}
	case itemFlags:
		h.reported, err = r.flags()
	case itemHeader:
		h.raw, h.came, err = r.nstring(r.room(h.uid))
	default:
		err = r.skip(0)
	}
	return err
}

// internalDate is date-time of RFC 9051 §9, without the blank that may stand in
// place of the first digit.
const internalDate = "2-Jan-2006 15:04:05 -0700"

func number[T uint32 | int64](r *responseReader, bits int) (T, error) {
	end := bytes.IndexAny(r.rest, " )\r\n")
	if end < 0 {
		return 0, errMisspoken
	}
	n, err := strconv.ParseUint(string(r.rest[:end]), 10, bits)
	if err != nil {
		return 0, errMisspoken
	}
	r.rest = r.rest[end:]
	return T(n), nil
}

// flags reports whether Reported is among the flags.
func (r *responseReader) flags() (reported bool, err error) {
	end := bytes.IndexByte(r.rest, ')')
	if len(r.rest) == 0 || r.rest[0] != '(' || end < 0 {
		return false, errMisspoken
	}
	for flag := range bytes.FieldsSeq(r.rest[1:end]) {
		reported = reported || bytes.EqualFold(flag, []byte(Reported))
	}
	r.rest = r.rest[end+1:]
	return reported, nil
}

// nstring takes a literal, a quoted string or NIL.
func (r *responseReader) nstring(room *room) (text []byte, is bool, err error) {
	if len(r.rest) >= 3 && bytes.EqualFold(r.rest[:3], []byte("NIL")) {
		r.rest = r.rest[3:]
		return nil, false, nil
	}
	text, err = r.text(room)
	return text, err == nil, err
}

// text takes a literal or a quoted string. A literal gets memory in
// the room, if there is one.
func (r *responseReader) text(room *room) ([]byte, error) {
	if len(r.rest) > 0 && r.rest[0] == '"' {
		return r.quoted()
	}
	if len(r.rest) == 0 || r.rest[0] != '{' {
		return nil, errMisspoken
	}
	size, ok := literalSize(r.rest)
	if !ok {
		return nil, errMisspoken
	}
	return r.literal(size, room)
}

// quoted takes a quoted string (RFC 9051 §4.3).
func (r *responseReader) quoted() ([]byte, error) {
	var text []byte
	for i := 1; i < len(r.rest); i++ {
		switch c := r.rest[i]; c {
		case '"':
			r.rest = r.rest[i+1:]
			return text, nil
		case '\\':
			i++
			if i < len(r.rest) {
				text = append(text, r.rest[i])
			}
		case '\r', '\n':
			return nil, errMisspoken
		default:
			text = append(text, c)
		}
	}
	return nil, errMisspoken
}

// literal reads a literal, as far as it is kept, and the line behind it.
func (r *responseReader) literal(size int64, room *room) (text []byte, err error) {
	kept := min(size, r.keep)
	if room != nil {
		text = room.take(kept)
	} else {
		text = make([]byte, kept)
	}
	if _, err := io.ReadFull(r.in, text); err != nil {
		return nil, err
	}
	if kept < size {
		if _, err := io.CopyN(io.Discard, r.in, size-kept); err != nil {
			return nil, err
		}
	}
	if r.rest, err = r.in.ReadSlice('\n'); err == bufio.ErrBufferFull {
		err = errMisspoken
	}
	return text, err
}

// skip passes over a value of a kind that nobody asked for.
func (r *responseReader) skip(depth int) error {
	r.rest = bytes.TrimLeft(r.rest, " ")
	switch {
	case len(r.rest) == 0 || depth > 20:
		return errMisspoken
	case r.rest[0] == '"' || r.rest[0] == '{':
		_, err := r.text(nil)
		return err
	case r.rest[0] != '(':
		end := bytes.IndexAny(r.rest, " ()\r\n")
		if end <= 0 {
			return errMisspoken
		}
		r.rest = r.rest[end:]
		return nil
	}
	for r.rest = bytes.TrimLeft(r.rest[1:], " "); len(r.rest) == 0 || r.rest[0] != ')'; r.rest = bytes.TrimLeft(r.rest, " ") {
		if err := r.skip(depth + 1); err != nil {
			return err
		}
	}
	r.rest = r.rest[1:]
	return nil
}
