package headers

import (
	"bytes"
	"errors"
	"io"
)

// MaxBlock is the largest header block that ReadBlock keeps. Real ones are
// 2 to 60 KiB; what lies beyond is cut off, so a hostile message costs a
// bounded amount of memory and its topmost lines, the ones that count, are
// still read.
const MaxBlock = 4 << 20

// readChunk is how much of a message is asked for at a time: most header
// blocks fit, so most messages cost one read.
const readChunk = 16 << 10

// ErrNoHeader says that the input is not a message: it is empty, or has not
// a single header field. A message without any Received field is not this
// error; its Verdict says so instead.
var ErrNoHeader = errors.New("no header field found: not a mail message")

// ReadBlock reads the header block of one message and leaves the body alone.
// It accepts what mail files really hold: LF, CRLF, CRCRLF and CR-only line
// ends, a leading mbox From_ line, blank lines or a byte order mark in front,
// NULs and other control bytes. What is longer than MaxBlock is cut. The
// result ends before the blank line.
func ReadBlock(r io.Reader) ([]byte, error) {
	end, searched := -1, 0
	buf, err := readUntil(nil, r, func(filled []byte) bool {
		start := skipPreamble(filled)
		if start < len(filled) {
			end = blockEnd(filled, max(start, searched-3))
		}
		searched = len(filled)
		return end >= 0
	})
	if err != nil {
		return nil, err
	}
	if end >= 0 {
		buf = buf[:end]
	}
	buf = buf[skipPreamble(buf):]
	if !hasField(buf) {
		return nil, ErrNoHeader
	}
	return buf, nil
}

// Block is ReadBlock for a message in memory. The result is a part of raw.
func Block(raw []byte) ([]byte, error) {
	raw = raw[:min(len(raw), MaxBlock)]
	start := skipPreamble(raw)
	if start < len(raw) {
		if end := blockEnd(raw, start); end >= 0 {
			raw = raw[:end]
		}
	}
	if raw = raw[start:]; !hasField(raw) {
		return nil, ErrNoHeader
	}
	return raw, nil
}

// readUntil reads into buf, a chunk at a time and more each time, until enough
// says so, the input ends or MaxBlock is reached.
func readUntil(buf []byte, r io.Reader, enough func(filled []byte) bool) ([]byte, error) {
	buf = buf[:cap(buf)]
	for filled, step := 0, readChunk; ; step = max(readChunk, filled) {
		want := min(filled+step, MaxBlock)
		if want > len(buf) {
			grown := make([]byte, max(want, min(2*len(buf), MaxBlock)))
			copy(grown, buf[:filled])
			buf = grown
		}
		n, err := io.ReadFull(r, buf[filled:want])
		filled += n
		if enough(buf[:filled]) || err == io.EOF || err == io.ErrUnexpectedEOF || filled >= MaxBlock {
			return buf[:filled], nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// skipPreamble returns the offset of the first line that can be a header
// field: past a byte order mark, NULs, blank lines and mbox From_ lines.
func skipPreamble(b []byte) int {
	at := 0
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	for at < len(b) {
		switch {
		case b[at] == '\n' || b[at] == '\r' || b[at] == 0:
			at++
		case bytes.HasPrefix(b[at:], []byte("From ")) || bytes.HasPrefix(b[at:], []byte(">From ")):
			eol := bytes.IndexAny(b[at:], "\r\n")
			if eol < 0 {
				return len(b)
			}
			at += eol + 1
		default:
			return at
		}
	}
	return at
}

// blockEnd returns the offset of the blank line that ends the header block,
// or -1. Searching starts at offset from.
func blockEnd(b []byte, from int) int {
	eol := byte('\n')
	if bytes.IndexByte(b, '\n') < 0 {
		eol = '\r'
	}
	for i := from; i < len(b); {
		n := bytes.IndexByte(b[i:], eol)
		if n < 0 {
			return -1
		}
		i += n + 1
		if i < len(b) && b[i] > '\r' {
			continue // nearly every line
		}
		next := i
		for eol == '\n' && next < len(b) && b[next] == '\r' {
			next++
		}
		// In a CR-only block, "\r\r" at the very end may be the start of
		// CRCRLF: wait for more.
		if next < len(b) && b[next] == eol && (eol == '\n' || next+1 < len(b)) {
			return i
		}
	}
	return -1
}

// fieldScanner goes through the fields of a header block without copying.
// A bare CR ends a line only where the block has no LF at all.
type fieldScanner struct {
	rest  []byte
	eol   byte
	ended bool // came to the blank line, and not only to the end of the block
}

func newFieldScanner(block []byte) fieldScanner {
	s := fieldScanner{rest: block[skipPreamble(block):], eol: '\n'}
	if bytes.IndexByte(s.rest, '\n') < 0 {
		s.eol = '\r'
	}
	return s
}

// next returns the name and the still folded body of the next field. A line
// without a colon is passed over; one with junk in front of it is returned,
// for the names that matter are compared in full and have none. It ends at
// the blank line.
func (s *fieldScanner) next() (name, body []byte, ok bool) {
	for len(s.rest) > 0 && (s.rest[0] > '\r' || !s.blankLine()) {
		field := s.rest
		end := 0
		for { // one line, and those that are folded onto it (RFC 5322 §2.2.3)
			n := bytes.IndexByte(field[end:], s.eol) + 1
			if n == 0 {
				end = len(field)
				break
			}
			if end += n; end == len(field) || field[end] != ' ' && field[end] != '\t' {
				break
			}
		}
		s.rest = field[end:]
		colon := bytes.IndexByte(field[:end], ':')
		if colon <= 0 {
			continue
		}
		name = field[:colon]
		for len(name) > 1 && (name[len(name)-1] == ' ' || name[len(name)-1] == '\t') {
			name = name[:len(name)-1]
		}
		return name, field[colon+1 : end : end], true
	}
	crs := len(s.rest) - len(bytes.TrimLeft(s.rest, "\r"))
	s.ended = crs < len(s.rest) && s.rest[crs] == '\n' || s.eol == '\r' && crs > 0 && len(s.rest) > 1
	s.rest = nil
	return nil, nil, false
}

// blankLine reports whether the next line is the one that ends the block.
func (s *fieldScanner) blankLine() bool {
	for i, c := range s.rest {
		switch {
		case c == '\n', c == '\r' && s.eol == '\r':
			return true
		case c != '\r':
			return false
		case i == len(s.rest)-1:
			return true
		}
	}
	return true
}

// hasField reports whether there is a single field in a block: a name of
// printable characters before the colon (RFC 5322 §2.2).
func hasField(block []byte) bool {
	for fields := newFieldScanner(block); ; {
		name, _, ok := fields.next()
		if !ok {
			return false
		}
		if !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return true
		}
	}
}
