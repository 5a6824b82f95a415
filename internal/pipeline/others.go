package pipeline

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/lookup"
)

// find looks for what else the message gives reason to complain about. A
// message that is no reason for any complaint is none for those, either.
func (s *Stages) find(ctx context.Context, c Case) target.Found {
	if s.Find == nil {
		return target.Found{}
	}
	if _, unfit := s.policy().Unfit(c.Incident); unfit {
		return target.Found{}
	}
	found := s.Find(ctx, c.Incident)
	if s.Resolve == nil {
		found = withoutDNS(found)
	}
	return found
}

// withoutDNS leaves out what takes the address of a name. There may be a
// registrar to tell all the same.
func withoutDNS(found target.Found) target.Found {
	byHost := func(t target.Target) bool { return t.How == target.ByHost }
	for _, t := range found.Targets {
		if byHost(t) {
			found.Left = append(found.Left, target.Skipped{
				Kind: t.Kind, What: t.Query, Why: t.Query + ": its network is not looked up, since no names are; --dns, or ask under [dns], allows that.",
			})
		}
	}
	found.Targets = slices.DeleteFunc(found.Targets, byHost)
	return found
}

// waiting reports whether a case of a message is still undecided.
func waiting(known map[string]complaint.Entry) bool {
	for _, e := range known {
		if e.Action == complaint.Deferred {
			return true
		}
	}
	return false
}

// patience is how long further cases may keep a message from being done with
// once the one about its source is settled.
const patience = 3 * 24 * time.Hour

// others examines the further cases of a message. Once the one about the
// source is settled none is added: only what waited is taken up again, and in
// the end given up.
func (s *Stages) others(ctx context.Context, source Case, found []target.Target, known map[string]complaint.Entry) ([]Case, error) {
	settled := source.Action == complaint.Duplicate
	late := settled && s.now().Sub(known[source.Incident.Case()].Seen) > patience
	all := []Case{source}
	for _, t := range found {
		c, done := source.about(t.About).remember(known)
		if _, is := known[c.Incident.Case()]; settled && !is {
			continue
		}
		if !done {
			var err, unknown error
			c.Incident.Lookup, unknown = s.desk(ctx, &c.Incident.About, t)
			if c, err = s.judge(ctx, c, all, unknown); err != nil {
				return nil, err
			}
			if late && unknown != nil && c.Action == complaint.Deferred {
				c = c.end(complaint.Skipped, "given up after 3 days: "+c.Why)
			}
		}
		all = append(all, c)
	}
	if late {
		all = append(all, source.forgotten(all, known)...)
	}
	again, err := s.goesOn(ctx, source, all)
	return append(all[1:], again...), err
}

// forgotten are cases that wait and that nothing leads to any more: a kind of
// target was switched off, or the DNS may not be asked.
func (c Case) forgotten(found []Case, known map[string]complaint.Entry) []Case {
	var all []Case
	for name, e := range known {
		is := func(of Case) bool { return of.Incident.Case() == name }
		if e.Action != complaint.Deferred || slices.ContainsFunc(found, is) {
			continue
		}
		old := c.about(complaint.About{Kind: e.Kind, Name: e.About})
		all = append(all, old.end(complaint.Skipped, "given up after 3 days: it is no target any more"))
	}
	return all
}

// desk finds who is in charge of a target, and the address of a host.
func (s *Stages) desk(ctx context.Context, about *complaint.About, t target.Target) (lookup.Result, error) {
	switch t.How {
	case target.ByAddress:
		addr, err := netip.ParseAddr(t.Query)
		if err != nil {
			return lookup.Result{}, fmt.Errorf("%w: %s", lookup.ErrBadQuery, t.Query)
		}
		return s.Desks.IP(ctx, addr)
	case target.ByHost:
		addr, err := s.resolve(ctx, t.Query)
		if err != nil {
			return lookup.Result{}, err
		}
		about.Address = addr
		return s.Desks.IP(ctx, addr)
	case target.ByDomain:
		found, err := s.Desks.Lookup(ctx, t.Query)
		found.Contacts = t.Fit(found.Contacts)
		return found, err
	}
	return lookup.Result{Query: t.Query, Contacts: []lookup.Contact{{
		Email: t.Query, Role: "abuse", Via: string(t.How), Confidence: lookup.High,
	}}}, nil
}

// resolve finds the address of a host. A page is looked up and never opened.
func (s *Stages) resolve(ctx context.Context, host string) (netip.Addr, error) {
	found, err := s.Resolve(ctx, host)
	switch {
	case err != nil:
		return netip.Addr{}, fmt.Errorf("look up %s: %w", host, err)
	case len(found) == 0: // the page is gone, and nobody can be asked about it
		return netip.Addr{}, fmt.Errorf("look up %s: %w: the host has no address", host, lookup.ErrNoContact)
	}
	return found[0].Unmap(), nil
}
