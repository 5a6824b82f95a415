package relay

import (
	"bytes"
	"errors"
)

// maxRecipients is how many recipients one transaction has: what every server
// must take (RFC 5321 §4.5.3.1.8).
const maxRecipients = 100

// chunk is how much of a message is written under one deadline, so that a
// large message on a slow line is not given up while it moves.
const chunk = 64 << 10

// transact runs one mail transaction (RFC 5321 §3.3) and returns the reply for
// each recipient of the job, in their order. A reply without a code means that
// the connection ended before there was one.
//
// With PIPELINING (RFC 2920) MAIL, every RCPT and DATA leave in one piece, and
// the answers are read afterwards; without it each waits for its answer.
func (s *session) transact(job Job, message []byte) []Reply {
	s.conn.reset()
	replies := make([]Reply, len(job.Recipients))
	need := s.screen(job, message, replies)
	var asked []int // the recipients that this server can serve
	for i := range replies {
		if !decided(replies[i]) {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return replies
	}
	reused := s.used > 0
	s.used++
	ask := s.exchange(s.commands(job, asked, need, len(message)))

	if r := ask(2, true); !ok(r) {
		s.stale = reused && s.broken != nil
		fill(replies, r)
	}
	accepted := 0
	for _, i := range asked {
		hopeless := decided(replies[i]) // MAIL was refused
		r := ask(2, !hopeless)
		switch {
		case hopeless:
		case ok(r):
			accepted++
		default:
			replies[i] = rcptReply(r)
		}
	}
	if r := ask(3, accepted > 0); r.Code == 354 {
		if accepted == 0 {
			// RFC 2920 §3.1: a server that pipelines may say 354 all the same,
			// and wants the end of the data.
			s.content(nil)
			return replies
		}
		r = s.content(message)
		if !ok(r) {
			s.reset()
		}
		return fill(replies, r)
	} else if accepted > 0 {
		fill(replies, r)
	}
	s.reset()
	return replies
}

// exchange sends commands and returns a function that reads the answers in
// their order, each with the class of codes that is hoped for. Without
// PIPELINING a command leaves only when its answer is asked for, and not at
// all when it makes no sense any more.
func (s *session) exchange(lines []string) (ask func(class int, sense bool) Reply) {
	pipelined := s.offers("PIPELINING")
	if pipelined {
		s.send(lines...)
	}
	next := 0
	return func(class int, sense bool) Reply {
		line := lines[next]
		next++
		if !pipelined {
			if !sense {
				return Reply{}
			}
			s.send(line)
		}
		return s.hear(class, s.timeout)
	}
}

// content sends the message and returns the reply to it. A nil message is
// ended before it begins.
func (s *session) content(message []byte) Reply {
	if s.broken == nil && s.text.R.Buffered() > 0 {
		// It would be taken for the answer to the final dot.
		err := errors.New("the server answered before it was asked")
		return s.fail(err, replyOf(err))
	}
	fresh := true // at the start of a line
	for {
		piece := message[:min(len(message), chunk)]
		message = message[len(piece):]
		s.buf, fresh = stuff(s.buf[:0], piece, fresh)
		if len(message) == 0 {
			if !fresh {
				s.buf = append(s.buf, "\r\n"...)
			}
			s.buf = append(s.buf, ".\r\n"...)
		}
		if s.patience(s.timeout) != nil {
			return s.farewell
		}
		_, err := s.text.W.Write(s.buf)
		if err == nil {
			err = s.text.W.Flush()
		}
		if err != nil {
			return s.fail(err, s.lastWords(err))
		}
		if len(message) == 0 {
			return s.hear(2, dataTimeoutFactor*s.timeout)
		}
	}
}

// stuff appends text with a second dot on each line that begins with one
// (RFC 5321 §4.5.2), and says whether it ends at the start of a line.
func stuff(dst, text []byte, fresh bool) ([]byte, bool) {
	for len(text) > 0 {
		if fresh && text[0] == '.' {
			dst = append(dst, '.')
		}
		end := bytes.IndexByte(text, '\n') + 1
		fresh = end > 0
		if !fresh {
			end = len(text)
		}
		dst = append(dst, text[:end]...)
		text = text[end:]
	}
	return dst, fresh
}

// rcptReply corrects what servers say at RCPT: 552 there means "too many
// recipients", and the recipient is to be tried again (RFC 5321 §4.5.3.1.10).
func rcptReply(r Reply) Reply {
	if r.Code == 552 && (r.Status == "" || r.Status == "5.5.3") {
		r.Code, r.Status = 452, "4.5.3"
	}
	return r
}

func ok(r Reply) bool { return r.Code/100 == 2 }

// decided tells a reply that is there from one that is still to come.
func decided(r Reply) bool { return r != Reply{} }

// fill gives the recipients that have no reply yet this one.
func fill(replies []Reply, r Reply) []Reply {
	for i := range replies {
		if !decided(replies[i]) {
			replies[i] = r
		}
	}
	return replies
}
