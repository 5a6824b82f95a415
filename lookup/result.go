package lookup

import (
	"net/netip"
	"time"
)

// Confidence says how sure a contact is to be the right desk.
type Confidence string

// The three degrees of confidence.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Result is the answer to one query.
type Result struct {
	Query    string
	Network  Network
	Contacts []Contact  // best first; never an address on the never-mail list
	Rejected []Rejected // candidates that must not be mailed, and why
	Trail    []Step     // every query that was made, in order
}

// Network is the registered network (or domain) that the query fell into.
type Network struct {
	Handle  string
	Name    string
	CIDR    []netip.Prefix
	Country string // ISO 3166 alpha-2
	ASN     uint32
}

// Contact is an address that takes abuse complaints.
type Contact struct {
	Email      string
	Role       string // abuse, security, noc, technical, …, remarks
	Via        string // rdap, whois, override, …
	Server     string // host that said so
	Confidence Confidence
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
