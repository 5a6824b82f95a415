package lookup

import (
	"net/netip"
	"time"
)

// Confidence says how sure a contact is to be the right desk.
type Confidence string

// The three degrees of confidence.
const (
	High   Confidence = "high"   // the network's own abuse role
	Medium Confidence = "medium" // an abuse address that the answer names elsewhere
	Low    Confidence = "low"    // somebody who is responsible for the network, or a guess by convention
)

// Result is the answer to one query. Its slices are shared with the cache:
// read them, do not change them.
type Result struct {
	Query    string
	Network  Network
	Contacts []Contact  // best first; never an address on the never-mail list
	Rejected []Rejected // candidates that must not be mailed, and why
	Trail    []Step     // every query that was made, in order
	Stale    bool       // an old answer, served because no registry can be reached
}

// Best returns the contacts that a complaint goes to: the leading ones that
// share the role, the source and the confidence of the first. The contacts
// after them are the second choice, not further recipients.
func (r Result) Best() []Contact {
	n := 0
	for n < len(r.Contacts) && sameDesk(r.Contacts[n], r.Contacts[0]) {
		n++
	}
	return r.Contacts[:n:n]
}

func sameDesk(a, b Contact) bool {
	return a.Role == b.Role && a.Via == b.Via && a.Confidence == b.Confidence && a.Rank == b.Rank
}

// Network is the registered network (or domain) that the query fell into.
type Network struct {
	Handle  string
	Name    string
	CIDR    []netip.Prefix
	Country string // ISO 3166 alpha-2
	ASN     uint32
	Domain  string // the registered domain, for a domain or URL
}

// Contact is an address that takes abuse complaints.
type Contact struct {
	Email      string
	Role       string // abuse, security, noc, technical, …, remarks
	Via        string // rdap, whois, override, …
	Server     string // host that said so
	Confidence Confidence
	Rank       int // among contacts of equal confidence: the smaller, the nearer to the network
}

// Rejected is a candidate that must not be mailed.
type Rejected struct {
	Email string
	Why   string
}

// Step is one query of the trail.
type Step struct {
	Via     string // rdap, whois, dns, cache
	Server  string
	Outcome string // "ok", "cached", "no contact", or what went wrong
	Took    time.Duration
}
