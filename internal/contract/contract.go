package contract

import (
	"net/netip"
	"time"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/lookup"
)

// Headers is the document of `spamreport headers --json`.
type Headers struct {
	File      string  `json:"file"`
	MessageID string  `json:"message_id"`
	Source    *Source `json:"source"`
	Origin    *Origin `json:"origin"`
	Hops      []Hop   `json:"hops"`
	Error     string  `json:"error,omitempty"` // only when the input is no message
}

// Source is the address that handed the message to the first believed server.
type Source struct {
	IP         string `json:"ip"`
	Hop        int    `json:"hop"`
	Confidence string `json:"confidence"`
	Reason     string `json:"reason"`
}

// Origin is the client that a reputable provider vouches for.
type Origin struct {
	IP     string `json:"ip"`
	Hop    int    `json:"hop"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Hop is one Received field.
type Hop struct {
	N            int    `json:"n"`
	From         From   `json:"from"`
	By           By     `json:"by"`
	With         string `json:"with"`
	ID           string `json:"id"`
	For          string `json:"for"`
	EnvelopeFrom string `json:"envelope_from"`
	Time         string `json:"time"` // RFC 3339 in UTC, empty when unknown
	Trust        string `json:"trust"`
	Note         string `json:"note"`
}

// From is the sending side of a hop.
type From struct {
	HELO  string `json:"helo"`
	RDNS  string `json:"rdns"`
	IP    string `json:"ip"`
	Ident string `json:"ident"`
	Auth  string `json:"auth"`
}

// By is the receiving side of a hop.
type By struct {
	Name string `json:"name"`
	IP   string `json:"ip"`
}

// Lookup is the document of `spamreport lookup --json`.
type Lookup struct {
	Query    string    `json:"query"`
	Network  Network   `json:"network"`
	Contacts []Contact `json:"contacts"`
	Trail    []Step    `json:"trail"`
	Error    string    `json:"error"`
}

// Network is the registered network behind a query.
type Network struct {
	Handle  string   `json:"handle"`
	Name    string   `json:"name"`
	CIDR    []string `json:"cidr"`
	Country string   `json:"country"`
	ASN     uint32   `json:"asn"`
}

// Contact is an address that takes complaints.
type Contact struct {
	Email      string `json:"email"`
	Role       string `json:"role"`
	Via        string `json:"via"`
	Server     string `json:"server"`
	Confidence string `json:"confidence"`
}

// Step is one query of the trail.
type Step struct {
	Via     string `json:"via"`
	Server  string `json:"server"`
	Outcome string `json:"outcome"`
	Millis  int64  `json:"ms"`
}

// Report is the document of `spamreport --json FILE…`.
type Report struct {
	File      string     `json:"file"`
	Source    *Source    `json:"source"`
	Network   Network    `json:"network"`
	Contacts  []Contact  `json:"contacts"`
	Complaint *Complaint `json:"complaint"` // null when there is none
	Action    string     `json:"action"`
	Why       string     `json:"why"`

	// Targets are what else the message is complained about; only when there
	// is something.
	Targets []Target `json:"targets,omitempty"`
}

// Target is a further complaint about a message.
type Target struct {
	Kind      string     `json:"kind"`  // origin, link, registrar, dropbox, cfbl, extra, reminder, escalation
	About     string     `json:"about"` // the address, host, domain, account or recipient
	Contacts  []Contact  `json:"contacts"`
	Complaint *Complaint `json:"complaint"` // null when there is none
	Action    string     `json:"action"`
	Why       string     `json:"why"`
}

// Complaint is the composed message.
type Complaint struct {
	To      []string `json:"to"`
	CC      []string `json:"cc"`
	Subject string   `json:"subject"`
	Format  string   `json:"format"`
	Raw     string   `json:"raw"`
}

// History is one line of `spamreport history --json`.
type History struct {
	Seen      string `json:"seen"`
	Action    string `json:"action"`
	Why       string `json:"why"`
	MessageID string `json:"message_id"` // of the spam, as are subject and from
	Subject   string `json:"subject"`
	From      string `json:"from"`
	Source    string `json:"source"`
	Network   string `json:"network"` // name
	Prefix    string `json:"prefix"`
	Country   string `json:"country"`
	Contact   string `json:"contact"`
	Target    string `json:"target"`   // what is complained about: source, origin, link, registrar, …
	About     string `json:"about"`    // the address, host, domain or account; empty for the source
	Incident  string `json:"incident"` // of the complaint that speaks of it
	Copies    int    `json:"copies"`   // messages that its own complaint speaks of
	QueueID   string `json:"queue_id"`
	Delivery  string `json:"delivery"` // queued, retrying, held, delivered, failed, dropped
	Reply     string `json:"reply"`    // the last answer of the mail server

	Life
}

// Life is what became of a complaint; all empty for a message without one.
type Life struct {
	State    string `json:"state"`     // filed, delivered, bounced, acknowledged, answered, resolved, ignored
	Ticket   string `json:"ticket"`    // the desk's number
	URL      string `json:"url"`       // its web form, or the page that a blocking server refers to
	Bounce   string `json:"bounce"`    // class and reason
	Replies  int    `json:"replies"`   // bounces included
	Answered string `json:"answered"`  // when the first answer came
	LastSpam string `json:"last_spam"` // when the network's last spam came
	Quiet    bool   `json:"quiet"`     // none came after the complaint
}

// Summary is the document of `spamreport status --json`: counts by name.
type Summary struct {
	Messages   map[string]int `json:"messages"`
	Further    map[string]int `json:"further"` // complaints about something else than the source
	Deliveries map[string]int `json:"deliveries"`
}

// Figure is one line of `spamreport status --by … --json`.
type Figure struct {
	By            string `json:"by"`   // network, contact, country
	Key           string `json:"key"`  // prefix, address or code; empty when unknown
	Name          string `json:"name"` // of a network
	Spam          int    `json:"spam"`
	Complaints    int    `json:"complaints"`
	Answers       int    `json:"answers"` // complaints that were answered
	People        int    `json:"people"`  // that a person answered
	MedianSeconds int64  `json:"median_seconds"`
	LastSpam      string `json:"last_spam"`
	QuietDays     int    `json:"quiet_days"`
}

// Filed is one line of `spamreport export complaints`.
type Filed struct {
	Incident  string `json:"incident"`
	Filed     string `json:"filed"`
	Contact   string `json:"contact"`
	Target    string `json:"target"`
	About     string `json:"about"`
	To        string `json:"to"` // addresses, with blanks between them
	Subject   string `json:"subject"`
	Format    string `json:"format"`
	MessageID string `json:"message_id"`
	Source    string `json:"source"`
	Network   string `json:"network"`
	Prefix    string `json:"prefix"`
	Country   string `json:"country"`
	Copies    int    `json:"copies"`
	Delivery  string `json:"delivery"`
	Why       string `json:"why"`

	Life
}

// CameBack is one line of `spamreport export replies`.
type CameBack struct {
	Received   string `json:"received"`
	Incident   string `json:"incident"` // of the complaint
	Kind       string `json:"kind"`     // bounce, auto-reply, ticket, reply
	From       string `json:"from"`
	Subject    string `json:"subject"`
	Ticket     string `json:"ticket"`
	URL        string `json:"url"`
	Recipient  string `json:"recipient"` // of a bounce, as are those below
	Class      string `json:"class"`
	Reason     string `json:"reason"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnostic"`
	Gone       string `json:"gone"` // the contact that proved not to exist
}

