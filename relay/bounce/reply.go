package bounce

import (
	"io"
	"strings"
)

// Kind says what a message that came back is.
type Kind string

// The kinds.
const (
	Bounced   Kind = "bounce"     // a server could not deliver, or not yet
	AutoReply Kind = "auto-reply" // a program answers: vacation, receipt, mailbox not read (RFC 3834)
	Ticket    Kind = "ticket"     // a desk's program acknowledges, under a number
	Answer    Kind = "reply"      // a person answers
	Other     Kind = "other"
)

// Reply is a message that came back, understood.
type Reply struct {
	Kind              Kind
	Recipient         string // of a bounce: the first address that failed, as it was mailed
	Verdict           Verdict
	Status            string // of a bounce: the enhanced code that says most
	Diagnostic        string // of a bounce: what Verdict was read from
	OriginalMessageID string // of the message that this answers, with its angle brackets
	Ticket            string // the desk's number
	Form              string // the page of an answer "please use our web form"; shown, never fetched
	Clues             Clues
}

// Limits of what Read looks at. Bounces and answers are short; the message
// that they return may be anything.
const (
	MaxMessage = 1 << 20 // octets of the message
	maxHeader  = 256 << 10
	maxPart    = 64 << 10 // octets of one part
	maxParts   = 50
	maxDepth   = 8
	maxField   = 8 << 10
)

// Read says what a message is. It takes any bytes: what cannot be parsed is
// looked at as text. The error is that of r alone.
func Read(r io.Reader) (Reply, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxMessage))
	if err != nil {
		return Reply{}, err
	}
	reply := readMail(raw).reply()
	for _, s := range []*string{&reply.Recipient, &reply.Status, &reply.OriginalMessageID, &reply.Ticket, &reply.Form} {
		*s = strings.ToValidUTF8(*s, "\uFFFD") // header fields may hold any bytes
	}
	return reply, nil
}

func (m *mail) reply() Reply {
	reply := Reply{Kind: Other, OriginalMessageID: m.originalID(), Clues: m.clues()}
	if m.bounced() {
		reply.Kind = Bounced
		m.describeBounce(&reply)
		return reply
	}
	if m.mailing() && len(reply.Clues.Incidents) == 0 {
		reply.OriginalMessageID = ""
		return reply
	}
	reply.Ticket = m.ticket()
	reply.Form = m.form()
	switch {
	case reply.Ticket != "" && m.acknowledges():
		reply.Kind = Ticket
	case m.automatic():
		reply.Kind = AutoReply
	case m.answers():
		reply.Kind = Answer
	default:
		reply.OriginalMessageID = ""
	}
	return reply
}
