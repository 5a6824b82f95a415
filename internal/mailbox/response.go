package mailbox

import (
	"bufio"
	"bytes"
	"io"
	"slices"
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
	keep int64  // octets of each literal
	slab []byte // room for header blocks, which are small and many
	rest []byte // of the line under way
}

// slabSize is how much room for header blocks is made at once.
const slabSize = 64 << 10

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
		if err := r.value(&h, name); err != nil {
			return h, err
		}
	}
}

// name takes the name of an item: BODY[HEADER.FIELDS (A B)]<0> is one.
func (r *responseReader) name() (string, bool) {
	depth := 0
	for i, c := range r.rest {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ' ' && depth <= 0:
			name := string(bytes.ToUpper(r.rest[:i]))
			r.rest = r.rest[i+1:]
			return name, i > 0
		case c == '\r' || c == '\n':
			return "", false
		}
	}
	return "", false
}

// value takes what stands behind a name.
func (r *responseReader) value(h *header, name string) (err error) {
	switch name {
	case "UID":
		h.uid, err = number[uint32](r, 32)
	case "RFC822.SIZE":
		h.size, err = number[int64](r, 63)
	case "INTERNALDATE":
		var text []byte
		if text, err = r.text(); err == nil {
			h.received, _ = time.Parse(internalDate, string(bytes.TrimLeft(text, " "))) // zero when it is none
		}
	case "FLAGS":
		h.reported, err = r.flags()
	case "BODY[HEADER]":
		h.raw, h.came, err = r.nstring()
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

// flags says whether Reported is among the flags.
func (r *responseReader) flags() (reported bool, err error) {
	end := bytes.IndexByte(r.rest, ')')
	if len(r.rest) == 0 || r.rest[0] != '(' || end < 0 {
		return false, errMisspoken
	}
	list := bytes.Fields(r.rest[1:end])
	r.rest = r.rest[end+1:]
	return slices.ContainsFunc(list, func(flag []byte) bool { return bytes.EqualFold(flag, []byte(Reported)) }), nil
}

// nstring takes a literal, a quoted string or NIL.
func (r *responseReader) nstring() (text []byte, is bool, err error) {
	if len(r.rest) >= 3 && bytes.EqualFold(r.rest[:3], []byte("NIL")) {
		r.rest = r.rest[3:]
		return nil, false, nil
	}
	text, err = r.text()
	return text, err == nil, err
}

// text takes a literal or a quoted string.
func (r *responseReader) text() ([]byte, error) {
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
	return r.literal(size)
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
func (r *responseReader) literal(size int64) ([]byte, error) {
	text := r.room(min(size, r.keep))
	if _, err := io.ReadFull(r.in, text); err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, r.in, size-int64(len(text))); err != nil {
		return nil, err
	}
	var err error
	if r.rest, err = r.in.ReadSlice('\n'); err == bufio.ErrBufferFull {
		err = errMisspoken
	}
	return text, err
}

// room is memory for a text.
func (r *responseReader) room(size int64) []byte {
	if size > slabSize/4 {
		return make([]byte, size)
	}
	if int64(len(r.slab)) < size {
		r.slab = make([]byte, slabSize)
	}
	text := r.slab[:size:size]
	r.slab = r.slab[size:]
	return text
}

// skip passes over a value of a kind that nobody asked for.
func (r *responseReader) skip(depth int) error {
	r.rest = bytes.TrimLeft(r.rest, " ")
	switch {
	case len(r.rest) == 0 || depth > 20:
		return errMisspoken
	case r.rest[0] == '"' || r.rest[0] == '{':
		_, err := r.text()
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