// QueueItem is one line of `spamreport relay queue --json`.
type QueueItem struct {
	ID        string `json:"id"`
	From      string `json:"from"`
	Recipient string `json:"recipient"`
	Size      int64  `json:"size"`
	State     string `json:"state"`
	Attempts  int    `json:"attempts"`
	Queued    string `json:"queued"`
	Next      string `json:"next"`
	Reply     string `json:"reply"`
}

// RelayUser is one line of `spamreport relay user list --json`.
type RelayUser struct {
	Name      string   `json:"name"`
	Disabled  bool     `json:"disabled"`
	Senders   []string `json:"senders"`
	Created   string   `json:"created"`
	LastLogin string   `json:"last_login"`
}

// DKIMKey is one line of `spamreport relay dkim init|show --json`.
type DKIMKey struct {
	Domain    string `json:"domain"`
	Selector  string `json:"selector"`
	Algorithm string `json:"algorithm"` // rsa or ed25519
	Bits      int    `json:"bits"`
	KeyFile   string `json:"key_file"`
	Name      string `json:"name"`   // of the TXT record
	Record    string `json:"record"` // its text, in one piece
	Zone      string `json:"zone"`   // a line of a zone file
}

// Check is one line of `spamreport doctor --json`.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn, fail or skip
	What   string `json:"what"`
	Do     string `json:"do"` // empty unless there is something to do
}

// Held is one line of `spamreport review --json`.
type Held struct {
	Incident string `json:"incident"`
	Target   string `json:"target"` // what it is about: source, origin, link, registrar, …
	About    string `json:"about"`  // the address, host, domain or account; empty for the source
	Source   string `json:"source"`
	Network  string `json:"network"`
	Contact  string `json:"contact"`
	Subject  string `json:"subject"` // of the spam
	Seen     string `json:"seen"`
	Copies   int    `json:"copies"` // messages that the complaint speaks of
}

