package complaint

import (
	"net/netip"

	"spamreport/headers"
)

// Kind is what a complaint can be about.
type Kind string

// The kinds. Package target finds them in a message.
const (
	KindSource    Kind = ""          // the network that the message came from
	KindOrigin    Kind = "origin"    // the client that a provider at the source vouches for
	KindLink      Kind = "link"      // a host that the message leads to
	KindRegistrar Kind = "registrar" // the domain of such a host
	KindDropBox   Kind = "dropbox"   // the account that answers go to
	KindFeedback  Kind = "cfbl"      // the signer's own complaint address (RFC 9477)
	KindExtra     Kind = "extra"     // somebody who collects such mail

	// These follow a complaint about the source.
	KindReminder   Kind = "reminder"   // to the same desk, which did not answer
	KindEscalation Kind = "escalation" // to whoever stands above the network
)

// About is what a complaint is about: one message can be reason for several
// complaints, each to a desk of its own. The zero value stands for the source.
type About struct {
	Kind Kind
	Name string // the host, domain, account or address that it is about

	// Address is that of a host, or the client that a provider vouches for,
	// if it is known.
	Address netip.Addr

	Letter string // the template that fits
	Format string // when it must be this one; empty: the composer's
	Reason string // why it is a target, in one sentence

	// Links are web addresses as evidence, made harmless. They come out of
	// the spam, and redaction goes over them.
	Links []string

	// Fields are further header fields by which the desk finds its customer.
	Fields []headers.Evidence
}

// aboutSender reports whether the complaint is about who sent the message, so
// that a report on a sending address says the right thing.
func (inc Incident) aboutSender() bool {
	return inc.About.Kind == KindSource || inc.About.Kind == KindOrigin
}

// subject is the address that the complaint is about; not valid when it is
// about a name.
func (inc Incident) subject() netip.Addr {
	switch {
	case inc.About.Kind != KindSource:
		return inc.About.Address
	case inc.Verdict.Source == nil:
		return netip.Addr{}
	}
	return inc.Verdict.Source.IP
}

// key tells the complaints about one message apart.
func (a About) key() string {
	if a.Kind == KindSource {
		return ""
	}
	return "\x00" + string(a.Kind) + "\x00" + a.Name
}

// once says that a desk needs to hear of it only once, whatever messages it
// is in: a page or an account is one thing, however it is advertised.
func (a About) once() bool {
	return a.Kind == KindLink || a.Kind == KindRegistrar || a.Kind == KindDropBox
}
