package headers

import (
	"net/netip"
	"time"
)

// Confidence says how sure a verdict is.
type Confidence string

// The three degrees of confidence.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Trust says how far one hop can be believed.
type Trust string

// The trust of a hop.
const (
	Trusted   Trust = "trusted"   // written by a server that the recipient can believe
	TrustEdge Trust = "source"    // the handoff from outside to the first believed server
	Untrusted Trust = "untrusted" // below the source: a claim by somebody unknown
	Forged    Trust = "forged"    // below the source and contradicted by other evidence
	Internal  Trust = "internal"  // no handoff between hosts: local pickup, loopback, private network
)

// Verdict is what the walk concluded about one message.
type Verdict struct {
	MessageID string
	Source    *Source // nil: no believed server wrote down a public address
	Origin    *Origin // nil: nobody reputable vouches for a client behind the source
	Hops      []Hop   // in header order: the recipient's own server first
	Evidence  []Evidence
	Reason    string // why Source is nil; empty otherwise
}

// Source is the address that handed the message to the first server that the
// recipient can believe (RFC 5598 §2.2: the boundary between two ADMDs).
type Source struct {
	IP         netip.Addr
	Hop        int // index into Verdict.Hops
	Confidence Confidence
	Reason     string // plain words, fit to be pasted into a complaint
	Provider   string // name of the reputable provider that the address belongs to, if any
	Forwarded  string // evidence that the source only passed the message on; empty when there is none
}

// Origin is the client that a reputable provider standing at the source says
// it took the message from.
type Origin struct {
	IP     netip.Addr
	Hop    int // index into Verdict.Hops; -1 when a header other than Received says so
	By     string
	Reason string
}

// Hop is one Received field.
type Hop struct {
	N            int // position in the header block, 0 = topmost
	From         From
	By           By
	With         string
	TLS          string
	ID           string
	For          string
	EnvelopeFrom string
	Time         time.Time // zero when absent or unreadable
	Trust        Trust
	Note         string // one sentence: why this trust
	Raw          string // the unfolded field body
	Kind         Kind
	Software     string // the server program that wrote the line, where it says so

	program software
	loose   bool   // the name of the sending side was not checked
	date    string // the date as it is written
}

// From is the sending side of a handoff as the receiving server described it.
type From struct {
	HELO       string // what the client called itself
	RDNS       string // the name that the server found for the address
	Unverified bool   // the server marked the name "may be forged" or "unverified"
	IP         netip.Addr
	Port       uint16
	Ident      string // RFC 1413 user
	Auth       string // authenticated user or mechanism
}

// By is the receiving side of a handoff.
type By struct {
	Name string
	IP   netip.Addr
}

// Evidence is a header of a believed server or provider that helps its abuse
// desk find the account: X-Originating-IP, Feedback-ID, DKIM d= and the like.
type Evidence struct {
	Name  string
	Value string
}
