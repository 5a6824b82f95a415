package complaint

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"spamreport/lookup"
	"spamreport/templates"
)

// Formats of a complaint.
const (
	FormatText = "text" // text with the spam attached: any person, any mail program
	FormatARF  = "arf"  // Abuse Reporting Format, RFC 5965
	FormatXARF = "xarf" // XARF 4, JSON next to the text
)

// DefaultTemplate is the letter for spam of which nothing special is known.
const DefaultTemplate = "source-network"

// PhishingTemplate is the letter about spam that is out for passwords or money.
const PhishingTemplate = "phishing"

// DefaultUserAgent names the program and the version of its reports.
const DefaultUserAgent = "spamreport/1"

// Composer writes complaints. Its fields may be left zero except Templates.
type Composer struct {
	Identity  Identity
	Templates *templates.Set

	// Template names the letter; empty means the one that fits the incident,
	// see LetterFor.
	Template string

	// Format is text, arf or xarf; empty means text. Spam without any sender
	// address cannot be said in XARF and becomes text; see Complaint.Format.
	Format string

	// Preferences are the contacts that get another letter or format; the
	// first recipient of a complaint decides. See For.
	Preferences []Preference

	// Redact replaces the reporter's addresses, user names and hosts by
	// tokens that only RedactKey links to them (RFC 6590). Without a key all
	// of them read "redacted", since keyless tokens could be found by trying.
	Redact    bool
	RedactKey []byte

	// Secrets are further strings to hide: names, host names, account numbers.
	Secrets []string

	// EvidenceLimit bounds the octets of the spam's bodies that are enclosed,
	// AttachmentLimit a single attachment; 0 means the defaults.
	EvidenceLimit   int
	AttachmentLimit int

	// UserAgent names the program in machine-readable reports; empty means
	// DefaultUserAgent.
	UserAgent string

	// Languages puts a paragraph in the language of the network's country
	// before the letter, if there is one.
	Languages bool

	// TagReplies adds the incident to the address for answers
	// (reports+sr-7k3f-9q2m@example.org). The mail system must know
	// subaddressing (RFC 5233).
	TagReplies bool

	// NeverMail is asked about every recipient before anything is composed;
	// see Policy.Never.
	NeverMail func(email string) (why string, never bool, err error)

	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// ErrNeverMail says that a recipient must not be mailed.
var ErrNeverMail = errors.New("must not be mailed")

// ErrUnsure says that it is not known now whether an address may be mailed. It
// is no reason to give a complaint up.
var ErrUnsure = errors.New("it is not known now whether the contact may be mailed")

func unsure(email string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnsure, email, err)
}

// Compose writes the complaint about an incident to the given contacts. The
// same incident, contacts and clock give the same octets. Without a usable
// identity the complaint bears a placeholder and must not be sent: check
// Identity.Validate before.
func (c *Composer) Compose(inc Incident, to []lookup.Contact) (Complaint, error) {
	return c.compose(inc, nil, to)
}

func (c *Composer) compose(inc Incident, others []templates.Other, to []lookup.Contact) (Complaint, error) {
	d, err := c.draft(inc, others, to)
	if err != nil {
		return Complaint{}, fmt.Errorf("compose %s: %w", inc.ID(), err)
	}
	return d.written()
}

// writers are the formats: each turns a draft into a whole message.
func writers() map[string]func(draft) ([]byte, error) {
	return map[string]func(draft) ([]byte, error){
		FormatText: writeText,
		FormatARF:  writeARF,
		FormatXARF: writeXARF,
	}
}

// attachments say for each format what is enclosed.
func attachments() map[string]string {
	return map[string]string{
		FormatText: "The message itself is attached.",
		FormatARF:  "A machine-readable report (ARF, RFC 5965) and the message itself are attached.",
		FormatXARF: "A machine-readable report (XARF 4) and the message itself are attached.",
	}
}

// recipients are the bare addresses of the contacts, each checked once more.
func (c *Composer) recipients(to []lookup.Contact) ([]string, error) {
	if len(to) == 0 {
		return nil, errors.New("there is nobody to complain to")
	}
	var all []string
	for _, contact := range to {
		if err := checkAddress(contact.Email); err != nil {
			return nil, fmt.Errorf("recipient %s: %w", quoteHostile(contact.Email), err)
		}
		if c.NeverMail != nil {
			why, never, err := c.NeverMail(contact.Email)
			if err != nil {
				return nil, unsure(contact.Email, err)
			}
			if never {
				return nil, fmt.Errorf("recipient %s %w: %s", contact.Email, ErrNeverMail, why)
			}
		}
		all = append(all, contact.Email)
	}
	return all, nil
}

// replyTo is the address for answers.
func (c *Composer) replyTo(inc Incident) string {
	local, domain, ok := cutLast(c.Identity.Email, '@')
	if !c.TagReplies || !ok {
		return c.Identity.Email
	}
	return local + "+" + strings.ToLower(inc.ID()) + "@" + domain
}

func (c *Composer) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func stringOr(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}
