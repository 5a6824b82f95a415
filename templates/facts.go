package templates

import (
	"net/netip"
	"time"
)

// Facts is everything that a letter can say. Text that comes out of the spam
// is marked "hostile": it is cleaned and redacted, but its wording is the
// spammer's. A field that is not known is empty, so letters test with
// {{if .Prefix}} or {{with .Prefix}}.
type Facts struct {
	// Incident is the complaint's name, short enough for the telephone:
	// SR-7K3F-9Q2M. The same spam always has the same one.
	Incident string

	// Address is the source: the address that handed the message to the
	// first server that the recipient can believe.
	Address netip.Addr

	// Received is when that server took the message, in UTC. Zero when the
	// server wrote no readable time; TimeFromServer is false then.
	Received       time.Time
	TimeFromServer bool

	// Reason says in plain words why Address is the source.
	Reason string

	// Confidence is high, medium or low.
	Confidence string

	// Receiver is the name of the server that took the message; HELO and
	// RDNS are what the client called itself and what the server found in
	// the DNS for its address (HELO is hostile); Port is the client's TCP
	// port, 0 when it was not written down (a desk behind a carrier-grade
	// NAT needs it, RFC 6302).
	Receiver string
	HELO     string
	RDNS     string
	Port     uint16

	// ServerID is the receiving server's queue id for the message.
	ServerID string

	// LoggedIn says that the header claims a login at the source, and
	// Authenticated is the account, if it names one (hostile: the source
	// seems to have written that line, but nobody vouches for it).
	LoggedIn      bool
	Authenticated string

	// Provider is the name of the reputable mail provider that Address
	// belongs to, and Origin the client that this provider says it took the
	// message from, with its reason. Origin is invalid when nobody says so:
	// test with {{if .Origin.IsValid}}.
	Provider     string
	Origin       netip.Addr
	OriginBy     string
	OriginReason string

	// Network is the registered network of Address.
	Network Network

	// Desk is where the complaint goes.
	Desk string

	// Phishing says in one sentence why the message is phishing; empty when
	// it is not known to be.
	Phishing string

	// Target is the domain, host or account that a letter is about when that is
	// not the source, and TargetAddress the address that a host had when the
	// complaint was written. Letters about the source have neither.
	Target        string
	TargetAddress netip.Addr

	// Spam quotes the message that is complained about.
	Spam Spam

	// Headers is the whole header block of the spam, one field after the
	// other, as it is in the attached copy (hostile).
	Headers string

	// Attached says in one sentence how the spam itself is enclosed.
	Attached string

	// Notes are plain sentences about the evidence: what was shortened, what
	// was replaced for privacy, what could not be read.
	Notes []string

	// Reporter is who complains. Its Name may be empty.
	Reporter Reporter

	// Earlier lists previous complaints about the same network, oldest
	// first; only reminders and escalations have any.
	Earlier []Earlier

	// Others lists further incidents; only a digest has any.
	Others []Other
}

// Network is the registered network that the source address lies in.
type Network struct {
	Name    string // registry's short name: EXAMPLE-NET
	Handle  string // registry's key
	Prefix  string // 192.0.2.0/24; several are joined with a comma
	Country string // two letters, as registered
	ASN     uint32 // 0 when not known
}

// Spam quotes the header of the spam (all hostile).
type Spam struct {
	Subject      string
	From         string
	ReplyTo      string
	MessageID    string
	EnvelopeFrom string
	Date         string
	Size         int64 // octets, before anything was shortened

	// Traces are header fields that help the provider find the account:
	// X-Originating-IP, Feedback-ID, a DKIM domain.
	Traces []Trace

	// Links are the web addresses in the text that belong to Target, made
	// harmless (hxxps://); only letters about web pages have any.
	Links []string
}

// Trace is one header field that points at an account.
type Trace struct{ Name, Value string }

// Reporter is who complains.
type Reporter struct {
	Name         string
	Email        string
	Organisation string
	URL          string // page about the reporter or their reports
}

// Earlier is a complaint that was filed before.
type Earlier struct {
	Incident string
	Filed    time.Time
	Desk     string
	Copies   int // messages that it speaks of by now
}

// Other is one more incident in a digest.
type Other struct {
	Incident string
	Address  netip.Addr
	Received time.Time
	Subject  string
	Count    int // copies of the same message
}
