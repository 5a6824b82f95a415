package relay

import (
	"errors"
	"fmt"
	"mime"
	"os"
	"strings"
	"time"
)

// PrepareOptions say how a message becomes a submission. Only the recipients
// (or FromHeader) are needed.
type PrepareOptions struct {
	// Envelope, when it is known already, as SMTP gives it. From, Recipients
	// and FromHeader are not looked at then.
	Envelope   *Envelope
	From       string   // envelope sender; "<>" is the null reverse-path
	Recipients []string // envelope recipients
	// FromHeader adds the addresses in To, Cc and Bcc to the recipients.
	FromHeader bool
	// DefaultFrom is the envelope sender when From is empty, and the header
	// From of a message that has none.
	DefaultFrom string
	// FromName is the display name of a header From that is added.
	FromName string
	// Domain completes names without one ("root"); the host name when empty.
	Domain string
	// DotEnds ends the message at a line with a single dot, as sendmail does
	// unless it is given -i.
	DotEnds bool
	// Trace is a Received field, with its CRLF, to put on top.
	Trace string
	Now   time.Time // for a Date that is added; the present when zero
}

// Prepared is a message that is fit for Submit.
type Prepared struct {
	Envelope Envelope
	Message  []byte
	Facts    Facts // about the message as it came
}

// ErrLoop says that a message has travelled in circles.
var ErrLoop = errors.New("mail loop: the message has passed too many servers")

// maxHops is how many Received fields a message may have (RFC 5321 §6.3).
const maxHops = 100

// ErrNoSender says that nothing tells who sends a message.
var ErrNoSender = errors.New("no sender: give one with -f, or set email in [identity]")

// Prepare makes a message fit for SMTP: line endings become CRLF, overlong
// lines are broken, Date, Message-ID and From are added when they are missing,
// and Bcc is removed (RFC 5322 §3.6.3, RFC 6409 §8). The prepared message
// shares no memory with raw.
func Prepare(raw []byte, o PrepareOptions) (Prepared, error) {
	if len(raw) > MaxMessage {
		return Prepared{}, fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(raw), MaxMessage)
	}
	o = o.withDefaults()
	h, body := splitHeader(normalize(raw, o.DotEnds))
	hops := 0
	for _, f := range h {
		if f.is("Received") {
			hops++
		}
	}
	if hops > maxHops {
		return Prepared{}, ErrLoop
	}
	envelope, err := o.envelope(h)
	if err != nil {
		return Prepared{}, err
	}
	facts := h.facts()
	h, err = o.complete(h, envelope)
	if err != nil {
		return Prepared{}, err
	}
	h, body = shorten(h, body)
	p := Prepared{Envelope: envelope, Message: join(o.Trace, h, body), Facts: facts}
	// Encoding can have made it larger.
	return p, Submission{ID: "unset", Envelope: envelope, Message: p.Message}.Check()
}

func (o PrepareOptions) withDefaults() PrepareOptions {
	if o.Domain == "" {
		o.Domain = hostDomain()
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	return o
}

func hostDomain() string {
	name, err := os.Hostname()
	if err != nil || name == "" || !isASCII(name) {
		return "localhost"
	}
	return name
}

// envelope puts the envelope together.
func (o PrepareOptions) envelope(h header) (Envelope, error) {
	if o.Envelope != nil {
		return *o.Envelope, nil
	}
	var e Envelope
	list := o.Recipients
	if o.FromHeader {
		for _, f := range h {
			if f.is("To") || f.is("Cc") || f.is("Bcc") {
				list = append(list[:len(list):len(list)], splitAddresses(f.value())...)
			}
		}
	}
	known := make(map[string]bool)
	for _, s := range list {
		address, err := ParseAddress(s, o.Domain)
		if err != nil {
			return e, fmt.Errorf("recipient: %w", err)
		}
		if !known[address] {
			known[address] = true
			e.To = append(e.To, address)
		}
	}
	if len(e.To) == 0 {
		return e, ErrNoRecipients
	}
	var err error
	e.From, err = o.sender(h)
	return e, err
}

// sender finds the envelope sender: the one that was given, the default, or
// the author.
func (o PrepareOptions) sender(h header) (string, error) {
	from := o.From
	if from == "<>" {
		return "", nil
	}
	if from == "" {
		from = o.DefaultFrom
	}
	if from == "" {
		if authors := splitAddresses(h.get("From")); len(authors) > 0 {
			from = authors[0]
		}
	}
	if from == "" {
		return "", ErrNoSender
	}
	address, err := ParseAddress(from, o.Domain)
	if err != nil {
		return "", fmt.Errorf("sender: %w", err)
	}
	return address, nil
}

// complete adds the fields that a message must have and removes those that it
// must not have on the wire.
func (o PrepareOptions) complete(h header, e Envelope) (header, error) {
	// Return-Path is for the last server to write (RFC 5321 §4.4).
	h = h.without("Bcc", "Resent-Bcc", "Return-Path")
	if !h.has("Date") {
		h = h.with("Date", o.Now.Format(time.RFC1123Z))
	}
	if !h.has("Message-ID") {
		h = h.with("Message-ID", "<"+NewID()+"@"+o.Domain+">")
	}
	if !h.has("From") {
		author := o.DefaultFrom
		if author == "" {
			author = e.From
		}
		if author == "" {
			return nil, ErrNoSender
		}
		address, err := ParseAddress(author, o.Domain)
		if err != nil {
			return nil, fmt.Errorf("sender: %w", err)
		}
		h = h.with("From", formatAuthor(o.FromName, address))
	}
	if !h.has("To") && !h.has("Cc") {
		// Some servers take offence at a message to nobody; naming the
		// recipients would give a Bcc away.
		h = h.with("To", "undisclosed-recipients:;")
	}
	return h, nil
}

// formatAuthor writes an address with a display name. Line breaks in the name,
// which is an argument of the command, cannot get into the header.
func formatAuthor(name, address string) string {
	name = strings.TrimSpace(printable(name))
	if name == "" {
		return address
	}
	if !isASCII(name) {
		return mime.QEncoding.Encode("utf-8", name) + " <" + address + ">"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + address + ">"
}

func join(trace string, h header, body []byte) []byte {
	size := len(trace) + len("\r\n") + len(body)
	for _, f := range h {
		size += len(f.lines)
	}
	out := make([]byte, 0, size)
	out = append(out, trace...)
	for _, f := range h {
		out = append(out, f.lines...)
	}
	out = append(out, "\r\n"...)
	return append(out, body...)
}
