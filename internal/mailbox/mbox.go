package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// An mbox is messages one after the other, each behind a From_ line:
//
//	From sender@example.org Mon Jan  2 15:04:05 2006
//
// There is no standard, but a description in RFC 4155. Two questions decide
// what a reader makes of hostile text, and the package go-mbox answers both
// too loosely for evidence: which lines are From_ lines, and how deep is the
// ">" quoting. Here a line within the file separates messages when it carries
// a time of day and a year, as every mail program of today writes it; "From
// our family to yours" in a body does not. Quoting is undone one level (mboxrd).

// isFromLine reports whether a line may be the From_ line at the beginning of an
// mbox. "From :" is the header field in its obsolete form (RFC 5322 §4.5).
func isFromLine(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("From "))
	return found && !bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
}

// isQuotedFrom reports whether a line is a ">From " that an mbox writer may have
// made of "From ".
func isQuotedFrom(line []byte) bool {
	return len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}

// isDated reports whether a From_ line has a time of day and, after it, a year
// (time zones may stand between or behind: "15:04:05 +0100 2006").
func isDated(line []byte) bool {
	const digits = "0123456789"
	fields := bytes.Fields(line)
	timed := false
	for _, f := range fields {
		switch {
		case !timed:
			hour, rest, found := bytes.Cut(f, []byte(":"))
			timed = found && len(hour) >= 1 && len(hour) <= 2 && len(bytes.Trim(hour, digits)) == 0 &&
				len(rest) >= 2 && len(bytes.Trim(rest, digits+":")) == 0
		case len(f) == 4 && len(bytes.Trim(f, digits)) == 0:
			return true
		}
	}
	return false
}

// mboxReader reads the lines of an mbox in pieces that fit its buffer.
type mboxReader struct {
	in     *bufio.Reader
	one    bool // only the first line is a From_ line, nothing is quoted
	strict bool // only a dated line separates, since the first one was dated

	blank  bool // the line before was blank
	middle bool // the next piece continues a line
	from   bool // that line is a From_ line
}

// piece reads on. separator says that a message ends here; the From_ line
// itself is never part of b.
func (m *mboxReader) piece() (b []byte, separator bool, err error) {
	b, err = m.in.ReadSlice('\n')
	start := !m.middle
	m.middle = errors.Is(err, bufio.ErrBufferFull)
	if m.middle || len(b) > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	switch {
	case !start && m.from:
		return nil, false, err
	case !start || m.one:
		return b, false, err
	}
	// What a program without dates writes is believed after a blank line only.
	m.from = isFromLine(b) && (isDated(b) || !m.strict && m.blank)
	m.blank = isBlank(b)
	switch {
	case m.from:
		b = nil
	case isQuotedFrom(b):
		b = b[1:]
	}
	return b, m.from, err
}

// begin reads the From_ line that the file begins with.
func (m *mboxReader) begin() error {
	line, err := m.in.ReadSlice('\n')
	m.strict, m.from, m.middle = isDated(line), true, errors.Is(err, bufio.ErrBufferFull)
	if m.middle || len(line) > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

func isBlank(line []byte) bool { return len(line) > 0 && len(bytes.TrimRight(line, "\r\n")) == 0 }

// mbox delivers the messages of an mbox. It holds back each one until it knows
// whether it is the last: a file with a single message is called by its own
// name, as an .eml that happens to begin with a From_ line should be.
func (r *fileReader) mbox(name string, in *bufio.Reader) bool {
	m := &mboxReader{in: in, one: r.opts.OneMessage}
	err := m.begin()
	message, n := newIntake(r.opts.Limits), 1
	numbered := func() string {
		if n == 1 && err != nil {
			return name
		}
		return fmt.Sprintf("%s#%d", name, n)
	}
	for err == nil {
		var b []byte
		var separator bool
		if b, separator, err = m.piece(); separator {
			if !r.deliver(endOfMbox(message, numbered())) {
				return false
			}
			n++
			message = newIntake(r.opts.Limits)
		}
		_, _ = message.Write(b)
	}
	if !errors.Is(err, io.EOF) {
		return r.fail(numbered(), err)
	}
	return r.deliver(endOfMbox(message, numbered()))
}

// endOfMbox takes away the blank line that an mbox puts after each message.
func endOfMbox(in *intake, name string) (Message, error) {
	m, err := in.message(name)
	if err != nil || m.Truncated {
		return m, err
	}
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if body, found := bytes.CutSuffix(m.Raw, []byte(end)); found {
			m.Raw = m.Raw[:len(body)+len(end)/2]
			m.Size = int64(len(m.Raw))
			break
		}
	}
	return m, nil
}
