package mailbox

import (
	"bytes"
	"net"
	"regexp"
	"strconv"
)

// capsConn stands between the server and the IMAP library, whose reader turns
// for ever on a parenthesis in a list of capabilities (go-imap v2.0.0-beta.8,
// readCapabilities). No list has one (RFC 9051 §9, capability-data), so a server
// that sends one is told from IMAP here.
type capsConn struct {
	net.Conn
	line    []byte // the line under way; of a long one its beginning and its end
	literal int64  // octets of a literal still to come, which are no lines
}

const (
	capsLine = 8 << 10 // of a line that is kept
	capsTail = 32      // of those from its end, where a literal is announced
)

var (
	capsParenthesis = regexp.MustCompile(`(?i)^\S+ (?:(?:OK|NO|BAD|BYE|PREAUTH) \[)?CAPABILITY[^\n\]]*\(`)
	statusLine      = regexp.MustCompile(`(?i)^\S+ (?:OK|NO|BAD|BYE|PREAUTH)\b`)
	literalFollows  = regexp.MustCompile(`\{(\d{1,18})\+?\}\r?\n$`)
)

func (c *capsConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.takes(p[:n]) {
		return 0, errBabble
	}
	return n, err
}

// takes follows what the server says, and is false where it must not go on.
func (c *capsConn) takes(octets []byte) bool {
	for len(octets) > 0 {
		if c.literal > 0 {
			skip := min(c.literal, int64(len(octets)))
			octets, c.literal = octets[skip:], c.literal-skip
			continue
		}
		piece := octets
		end := bytes.IndexByte(octets, '\n') + 1
		if end > 0 {
			piece = octets[:end]
		}
		octets = octets[len(piece):]
		c.line = append(c.line, piece...)
		if capsParenthesis.Match(c.line) {
			return false
		}
		if len(c.line) > capsLine {
			c.line = append(c.line[:capsLine-capsTail], c.line[len(c.line)-capsTail:]...)
		}
		if end > 0 {
			c.literal = announced(c.line)
			c.line = c.line[:0]
		}
	}
	return true
}

// announced is the length of the literal that a line ends with. The text of a
// status response is no place for one.
func announced(line []byte) int64 {
	found := literalFollows.FindSubmatch(line)
	if found == nil || statusLine.Match(line) {
		return 0
	}
	n, _ := strconv.ParseInt(string(found[1]), 10, 64) // 18 digits fit
	return n
}
