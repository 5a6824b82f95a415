package relay

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// Envelope is the SMTP envelope (RFC 5321 §2.3.1). An empty From is the null
// reverse-path.
type Envelope struct {
	From string
	To   []string

	UTF8   bool      // the submitter asked for SMTPUTF8 (RFC 6531)
	DSN    DSN       // what the sender wants to be told
	Notify []Receipt // the same for each recipient, in the order of To; nil: the defaults
}

// DSN are the parameters of MAIL by which a sender says how it wants to be
// told of the fate of a message (RFC 3461 §4.3 and §4.4).
type DSN struct {
	Return   string // RET: "FULL", "HDRS", or "" when not given
	Envelope string // ENVID, as xtext was decoded
}

// Receipt are the parameters of RCPT that do so (RFC 3461 §4.1 and §4.2).
type Receipt struct {
	Notify   string // "NEVER", or a list of SUCCESS, FAILURE and DELAY with commas; "" when not given
	Original string // ORCPT, "type;address" with the xtext decoded
}

// Priority puts messages that a person waits for before those that nobody
// does. The lower goes first.
type Priority int

// The priorities.
const (
	Normal Priority = 0
	Bulk   Priority = 1
)

// Submission is a message on its way into the queue.
type Submission struct {
	ID       string // queue id, made by NewID
	Envelope Envelope
	Message  []byte // RFC 5322 with CRLF line endings, sent as it is
	Queued   time.Time

	Submitter string // the user of the relay that it comes from; "" is this program itself
	Priority  Priority
}

// MaxMessage is the largest message that the queue takes.
const MaxMessage = 64 << 20

// Refusals of a submission. They are the submitter's mistakes: trying again
// does not help.
var (
	ErrNoRecipients = errors.New("no recipients")
	ErrTooLarge     = errors.New("message too large")
	ErrLineEndings  = errors.New("line endings other than CRLF in the message")
)

// idAlphabet is in ASCII order, so that ids sort as the numbers they stand
// for, and without the letters that are taken for digits.
const idAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID makes a queue id: the microsecond, so that messages leave the queue in
// the order in which they came, and a random rest, since several processes may
// fill one queue.
func NewID() string {
	// 55 bits of microseconds last until the year 3111.
	n := uint64(time.Now().UnixMicro())
	id := make([]byte, 16)
	for i := 10; i >= 0; i-- {
		id[i] = idAlphabet[n%32]
		n /= 32
	}
	random := id[11:]
	_, _ = rand.Read(random) // never fails
	for i, b := range random {
		random[i] = idAlphabet[b%32]
	}
	return string(id)
}

// Check tells whether a submission can be delivered at all. The queue refuses
// one that cannot, rather than fail on it for five days.
func (s Submission) Check() error {
	if s.ID == "" {
		return errors.New("no queue id")
	}
	if len(s.Envelope.To) == 0 {
		return ErrNoRecipients
	}
	if s.Envelope.From != "" {
		if err := CheckAddress(s.Envelope.From); err != nil {
			return fmt.Errorf("sender %q: %w", s.Envelope.From, err)
		}
	}
	if n := len(s.Envelope.Notify); n > 0 && n != len(s.Envelope.To) {
		return fmt.Errorf("%d receipts asked for %d recipients", n, len(s.Envelope.To))
	}
	for _, to := range s.Envelope.To {
		if err := CheckAddress(to); err != nil {
			return fmt.Errorf("recipient %q: %w", to, err)
		}
	}
	if len(s.Message) > MaxMessage {
		return fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(s.Message), MaxMessage)
	}
	// RFC 5321 §2.3.8: a bare CR or LF must not be sent. A server that takes
	// one for a line ending would see commands in what is text for us (SMTP
	// smuggling).
	if StrayLineEnding(s.Message) {
		return ErrLineEndings
	}
	return nil
}

// StrayLineEnding reports a CR without its LF or an LF without its CR.
func StrayLineEnding(message []byte) bool {
	returns := bytes.Count(message, []byte("\r"))
	for len(message) > 0 {
		line := firstLine(message)
		message = message[len(line):]
		switch {
		case bytes.HasSuffix(line, []byte("\r\n")):
			returns--
		case line[len(line)-1] == '\n':
			return true
		}
	}
	return returns > 0
}
