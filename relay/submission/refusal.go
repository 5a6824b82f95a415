package submission

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"

	"spamreport/relay"
)

// Refusal is an answer other than 250. A [Policy] returns one to say what the
// client is told; any other error is told as a temporary fault of ours.
type Refusal struct {
	Code   int    // 4xx: try again later; 5xx: never (RFC 5321 §4.2.1)
	Status string // enhanced status code (RFC 3463), such as "5.7.1"
	Text   string // one line
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s %s", r.Code, r.Status, r.Text) }

// refuse makes a refusal.
func refuse(code int, status, format string, args ...any) *Refusal {
	return &Refusal{code, status, fmt.Sprintf(format, args...)}
}

// mistakes says how the errors of the queue and of Prepare are told.
var mistakes = []struct {
	err    error
	code   int
	status string
}{
	{relay.ErrTooLarge, 552, "5.3.4"},
	{relay.ErrLoop, 554, "5.4.6"},
	{relay.ErrLineEndings, 554, "5.6.0"},
	{relay.ErrAddress, 553, "5.1.3"},
	{relay.ErrNoRecipients, 554, "5.5.1"},
	{relay.ErrNoSender, 554, "5.6.0"},
	{relay.ErrUnsigned, 554, "5.6.0"},
}

// refusalOf turns an error into what the client is told. What is not the
// client's mistake is temporary, and its details stay in the log.
func refusalOf(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	for _, m := range mistakes {
		if errors.Is(err, m.err) {
			return refuse(m.code, m.status, "%s", err)
		}
	}
	return errKept
}

// errKept is how faults of ours are told: a full disk, a database that is
// locked.
var errKept = refuse(452, "4.3.1", "the message cannot be kept now, try again later")

// smtpError is a refusal in the words of the library. Its text never holds a
// line break: that would be a reply of the client's choice.
func (r *Refusal) smtpError() *smtp.SMTPError {
	e := &smtp.SMTPError{Code: r.Code, Message: strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '?'
		}
		return c
	}, r.Text)}
	for i, part := range strings.SplitN(r.Status, ".", 3) {
		e.EnhancedCode[i], _ = strconv.Atoi(part) // 0 when it is none: the library makes up for it
	}
	return e
}