// Never is one line of `spamreport review never --json`.
type Never struct {
	Contact string `json:"contact"`
	Since   string `json:"since"`
}

// Classified is one line of `spamreport relay classify --json`.
type Classified struct {
	Class  string `json:"class"`
	Reason string `json:"reason"`
	Rule   string `json:"rule"`
}

// Reply is one line of `spamreport replies --json`.
type Reply struct {
	File              string `json:"file"`
	Kind              string `json:"kind"`
	Recipient         string `json:"recipient"`
	Class             string `json:"class"`
	Status            string `json:"status"`
	OriginalMessageID string `json:"original_message_id"`
	Ticket            string `json:"ticket"`
}

// NewHeaders makes the document for one walk.
func NewHeaders(file string, v headers.Verdict) Headers {
	doc := Headers{File: file, MessageID: v.MessageID, Source: newSource(v.Source), Hops: make([]Hop, 0, len(v.Hops))}
	if o := v.Origin; o != nil {
		doc.Origin = &Origin{IP: addr(o.IP), Hop: o.Hop, By: o.By, Reason: o.Reason}
	}
	for _, h := range v.Hops {
		doc.Hops = append(doc.Hops, Hop{
			N:    h.N,
			From: From{HELO: h.From.HELO, RDNS: h.From.RDNS, IP: addr(h.From.IP), Ident: h.From.Ident, Auth: h.From.Auth},
			By:   By{Name: h.By.Name, IP: addr(h.By.IP)},
			With: h.With, ID: h.ID, For: h.For, EnvelopeFrom: h.EnvelopeFrom,
			Time: stamp(h.Time), Trust: string(h.Trust), Note: h.Note,
		})
	}
	return doc
}

// NewLookup makes the document for one lookup; err is what the lookup
// returned beside the result, if anything.
func NewLookup(r lookup.Result, err error) Lookup {
	doc := Lookup{Query: r.Query, Network: newNetwork(r.Network), Contacts: newContacts(r.Contacts), Trail: make([]Step, 0, len(r.Trail))}
	for _, s := range r.Trail {
		doc.Trail = append(doc.Trail, Step{Via: s.Via, Server: s.Server, Outcome: s.Outcome, Millis: s.Took.Milliseconds()})
	}
	if err != nil {
		doc.Error = err.Error()
	}
	return doc
}

// NewReport makes the document for one message. A further copy of a campaign is
// a duplicate there: scripts know the actions that there were first.
func NewReport(file string, v headers.Verdict, r lookup.Result, c *complaint.Complaint, action complaint.Action, why string) Report {
	doc := Report{
		File: file, Source: newSource(v.Source), Network: newNetwork(r.Network), Contacts: newContacts(r.Contacts),
		Action: asKnown(action), Why: why,
	}
	doc.Complaint = NewComplaint(c)
	return doc
}

// asKnown makes a further copy a duplicate.
func asKnown(action complaint.Action) string {
	if action == complaint.Merged {
		action = complaint.Duplicate
	}
	return string(action)
}

// NewTarget makes the document for a further complaint. What another complaint
// speaks of, too, is a duplicate there as well.
func NewTarget(about complaint.About, r lookup.Result, c *complaint.Complaint, action complaint.Action, why string) Target {
	return Target{
		Kind: about.Kind.String(), About: about.Name, Contacts: newContacts(r.Contacts),
		Complaint: NewComplaint(c), Action: asKnown(action), Why: why,
	}
}

// NewComplaint makes the document for a composed message; null for none.
func NewComplaint(c *complaint.Complaint) *Complaint {
	if c == nil {
		return nil
	}
	return &Complaint{
		To: append([]string{}, c.To...), CC: append([]string{}, c.Cc...),
		Subject: c.Subject, Format: c.Format, Raw: string(c.Raw),
	}
}

func newSource(s *headers.Source) *Source {
	if s == nil {
		return nil
	}
	return &Source{IP: addr(s.IP), Hop: s.Hop, Confidence: string(s.Confidence), Reason: s.Reason}
}

func newNetwork(n lookup.Network) Network {
	doc := Network{Handle: n.Handle, Name: n.Name, CIDR: make([]string, 0, len(n.CIDR)), Country: n.Country, ASN: n.ASN}
	for _, p := range n.CIDR {
		doc.CIDR = append(doc.CIDR, p.String())
	}
	return doc
}

func newContacts(cs []lookup.Contact) []Contact {
	docs := make([]Contact, 0, len(cs))
	for _, c := range cs {
		docs = append(docs, Contact{Email: c.Email, Role: c.Role, Via: c.Via, Server: c.Server, Confidence: string(c.Confidence)})
	}
	return docs
}

func addr(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
