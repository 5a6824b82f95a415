package relay

import (
	"context"
	"fmt"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// session is a connection to the next server that has been greeted.
//
// The library greets it: EHLO, STARTTLS, the log-in. The transactions are our
// own, on its buffered text connection: the library sends one command and
// waits for the answer, where a relay that pipelines (RFC 2920) needs three
// round trips a message instead of five or more, passes DSN parameters on, and
// must know for each recipient what was said.
type session struct {
	client  *smtp.Client
	text    *textproto.Conn
	conn    *meter
	timeout time.Duration

	// logsIn says that a refusal which asks for a log-in (530) is about our
	// password: it comes from a smarthost.
	logsIn bool

	used     int         // transactions so far
	idle     time.Time   // since when nobody uses it
	untie    func() bool // ends the tie to a context, see tie
	buf      []byte      // for the message on its way out
	broken   error       // why the connection is of no more use
	farewell Reply       // the answer to everything that is asked after that
	// stale says that it broke before a word of the last transaction was
	// answered: nothing of it can have arrived.
	stale bool

	brokeDown func() // told when it breaks in a transaction; nil: nobody is
}

func newSession(client *smtp.Client, conn *meter, timeout time.Duration) *session {
	return &session{client: client, text: client.Text, conn: conn, timeout: timeout}
}

// tie breaks the connection when ctx ends.
func (s *session) tie(ctx context.Context) {
	s.untie = context.AfterFunc(ctx, func() { _ = s.conn.Close() })
}

// fail notes that the connection is of no more use.
func (s *session) fail(err error, r Reply) Reply {
	if s.broken == nil {
		s.broken, s.farewell = err, r
	}
	return r
}

// send hands commands to the kernel.
func (s *session) send(lines ...string) {
	if s.broken != nil {
		return
	}
	if err := s.patience(s.timeout); err != nil {
		return
	}
	for _, line := range lines {
		_, _ = s.text.W.WriteString(line) // an error stays until Flush
		_, _ = s.text.W.WriteString("\r\n")
	}
	if err := s.text.W.Flush(); err != nil {
		// Why the server hung up may be there to be read.
		s.fail(err, s.lastWords(err))
	}
}

// hear reads the next reply. Anything but the wanted class of codes or a clear
// refusal means that the connection is of no more use: it broke, the server
// talks nonsense, or closes down (421).
func (s *session) hear(class int, patience time.Duration) Reply {
	if s.broken != nil {
		return s.farewell
	}
	if err := s.patience(patience); err != nil {
		return s.farewell
	}
	r, err := readReply(s.text.R)
	switch {
	case err != nil:
		return s.fail(err, replyOf(err))
	case r.Code == 421:
		return s.fail(&textproto.Error{Code: r.Code, Msg: r.Text}, r)
	case r.Code < 400 && r.Code/100 != class:
		// It loses its code: 250 in answer to DATA is no success.
		err := fmt.Errorf("an answer that was not asked for: %s", r)
		return s.fail(err, replyOf(err))
	}
	return r
}

// patience sets how long the next step may take.
func (s *session) patience(d time.Duration) error {
	err := s.conn.SetDeadline(time.Now().Add(d))
	if err != nil {
		s.fail(err, replyOf(err))
	}
	return err
}

// lastWords is what the server said before it closed a connection that could
// not be written to any more, such as that the message is too large.
func (s *session) lastWords(cause error) Reply {
	if s.conn.SetDeadline(time.Now().Add(min(s.timeout, time.Second))) == nil {
		if r, err := readReply(s.text.R); err == nil && r.Code >= 400 {
			return r
		}
	}
	return replyOf(cause)
}

// reset ends a transaction that did not go through.
func (s *session) reset() {
	s.send("RSET")
	if r := s.hear(2, s.timeout); s.broken == nil && r.Code/100 != 2 {
		s.fail(&textproto.Error{Code: r.Code, Msg: r.Text}, r)
	}
}

// close says goodbye. A server that does not answer is not waited for.
func (s *session) close() {
	const patience = 5 * time.Second
	if s.untie != nil {
		defer s.untie()
	}
	if s.broken == nil && s.conn.SetDeadline(time.Now().Add(min(s.timeout, patience))) == nil {
		_ = s.client.Quit()
	}
	_ = s.conn.Close()
}

// peer is the address of the server.
func (s *session) peer() net.Addr { return s.conn.RemoteAddr() }
