package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// Digest is the identity of a message: SHA-256, in hex, over the message as it
// was before a mail program stored it. One message has one digest whether it
// is read from an IMAP folder, an mbox or an .eml, so it is reported once.
//
// Left out or evened out is what storing changes, and nothing that a mail
// server on the way writes:
//
//   - line endings (LF on disk, CRLF on IMAP), blank lines before the header
//     and at the end, a UTF-8 byte order mark in front;
//   - the From_ line of an mbox (RFC 4155) and the ">" that an mbox puts
//     before lines which look like one;
//   - the fields of localFields;
//   - NUL, which cannot travel over IMAP (RFC 9051 §4.3.1) and which Dovecot
//     turns into 0x80.
func Digest(raw []byte) string {
	d := newDigester()
	_, _ = d.Write(raw)
	return d.sum()
}

// HeaderDigest is the identity of a message that was judged by its header
// alone: like Digest, over the header block. It is told apart from that of a
// whole message by its first word.
func HeaderDigest(header []byte) string { return ofHeader + Digest(header) }

// IsHeaderDigest tells the digests of HeaderDigest from others.
func IsHeaderDigest(digest string) bool { return strings.HasPrefix(digest, ofHeader) }

const ofHeader = "header "

// headMax is how much of a line decides what becomes of it. It is longer than
// any name in localFields.
const headMax = 128

// digester computes Digest over a message that comes in pieces. It never
// holds more than headMax octets of it.
type digester struct {
	hash hash.Hash
	out  []byte // on its way to hash: a call for each line would be slow

	inHeader bool   // before the blank line that ends the header
	started  bool   // a line that is not blank was seen
	dropping bool   // the current line, and its continuation lines, are left out
	decided  bool   // what becomes of the current line is known
	head     []byte // its beginning, until that is known

	newlines int64 // seen, but written only before more text: blank lines at the end do not count
	returns  int64 // likewise CRs, which do not count at the end of a line
}

func newDigester() digester {
	return digester{
		hash: sha256.New(), out: make([]byte, 0, 4<<10),
		inHeader: true, head: make([]byte, 0, headMax),
	}
}

func (d *digester) sum() string {
	if !d.decided && len(d.head) > 0 {
		d.decide(d.head) // the last line has no line ending
	}
	d.flush()
	return hex.EncodeToString(d.hash.Sum(nil))
}

func (d *digester) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, ended := p, false
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line, ended = p[:i], true
			p = p[i+1:]
		} else {
			p = nil
		}
		d.piece(line, ended)
	}
	return n, nil
}

// piece takes a part of a line; ended says that the line is over with it.
func (d *digester) piece(b []byte, ended bool) {
	switch {
	case d.decided:
		d.emit(b)
	case len(d.head) == 0 && ended:
		d.decide(b)
	default:
		take := min(headMax-len(d.head), len(b))
		d.head = append(d.head, b[:take]...)
		if ended || len(d.head) == headMax {
			d.decide(d.head)
			d.emit(b[take:])
		}
	}
	if ended {
		d.endLine()
	}
}

func (d *digester) endLine() {
	if !d.dropping && d.started {
		d.newlines++
	}
	d.returns = 0
	d.decided, d.head = false, d.head[:0]
}

// decide looks at the beginning of a line (the whole of it when it is shorter
// than headMax) and hands on what counts.
func (d *digester) decide(line []byte) {
	d.decided = true
	head := line[:min(len(line), headMax)]
	if !d.inHeader {
		if isQuotedFrom(head) {
			line = bytes.TrimLeft(line, ">")
		}
		d.emit(line)
		return
	}
	if !d.started {
		head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	blank := len(head) < headMax && len(bytes.TrimRight(head, "\r")) == 0
	switch {
	case blank:
		// Blank lines before the header are not part of it.
		d.inHeader, d.dropping = !d.started, false
	case head[0] == ' ' || head[0] == '\t':
		// A folded field (RFC 5322 §2.2.3) shares the fate of its first line.
	default:
		d.dropping = isFromLine(head) || isQuotedFrom(head) || isLocalField(head)
	}
	d.started = d.started || !blank
	d.emit(line)
}

// emit hashes a part of a line.
func (d *digester) emit(b []byte) {
	if d.dropping || len(b) == 0 {
		return
	}
	text := bytes.TrimRight(b, "\r")
	if len(text) == 0 {
		d.returns += int64(len(b))
		return
	}
	d.repeat('\n', d.newlines)
	d.repeat('\r', d.returns)
	d.newlines, d.returns = 0, int64(len(b)-len(text))
	if bytes.IndexByte(text, 0) >= 0 {
		text = bytes.ReplaceAll(text, []byte{0}, []byte{0x80})
	}
	d.put(text)
}

func (d *digester) repeat(c byte, n int64) {
	for ; n > 0; n-- {
		if len(d.out) == cap(d.out) {
			d.flush()
		}
		d.out = append(d.out, c)
	}
}

func (d *digester) put(b []byte) {
	if len(d.out)+len(b) > cap(d.out) {
		d.flush()
		if len(b) >= cap(d.out) {
			d.hash.Write(b)
			return
		}
	}
	d.out = append(d.out, b...)
}

func (d *digester) flush() {
	d.hash.Write(d.out)
	d.out = d.out[:0]
}
