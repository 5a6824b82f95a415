package submission

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"time"

	"spamreport/relay"
)

// endOfText follows a text that the gate has stopped passing on. It ends the
// text in whatever state the library's reader is.
var endOfText = []byte("x\r\n.\r\n")

// fetchText reads a line of the text after DATA, or a piece of a long one.
// Only CRLF . CRLF ends it. Servers that take less for an end (a dot between
// bare LFs, say) can be made to see two messages where others see one: SMTP
// smuggling. So a text with a bare CR, a bare LF or a NUL is taken in to its
// end, refused, and the session is over.
func (g *gate) fetchText() error {
	if g.pass = g.plainLines(); len(g.pass) > 0 {
		return nil
	}
	if !g.lineReady() {
		if err := g.flush(); err != nil {
			return err
		}
		patience := g.limits.Text
		if g.violation != "" {
			patience = g.limits.Patience
		}
		if err := g.deadline(time.Now().Add(patience)); err != nil {
			return err
		}
	}
	line, err := g.in.ReadSlice('\n')
	partial := errors.Is(err, bufio.ErrBufferFull)
	var timeout net.Error
	switch {
	case partial && line[len(line)-1] == '\r':
		// Its LF may follow.
		if err := g.in.UnreadByte(); err != nil {
			return err
		}
		line = line[:len(line)-1]
	case g.violation != "" && errors.As(err, &timeout) && timeout.Timeout():
		// The client takes for an end what is none.
		g.endText()
		return nil
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	case err != nil && !partial:
		return err
	}
	g.takeText(line, partial)
	return nil
}

// plainLines takes whole lines that are there already, as long as there is
// nothing to see in them: they are well formed, and none begins with a dot. What
// comes then is looked at line by line.
func (g *gate) plainLines() []byte {
	buffered, _ := g.in.Peek(g.in.Buffered()) // all there already
	if g.text != lineStart || g.violation != "" || bytes.HasPrefix(buffered, []byte(".")) {
		return nil
	}
	end := bytes.LastIndexByte(buffered, '\n') + 1
	if dot := bytes.Index(buffered, []byte("\r\n.")); dot >= 0 {
		end = min(end, dot+len("\r\n"))
	}
	lines := buffered[:end]
	if relay.StrayLineEnding(lines) || bytes.IndexByte(lines, 0) >= 0 {
		return nil
	}
	_, _ = g.in.Discard(end) // all there already
	return lines
}

func (g *gate) takeText(line []byte, partial bool) {
	start := g.text == lineStart
	crlf := bytes.HasSuffix(line, []byte("\r\n"))
	g.text = inLine
	if crlf {
		g.text = lineStart
	}
	if g.violation == "" {
		g.violation = violationIn(line, partial)
	}
	switch {
	case start && string(line) == ".\r\n" && g.violation == "":
		g.text, g.pass = noText, line
	case start && string(line) == ".\r\n":
		g.endText()
	case g.violation == "":
		g.pass = line
	}
}

// endText ends a text that was refused. The session ends with the answer.
func (g *gate) endText() {
	g.text, g.pass = noText, endOfText
	g.ending = "421 4.7.0 closing the connection"
	g.rude = true
}

// violationIn says what a line of text must not have.
func violationIn(line []byte, partial bool) string {
	text := line
	switch {
	case bytes.HasSuffix(line, []byte("\r\n")):
		text = line[:len(line)-2]
	case !partial:
		return "a bare LF"
	}
	switch {
	case bytes.IndexByte(text, '\r') >= 0:
		return "a bare CR"
	case bytes.IndexByte(text, 0) >= 0:
		return "a NUL"
	}
	return ""
}

// textReader reads the text after DATA with the second dots taken off (RFC 5321
// §4.5.2). The library would do that octet by octet. It is left only what ends
// the text, by which it knows where the next command begins.
type textReader struct{ *gate }

// Read implements io.Reader.
func (r textReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(r.pass) == 0 {
			if err := r.nextLine(); err != nil {
				return n, err
			}
		}
		if r.text == noText {
			return n, io.EOF
		}
		taken := copy(p[n:], r.pass)
		r.pass = r.pass[taken:]
		n += taken
	}
	return n, nil
}

// nextLine fetches a line, or a piece of one, and takes its second dot off. Of
// a text that is refused it gets nothing.
func (r textReader) nextLine() error {
	for len(r.pass) == 0 {
		start := r.text == lineStart
		if err := r.fetch(); err != nil {
			return err
		}
		if r.text != noText && start && len(r.pass) > 0 && r.pass[0] == '.' {
			r.pass = r.pass[1:]
		}
	}
	return nil
}

// skip takes in what nobody has read. From the middle of a line the library
// could take a dot that ends the line for the end of the text.
func (r textReader) skip() {
	for r.text != noText {
		r.pass = nil
		if err := r.nextLine(); err != nil {
			return // the library is told as well
		}
	}
}

// takeViolation returns what was wrong with the text that has just ended.
func (g *gate) takeViolation() string {
	v := g.violation
	g.violation = ""
	return v
}

// errBroken is what the library tells a client whose chunk breaks off.
var errBroken = refuse(451, "4.4.2", "the message broke off").smtpError()

// fetchChunk passes on octets of a chunk as they are.
func (g *gate) fetchChunk() error {
	if g.in.Buffered() == 0 {
		if err := g.flush(); err != nil {
			return err
		}
		if err := g.deadline(time.Now().Add(g.limits.Text)); err != nil {
			return err
		}
	}
	if _, err := g.in.Peek(1); err != nil {
		// The library would take io.EOF for the end of the chunk, and what it
		// has for a message.
		return errBroken
	}
	n := int(min(int64(g.in.Buffered()), g.chunk))
	g.pass, _ = g.in.Peek(n) // all there already
	g.chunk -= int64(n)
	_, err := g.in.Discard(n)
	return err
}
