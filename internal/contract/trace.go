package contract

import (
	"net/netip"
	"time"

	"spamreport/headers"
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

func newSource(s *headers.Source) *Source {
	if s == nil {
		return nil
	}
	return &Source{IP: addr(s.IP), Hop: s.Hop, Confidence: string(s.Confidence), Reason: s.Reason}
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
