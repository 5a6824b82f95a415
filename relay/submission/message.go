package submission

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"spamreport/relay"
)

// Data implements smtp.Session. An error that says 250 is how the library is
// told to name the queue id.
func (s *session) Data(r io.Reader) error {
	s.mu.Lock()
	m := s.mail
	s.mu.Unlock()
	if m == nil {
		return s.refused(refuse(503, "5.5.1", "no sender"))
	}
	// The chunks of BDAT come through a pipe, since Data runs beside them.
	if _, chunks := r.(*io.PipeReader); !chunks {
		text := textReader{s.gate}
		defer text.skip()
		r = text
	}
	id, err := s.server.take(s, m, r)
	if errors.Is(err, smtp.ErrDataReset) {
		return err // RSET within BDAT: nobody waits for an answer
	}
	if err != nil {
		return s.refused(err)
	}
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "queued as " + id}
}

// take reads a message, checks it and puts it into the queue.
func (s *Server) take(session *session, m *transaction, r io.Reader) (id string, err error) {
	in := &intake{budget: s.octets, limit: s.Limits.Message}
	defer in.release()
	raw, err := in.read(r, m.size)
	if err != nil {
		return "", err
	}
	if err := checkText(raw, session.gate.takeViolation()); err != nil {
		return "", err
	}
	submission := relay.Submission{ID: relay.NewID(), Queued: s.now(), Submitter: m.user.Name}
	prepared, err := relay.Prepare(raw, relay.PrepareOptions{
		Envelope: &m.envelope, Trace: s.received(session, m, submission.ID, submission.Queued),
		Domain: s.Name, Now: submission.Queued,
	})
	if err != nil {
		return "", err
	}
	if err := s.checkHeader(m, prepared.Facts); err != nil {
		return "", err
	}
	submission.Envelope, submission.Message = prepared.Envelope, prepared.Message
	submission.Priority = priorityOf(m, prepared.Facts)
	if s.Policy != nil {
		if err := s.Policy.Message(session.client.ctx, submission); err != nil {
			return "", err
		}
	}
	if err := s.Queue.Accept(session.client.ctx, submission); err != nil {
		return "", err
	}
	return submission.ID, nil
}

// checkText refuses a text in which servers could see different lines. The
// gate has found the violation in what came after DATA; chunks it passes on as
// they are.
func checkText(raw []byte, violation string) error {
	switch {
	case violation != "":
	case bytes.IndexByte(raw, 0) >= 0:
		violation = "a NUL"
	case relay.StrayLineEnding(raw):
		violation = "a bare CR or LF"
	default:
		return nil
	}
	return refuse(554, "5.6.0", "%s in the message: lines end with CR and LF and hold neither alone (RFC 5321 section 2.3.8)", violation)
}

// bulkRecipients is from how many recipients on a message counts as one that
// nobody waits for.
const bulkRecipients = 20

func priorityOf(m *transaction, f relay.Facts) relay.Priority {
	if f.Bulk || len(m.envelope.To) > bulkRecipients {
		return relay.Bulk
	}
	return relay.Normal
}

// received writes the trace field of this server (RFC 5321 §4.4, RFC 3848).
// The client's name and address are those of somebody's home or office, so
// they are left out unless FullTrace asks for them, as other submission
// servers do. "for" is left out as well: it would give a Bcc away.
func (s *Server) received(session *session, m *transaction, id string, at time.Time) string {
	from := "localhost"
	if c := session.client; s.FullTrace && c.addr.IsValid() {
		literal := c.addr.String()
		if c.addr.Is6() {
			literal = "IPv6:" + literal
		}
		from = fmt.Sprintf("[%s]", literal)
	}
	return fmt.Sprintf("Received: from %s%s\r\n\tby %s (spamreport) with %s id %s;\r\n\t%s\r\n",
		from, comment(m.user), s.Name, protocol(session, m), id, at.Format(time.RFC1123Z))
}

// comment says in the trace how we know the sender, not who it is.
func comment(u *User) string {
	if u.trusted {
		return ""
	}
	return " (authenticated)"
}

// protocol is the word for "with" (RFC 3848, RFC 6531 §4.3).
func protocol(session *session, m *transaction) string {
	var word strings.Builder
	word.WriteString("ESMTP")
	if m.envelope.UTF8 {
		word.Reset()
		word.WriteString("UTF8SMTP")
	}
	if session.gate.tls {
		word.WriteByte('S')
	}
	if !m.user.trusted {
		word.WriteByte('A')
	}
	return word.String()
}

// intake reads a message into memory within the budget. The memory is good until
// release.
type intake struct {
	budget *budget
	limit  int64
	taken  int64
	room   *[firstPiece]byte // for a message that is small, which most are
}

// firstPiece is how much room a message gets at first.
const firstPiece = 16 << 10

// rooms are those of messages that have been prepared.
var rooms = sync.Pool{New: func() any { return new([firstPiece]byte) }}

// read reads to the end. announced is the size that MAIL gave, if it did.
func (in *intake) read(r io.Reader, announced int64) ([]byte, error) {
	size := min(max(announced+512, firstPiece), 1<<20)
	if !in.grow(size) {
		return nil, errBusy
	}
	buf := in.first(size)
	for {
		if len(buf) == cap(buf) {
			if !in.grow(int64(cap(buf))) {
				return nil, errBusy
			}
			buf = append(make([]byte, 0, 2*cap(buf)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > in.limit || errors.Is(err, smtp.ErrDataTooLarge):
			return nil, refuse(552, "5.3.4", "message too large, at most %d octets", in.limit)
		case err == io.EOF:
			return buf, nil
		case errors.Is(err, smtp.ErrDataReset):
			return nil, err
		case err != nil:
			return nil, refuse(errBroken.Code, "4.4.2", "%s", errBroken.Message)
		}
	}
}

func (in *intake) first(size int64) []byte {
	if size > firstPiece {
		return make([]byte, 0, size)
	}
	in.room = rooms.Get().(*[firstPiece]byte)
	return in.room[:0]
}

var errBusy = refuse(452, "4.3.1", "too many messages are coming in, try again later")

func (in *intake) grow(n int64) bool {
	if !in.budget.take(n) {
		return false
	}
	in.taken += n
	return true
}

func (in *intake) release() {
	in.budget.give(in.taken)
	if in.room != nil {
		rooms.Put(in.room)
		in.room = nil
	}
}
