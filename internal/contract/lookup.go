package contract

import (
	"spamreport/lookup"
)

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
