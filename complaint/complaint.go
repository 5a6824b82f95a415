package complaint

import (
	"errors"
	"net/netip"
	"time"

	"spamreport/headers"
	"spamreport/lookup"
)

// ErrUnknown says that the ledger has no entry for a message.
var ErrUnknown = errors.New("message not in the ledger")

// Action is what became of a message.
type Action string

// The actions. Sent means queued durably in the relay; the relay's queue says
// whether it was delivered.
const (
	WouldSend Action = "would-send" // dry run: it would be filed
	Sent      Action = "sent"       // filed: queued for delivery
	Held      Action = "held"       // waits for a person's approval
	Merged    Action = "merged"     // counted on the complaint about an earlier copy of the same campaign
	Duplicate Action = "duplicate"  // the same message was handled before
	Skipped   Action = "skipped"    // nothing to report
	Deferred  Action = "deferred"   // could not be decided now (registry down, limit reached); tried again
	Dropped   Action = "dropped"    // held, and turned down by a person
)

// Final says that the message is not taken up again: what was skipped or
// deferred may turn out differently after a change of the configuration, or
// when a registry is back.
func (a Action) Final() bool {
	return a == Sent || a == Held || a == Merged || a == Dropped
}

// Incident is everything known about one spam message before composing.
type Incident struct {
	Digest   string // identity of the message, see Digest
	Message  Message
	Verdict  headers.Verdict
	Lookup   lookup.Result
	Received time.Time // when the believed server took the message; zero if unknown

	// About is what is complained about, and Lookup says who is in charge of
	// it; zero: the source.
	About About

	// Reporter is the address of who forwarded the message; it is hidden like
	// those of its recipients. Empty: nobody did.
	Reporter string

	// Earlier are the complaints before this one, oldest first; only reminders
	// and escalations have any.
	Earlier []Earlier

	// Phishing says in one sentence why the message is phishing; empty: it is
	// not known to be.
	Phishing string
}

// Message is the spam as evidence.
type Message struct {
	Raw       []byte // as received, cut to the reader's limit
	Size      int64  // whole size in octets, before any cut
	Truncated bool   // Raw is shorter than Size
}

// Complaint is a composed message to an abuse desk.
type Complaint struct {
	Incident  string // incident id, also in the subject or body
	MessageID string // stable: the same incident gives the same Message-ID
	From      string // envelope and header address
	To, Cc    []string
	Subject   string
	Format    string // text | arf | xarf
	Text      string // the part that a person reads
	Raw       []byte // the whole RFC 5322 message, CRLF line endings
}

// Entry is one case in the ledger: a message and what a complaint about it is
// about. Every message has one entry about its source; the others are further
// complaints that it gave reason for.
type Entry struct {
	Digest    string // names the case: the digest of the message, when it is about the source; see Incident.Case
	Spam      string // digest of the message
	Kind      Kind
	About     string // the host, domain, account or address; empty for the source
	MessageID string // of the spam
	Subject   string // of the spam, as text
	From      string // header From of the spam
	Source    netip.Addr
	Network   string       // name, for people
	Prefix    netip.Prefix // of that network; zero when unknown
	Country   string       // where it is registered, as two letters
	Contact   string       // first recipient of the complaint
	Action    Action
	Why       string
	Complaint *Complaint // nil unless held or sent (or dropped)
	QueueID   string     // of the relay, once filed
	Seen      time.Time
	Received  time.Time // when a believed server took it; zero if unknown

	// NotBefore is when a case that is Deferred is worth another try; zero: any time.
	NotBefore time.Time

	Key      Key    // what the message is an instance of; zero unless there is a contact
	Incident string // the incident that it counts in: the digest of that incident's first message

	// With is the case of the same message whose complaint speaks of this one,
	// too, since both go to the same desk: Merged, but no further copy.
	With string

	// Reference names the complaint that speaks of the message, its own or
	// another's, and Copies are the messages that its own speaks of, this one
	// included. The ledger sets both.
	Reference string
	Copies    int
}
