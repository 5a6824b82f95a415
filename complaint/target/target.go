package target

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"spamreport/complaint"
	"spamreport/lookup"
)

// How is the way from a target to the desk that is in charge of it.
type How string

// The ways. None of them is walked here: no name is resolved, no registry asked.
const (
	ByAddress How = "address" // look up the network of the address Query
	ByHost    How = "host"    // resolve the host Query, then look up the network of its address
	ByDomain  How = "domain"  // look up the domain Query: its registrar's desk answers
	Fixed     How = "fixed"   // mail Query itself
)

// Target is one more thing to complain about.
type Target struct {
	complaint.About
	How   How
	Query string // an address, a host, a domain or a mail address: see How
	Count int    // how often the message names it
}

// Fit are the contacts that a look-up of the target may be answered with. A
// domain is reported to its registrar, never to itself: an address at the domain,
// or one guessed by convention (abuse@ the domain), is the spammer's.
func (t Target) Fit(contacts []lookup.Contact) []lookup.Contact {
	if t.Kind != complaint.KindRegistrar {
		return contacts
	}
	return slices.DeleteFunc(slices.Clone(contacts), func(c lookup.Contact) bool {
		return c.Via == lookup.ViaDomain || registered(domainOf(strings.ToLower(c.Email))) == t.Query
	})
}

// Skipped is what was considered and left out.
type Skipped struct {
	Kind complaint.Kind
	What string
	Why  string // one sentence
}

// Found is what Find finds in one message.
type Found struct {
	Targets []Target // in the order of the kinds, the most relevant of each first
	Left    []Skipped

	// Phishing says in one sentence why the message is phishing; empty: it is
	// not clear that it is. It goes into complaint.Incident.Phishing.
	Phishing string
}

// Options switch the kinds on. The zero value finds nothing.
type Options struct {
	Origin     bool
	Links      bool
	Registrars bool
	DropBoxes  bool
	Feedback   bool // CFBL-Address
	Extra      []Recipient

	// Own are the user's own domains and mail addresses: nothing at them is
	// ever a target. The recipients of the message count as well.
	Own []string

	// MaxLinks bounds the hosts (and the domains) of links; 0 is DefaultMaxLinks.
	MaxLinks int

	// TXT asks the DNS for the keys of signatures, which Feedback needs; nil
	// means that the DNS must not be asked. It is called from several
	// goroutines at once, five seconds long at most.
	TXT func(ctx context.Context, name string) ([]string, error)
}

// DefaultMaxLinks is how many hosts of one message get a complaint at most.
const DefaultMaxLinks = 3

// Find returns what else the message gives reason to complain about.
func Find(ctx context.Context, inc complaint.Incident, o Options) Found {
	s := newSearch(ctx, inc, o)
	s.links = s.survey()
	s.found.Phishing = s.phishing()
	s.origin()
	s.hosts()
	s.dropBoxes()
	s.feedback()
	s.extra()
	return s.found
}

// search is the state of one Find.
type search struct {
	ctx     context.Context
	inc     complaint.Incident
	options Options
	reading complaint.Reading
	links   []*host
	anchors bool   // there are links that can be clicked on
	words   string // subject and text in plain words, once somebody asked
	own     own
	found   Found
}

func newSearch(ctx context.Context, inc complaint.Incident, o Options) *search {
	s := &search{ctx: ctx, inc: inc, options: o, reading: complaint.Read(inc.Message.Raw)}
	if s.options.MaxLinks <= 0 {
		s.options.MaxLinks = DefaultMaxLinks
	}
	s.own = ownOf(inc, s.reading, o.Own)
	return s
}

func (s *search) add(t Target) { s.found.Targets = append(s.found.Targets, t) }

func (s *search) skip(k complaint.Kind, what, why string) {
	s.found.Left = append(s.found.Left, Skipped{k, what, why})
}

// origin is the client that a provider at the source vouches for: the
// provider's desk closes the account, the client's network cleans the machine.
func (s *search) origin() {
	o := s.inc.Verdict.Origin
	if !s.options.Origin || o == nil {
		return
	}
	if !public(o.IP) {
		s.skip(complaint.KindOrigin, o.IP.String(), sentence(o.IP.String(), "the address is not of the public Internet"))
		return
	}
	t := Target{How: ByAddress, Query: o.IP.String(), Count: 1}
	t.Kind, t.Name, t.Address, t.Reason = complaint.KindOrigin, o.IP.String(), o.IP, o.Reason
	t.Letter = complaint.DefaultTemplate
	if s.found.Phishing != "" {
		t.Letter = complaint.PhishingTemplate
	}
	s.add(t)
}

// public reports whether an address can belong to somebody's network.
func public(a netip.Addr) bool {
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
}

// hosts makes targets of the links.
func (s *search) hosts() {
	kept := s.relevant()
	for _, h := range kept {
		if s.options.Links {
			s.add(h.target())
		}
	}
	if !s.options.Registrars {
		return
	}
	seen := map[string]bool{}
	for _, h := range kept {
		switch {
		case h.Domain == "" || seen[h.Domain]:
			continue
		case madeOfAddress(h.Host):
			s.skip(complaint.KindRegistrar, h.Host, sentence(h.Host, "its name is made of an address, as providers name what customers rent"))
			continue
		case h.service != nil:
			s.skip(complaint.KindRegistrar, h.Host, sentence(h.Host, "its name is handed out by "+h.service.operator+" and not by a registrar"))
			continue
		}
		seen[h.Domain] = true
		t := Target{How: ByDomain, Query: h.Domain, Count: h.count}
		t.Kind, t.Name, t.Letter = complaint.KindRegistrar, h.Domain, "registrar"
		t.Links = h.samples()
		t.Reason = fmt.Sprintf("The message leads to %s, which lies in the domain %s.", h.Host, h.Domain)
		s.add(t)
	}
}
