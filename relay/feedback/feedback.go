// Package feedback reads what comes back about mail that this relay has sent:
// bounces that come as messages, and feedback reports (ARF, RFC 5965), by which
// a mailbox provider passes on that somebody pressed "this is spam".
//
// Both bear the Message-ID of the mail that they are about and, mostly, its
// recipient. Anybody can write either, and both can put an address on the
// suppression list; so they count only for a message that was really sent, and
// for an address that it was really sent to. Whoever knows both is the
// recipient, or somebody close, and gets what was asked for: no more mail.
package feedback

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/mail"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"

	"spamreport/relay/bounce"
)

// Kind is what came back.
type Kind string

// The kinds.
const (
	Bounce    Kind = "bounce"
	Complaint Kind = "complaint"
)

// Report is a message that came back, understood.
type Report struct {
	Kind      Kind
	MessageID string // of the mail that it is about, with its angle brackets
	Recipient string // of that mail; empty when the report hides it

	Verdict bounce.Verdict // of a bounce
	Status  string         // of a bounce: the enhanced code
	Text    string         // of a bounce: what the server said; of a complaint: the program that reports
	Type    string         // of a complaint: abuse, fraud, virus, other, not-spam (RFC 5965 §7.3)
	From    string         // who sent the report
}

// ErrOther says that a message is neither a bounce nor a feedback report.
var ErrOther = errors.New("neither a bounce nor a feedback report")

// Limits of what is read.
const (
	maxPart  = 64 << 10
	maxField = 1000
)

// Read says what a message is. The error is that of r, or ErrOther.
func Read(r io.Reader) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, bounce.MaxMessage))
	if err != nil {
		return Report{}, err
	}
	if report, is := readComplaint(raw); is {
		return report.clean(), nil
	}
	read, err := bounce.Read(bytes.NewReader(raw))
	if err != nil {
		return Report{}, err
	}
	if read.Kind != bounce.Bounced {
		return Report{}, ErrOther
	}
	return Report{
		Kind: Bounce, MessageID: read.OriginalMessageID, Recipient: read.Recipient, Verdict: read.Verdict,
		Status: read.Status, Text: read.Diagnostic, From: read.Clues.From,
	}.clean(), nil
}

// readComplaint reads a feedback report (RFC 5965 §2): a part for people, one
// for programs, and the message or its header.
func readComplaint(raw []byte) (Report, bool) {
	e, err := message.Read(bytes.NewReader(raw))
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return Report{}, false
	}
	media, params, _ := e.Header.ContentType()
	if media != "multipart/report" || !strings.EqualFold(params["report-type"], "feedback-report") {
		return Report{}, false
	}
	r := Report{Kind: Complaint, From: e.Header.Get("From")}
	found := false
	parts := e.MultipartReader()
	for range 10 {
		p, err := parts.NextPart()
		if p == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			break
		}
		media, _, _ := p.Header.ContentType()
		body, _ := io.ReadAll(io.LimitReader(p.Body, maxPart)) // what came before an error counts
		switch media {
		case "message/feedback-report":
			found = true
			r.takeReport(fields(body))
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers":
			r.takeOriginal(fields(body))
		}
	}
	return r, found
}

// fields reads a header, whether or not something follows it.
func fields(b []byte) message.Header {
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(b, "\r\n\r\n"...))))
	return message.Header{Header: h}
}

func (r *Report) takeReport(h message.Header) {
	r.Type = strings.ToLower(h.Get("Feedback-Type"))
	r.Text = h.Get("User-Agent")
	if to := address(h.Get("Original-Rcpt-To")); to != "" {
		r.Recipient = to
	}
}

// recipientFields name the recipient where the report does not: those that the
// providers write, and then To, if it names one address.
var recipientFields = []string{"X-HmXmrOriginalRecipient", "X-Original-To", "Delivered-To", "To"}

func (r *Report) takeOriginal(h message.Header) {
	r.MessageID = strings.TrimSpace(h.Get("Message-Id"))
	for _, name := range recipientFields {
		if r.Recipient == "" {
			r.Recipient = address(h.Get(name))
		}
	}
}

// address is the only one of a field; empty when there are several or none.
func address(field string) string {
	list, err := mail.ParseAddressList(field)
	if err != nil || len(list) != 1 {
		return ""
	}
	return list[0].Address
}

// clean bounds the texts and makes them UTF-8.
func (r Report) clean() Report {
	for _, s := range []*string{&r.MessageID, &r.Recipient, &r.Status, &r.Text, &r.Type, &r.From} {
		*s = strings.ToValidUTF8((*s)[:min(len(*s), maxField)], "\uFFFD")
	}
	return r
}
