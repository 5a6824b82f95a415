package relay

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// needs are the extensions that a message cannot be sent without.
type needs struct {
	eightBit bool // 8BITMIME (RFC 6152)
	utf8     bool // SMTPUTF8 (RFC 6531)
}

// offers reports whether the server has an extension.
func (s *session) offers(extension string) bool {
	ok, _ := s.client.Extension(extension)
	return ok
}

// screen decides for those recipients that this server cannot serve, so that
// they fail with a reason instead of a broken message. It returns what the
// others need.
func (s *session) screen(job Job, message []byte, replies []Reply) (need needs) {
	if ok, limit := s.client.Extension("SIZE"); ok {
		// RFC 1870 §4: zero, or no number, is no fixed limit.
		if n, err := strconv.ParseInt(limit, 10, 64); err == nil && n > 0 && int64(len(message)) > n {
			fill(replies, Reply{Code: 552, Status: "5.3.4", Text: fmt.Sprintf(
				"not sent: %d octets, and the next server takes at most %d", len(message), n)})
			return need
		}
	}
	need.eightBit = !isASCII(message)
	if need.eightBit && !s.offers("8BITMIME") {
		// RFC 6152 §3: without 8BITMIME such a message must not be sent.
		fill(replies, Reply{Code: 554, Status: "5.6.3", Text: "not sent: the message has 8-bit text, which the next server does not take"})
		return need
	}
	offered := s.offers("SMTPUTF8")
	// RFC 6531 §3.3: whoever submitted it with SMTPUTF8 may have used it in
	// the header. Where nobody did, the message is an ordinary one.
	if !isASCII(job.From) || job.UTF8 && need.eightBit && !isASCII(headerOf(message)) {
		need.utf8 = true
		if !offered {
			fill(replies, Reply{Code: 553, Status: "5.6.7", Text: "not sent: the next server does not take addresses and headers beyond ASCII"})
		}
		return need
	}
	for i, to := range job.Recipients {
		switch {
		case isASCII(to.Address):
		case offered:
			need.utf8 = true
		default:
			replies[i] = Reply{Code: 553, Status: "5.6.7", Text: "not sent: the next server does not take addresses beyond ASCII"}
		}
	}
	return need
}

func headerOf(message []byte) []byte {
	header, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	return header
}

// commands are the lines of a transaction: MAIL, a RCPT for each of the
// recipients asked for, DATA.
func (s *session) commands(job Job, asked []int, need needs, size int) []string {
	dsn := s.offers("DSN")
	lines := make([]string, 0, len(asked)+2)
	lines = append(lines, s.mail(job, need, size, dsn))
	for _, i := range asked {
		lines = append(lines, rcpt(job.Recipients[i], dsn))
	}
	return append(lines, "DATA")
}

// mail is the MAIL command with those parameters that the server knows.
func (s *session) mail(job Job, need needs, size int, dsn bool) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + job.From + ">")
	if s.offers("SIZE") {
		b.WriteString(" SIZE=" + strconv.Itoa(size))
	}
	if need.eightBit {
		b.WriteString(" BODY=8BITMIME")
	}
	if need.utf8 {
		b.WriteString(" SMTPUTF8")
	}
	if dsn && job.DSN.Return != "" {
		b.WriteString(" RET=" + xtext(job.DSN.Return))
	}
	if dsn && job.DSN.Envelope != "" && isASCII(job.DSN.Envelope) {
		b.WriteString(" ENVID=" + xtext(job.DSN.Envelope))
	}
	return b.String()
}

// rcpt is the RCPT command.
func rcpt(to Pending, dsn bool) string {
	line := "RCPT TO:<" + to.Address + ">"
	if dsn && to.Receipt.Notify != "" {
		line += " NOTIFY=" + xtext(to.Receipt.Notify)
	}
	kind, original, found := strings.Cut(to.Receipt.Original, ";")
	// An address beyond ASCII has a notation of its own (RFC 6533 §3), which
	// few servers know: the parameter is left out, which is always allowed.
	if dsn && found && isASCII(to.Receipt.Original) {
		line += " ORCPT=" + xtext(kind) + ";" + xtext(original)
	}
	return line
}

// xtext writes a value so that it can stand in a command (RFC 3461 §4).
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f && c != '+' && c != '=' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "+%02X", c)
		}
	}
	return b.String()
}
