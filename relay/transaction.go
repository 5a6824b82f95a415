package relay

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// session is a connection to a smarthost that has been greeted.
type session struct {
	client  *smtp.Client
	conn    *meter
	timeout time.Duration
	broken  error // why the connection is of no more use
}

// maxRecipients is how many recipients one transaction has: what every server
// must take (RFC 5321 §4.5.3.1.8).
const maxRecipients = 100

// chunk is how much of a message is written under one deadline, so that a
// large message on a slow line is not given up while it moves.
const chunk = 64 << 10

// transact runs one mail transaction (RFC 5321 §3.3) and returns the reply for
// each recipient, in their order. A reply without a code means that the
// connection ended before there was one.
func (s *session) transact(from string, recipients []string, message []byte) []Reply {
	s.conn.reset()
	replies := make([]Reply, len(recipients))
	utf8 := s.screen(from, recipients, message, replies)
	if allDecided(replies) {
		return replies
	}
	s.client.SkipSMTPUTF8(!utf8)
	err := s.command(func() error { return s.client.Mail("<" + from + ">") })
	if err != nil {
		return fill(replies, replyOf(err))
	}
	accepted := false
	for i, to := range recipients {
		if decided(replies[i]) {
			continue
		}
		if s.broken != nil {
			return fill(replies, Reply{Text: s.broken.Error()})
		}
		err := s.command(func() error { return s.client.Rcpt("<" + to + ">") })
		if err != nil {
			replies[i] = rcptReply(replyOf(err))
			continue
		}
		accepted = true
	}
	if !accepted {
		s.reset()
		return replies
	}
	reply := s.data(message)
	if stateOf(reply) != Delivered {
		s.reset()
	}
	return fill(replies, reply)
}

// command runs one command under a deadline and notes when the connection is
// of no more use: it broke, the server talked nonsense, or closes down (421).
func (s *session) command(run func() error) error {
	if err := s.client.UpdateDeadline(s.timeout); err != nil {
		s.broken = err
		return err
	}
	err := run()
	if err == nil {
		return nil
	}
	if r := replyOf(err); r.Code < 400 || r.Code == 421 {
		s.broken = err
	}
	return err
}

// data sends the message and returns the reply to it.
func (s *session) data(message []byte) Reply {
	var reply Reply
	err := s.command(func() error {
		w, err := s.client.Data()
		if err != nil {
			return err
		}
		for piece := range slices.Chunk(message, chunk) {
			if err := s.client.UpdateDeadline(s.timeout); err != nil {
				return err
			}
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		if err := s.client.UpdateDeadline(dataTimeoutFactor * s.timeout); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		reply = Reply{Code: 250}
		if d, ok := w.(*smtp.DataCloser); ok {
			reply = parseReply(250, d.ServerResponse())
		}
		return nil
	})
	if err != nil {
		return replyOf(err)
	}
	return reply
}

// reset ends a transaction that did not go through.
func (s *session) reset() {
	if s.broken != nil {
		return
	}
	if err := s.command(s.client.Reset); err != nil {
		s.broken = err
	}
}

// close says goodbye.
func (s *session) close() {
	if s.broken == nil {
		// A server that does not answer QUIT is no reason to wait.
		_ = s.client.UpdateDeadline(min(s.timeout, 5*time.Second))
		_ = s.client.Quit()
	}
	_ = s.conn.Close()
}

// screen decides for those recipients that this server cannot serve, so that
// they fail with a reason instead of a broken message. It returns whether the
// others need SMTPUTF8.
func (s *session) screen(from string, recipients []string, message []byte, replies []Reply) (utf8 bool) {
	if ok, limit := s.client.Extension("SIZE"); ok {
		// RFC 1870 §4: zero, or no number, is no fixed limit.
		if n, err := strconv.ParseInt(limit, 10, 64); err == nil && n > 0 && int64(len(message)) > n {
			fill(replies, Reply{Code: 552, Status: "5.3.4", Text: fmt.Sprintf(
				"not sent: %d octets, and the smarthost takes at most %d", len(message), n)})
			return false
		}
	}
	if ok, _ := s.client.Extension("8BITMIME"); !ok && !isASCII(message) {
		// RFC 6152 §3: without 8BITMIME such a message must not be sent.
		fill(replies, Reply{Code: 554, Status: "5.6.3", Text: "not sent: the message has 8-bit text, which the smarthost does not take"})
		return false
	}
	offered, _ := s.client.Extension("SMTPUTF8")
	refused := Reply{Code: 553, Status: "5.6.7", Text: "not sent: the smarthost does not take addresses beyond ASCII"}
	if !isASCII(from) {
		if !offered {
			fill(replies, refused)
		}
		return offered
	}
	for i, to := range recipients {
		if isASCII(to) {
			continue
		}
		utf8 = offered
		if !offered {
			replies[i] = refused
		}
	}
	return utf8
}

// rcptReply corrects what servers say at RCPT: 552 there means "too many
// recipients", and the recipient is to be tried again (RFC 5321 §4.5.3.1.10).
func rcptReply(r Reply) Reply {
	if r.Code == 552 && (r.Status == "" || r.Status == "5.5.3") {
		r.Code, r.Status = 452, "4.5.3"
	}
	return r
}

// decided tells a reply that is there from one that is still to come.
func decided(r Reply) bool { return r != Reply{} }

func allDecided(replies []Reply) bool { return !slices.Contains(replies, Reply{}) }

// fill gives the recipients that have no reply yet this one.
func fill(replies []Reply, r Reply) []Reply {
	for i := range replies {
		if !decided(replies[i]) {
			replies[i] = r
		}
	}
	return replies
}
