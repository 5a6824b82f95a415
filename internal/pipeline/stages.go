package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/headers"
	"spamreport/internal/mailbox"
	"spamreport/lookup"
	"spamreport/relay"
)

// Desks finds the desk that acts on abuse; *lookup.Client does.
type Desks interface {
	// IP finds that of an address.
	IP(ctx context.Context, addr netip.Addr) (lookup.Result, error)
	// Lookup finds that of a domain: its registrar's.
	Lookup(ctx context.Context, query string) (lookup.Result, error)
}

// Stages are the parts that take a message from its headers to a complaint.
type Stages struct {
	Walker   *headers.Walker
	Desks    Desks
	Policy   complaint.Policy
	Composer *complaint.Composer
	Ledger   Ledger           // nil: nothing is remembered (a dry run on an empty state)
	Signer   relay.Signer     // nil: complaints go out unsigned
	Now      func() time.Time // nil: time.Now

	// Find finds what else a message gives reason to complain about; nil: only
	// its source is complained about.
	Find func(ctx context.Context, inc complaint.Incident) target.Found

	// OnlySource says that Find finds no targets, so that a message whose source
	// has no desk is done with.
	OnlySource bool

	// Resolve finds the addresses of a host, none when there is none; nil: the
	// DNS is not asked.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)

	// NoSource leaves the network of the source out.
	NoSource bool

	// Rehearsal is what a dry run would have filed so far; nil: this is none.
	Rehearsal *Rehearsal

	readers *sync.Pool // of *headers.Reader, for many messages; nil: none
}

// sourceLeftOut is why nobody is told about the source under NoSource.
const sourceLeftOut = "complaint.targets leaves the source out"

// Examine takes a message through every stage and writes nothing. The error
// is for what breaks the run (the ledger is gone, the context is over); what
// is wrong with the message or with a registry is in Action and Why.
func (s *Stages) Examine(ctx context.Context, m mailbox.Message) (Case, error) {
	c := Case{Message: m, Incident: complaint.Incident{
		Digest:   m.Digest,
		Message:  complaint.Message{Raw: m.Raw, Size: m.Size, Truncated: m.Truncated},
		Reporter: m.ForwardedBy,
	}}
	block, err := headers.Block(m.Raw)
	if err != nil {
		return c.end(complaint.Skipped, "not a mail message: it has no header fields; give the original message with its full headers"), nil
	}
	c.Incident.Verdict = s.Walker.Walk(block)
	known, err := s.known(ctx, m.Digest)
	if err != nil {
		return c, err
	}
	c, settled := c.remember(known)
	switch {
	case settled && !waiting(known):
		return c, nil
	case c.Incident.Verdict.Source != nil:
		return s.examine(ctx, c, known, settled)
	case settled:
		return c, nil
	}
	return c.end(complaint.Skipped, noSource(c.Incident.Verdict)), nil
}

// examine goes through the cases of a message that has a source: the one about
// the source, unless that is settled, and the others.
func (s *Stages) examine(ctx context.Context, c Case, known map[string]complaint.Entry, settled bool) (Case, error) {
	source := c.Incident.Verdict.Source
	c.Incident.Received = c.Incident.Verdict.Hops[source.Hop].Time
	var unknown error
	if c.Incident.Lookup, unknown = s.Desks.IP(ctx, source.IP); ctx.Err() != nil {
		return c, ctx.Err()
	}
	found := s.find(ctx, c)
	c.Incident.Phishing, c.Left = found.Phishing, found.Left
	var err error
	switch {
	case settled:
	case s.NoSource:
		c = c.end(complaint.Skipped, sourceLeftOut)
	default:
		if c, err = s.judge(ctx, c, nil, unknown); err != nil {
			return c, err
		}
	}
	c.Others, err = s.others(ctx, c, found.Targets, known)
	return c, err
}

// known are the cases of a message in the ledger, by name.
func (s *Stages) known(ctx context.Context, digest string) (map[string]complaint.Entry, error) {
	if s.Ledger == nil {
		return nil, nil
	}
	entries, err := s.Ledger.Cases(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	known := make(map[string]complaint.Entry, len(entries))
	for _, e := range entries {
		known[e.Digest] = e
	}
	return known, nil
}

// remember takes over what the ledger knows of the case; done when nothing can
// change that any more.
func (c Case) remember(known map[string]complaint.Entry) (Case, bool) {
	e := known[c.Incident.Case()]
	if e.Action.Final() {
		return c.repeat(e), true
	}
	if e.Action == complaint.Deferred {
		// Without a contact it was a registry that it waited for.
		c.waited = e.Contact != ""
		c.notBefore = e.NotBefore
		if !c.waited && !e.NotBefore.IsZero() {
			c.pause = e.NotBefore.Sub(e.Seen)
		}
	}
	return c, false
}

// judge applies the policy to a case and composes what it lets through.
// stronger are the cases of the same message that were judged before; unknown
// says why there is no desk.
func (s *Stages) judge(ctx context.Context, c Case, stronger []Case, unknown error) (Case, error) {
	if unknown != nil {
		return s.undecided(ctx, c, unknown)
	}
	decision, err := s.decide(ctx, c.Incident)
	if err != nil {
		return c, err
	}
	c.key, c.opened, c.to = decision.Key, decision.Opened, decision.To
	c = c.end(decision.Action, decision.Why).after(decision.Until)
	if first, same := c.sameDesk(stronger); same && c.Action != complaint.Merged {
		return c.join(first), nil
	}
	return s.compose(c), nil
}

// decide applies the policy.
func (s *Stages) decide(ctx context.Context, inc complaint.Incident) (complaint.Decision, error) {
	var ledgerErr error
	decision := s.policy().Decide(inc, func(k complaint.Key) (past complaint.Past) {
		past, ledgerErr = s.past(ctx, k)
		return past
	})
	if ledgerErr != nil {
		return decision, fmt.Errorf("look up earlier complaints: %w", ledgerErr)
	}
	return decision, nil
}

// compose writes the complaint of a case that would be sent.
func (s *Stages) compose(c Case) Case {
	if c.Action != complaint.WouldSend {
		return c
	}
	composed, err := s.Composer.Compose(c.Incident, c.to)
	if errors.Is(err, complaint.ErrUnsure) {
		return c.end(complaint.Deferred, err.Error())
	}
	if err != nil {
		return c.end(complaint.Skipped, "the complaint cannot be composed: "+err.Error())
	}
	c.Complaint = &composed
	return c
}

// How long a registry that did not answer is left alone: the pause doubles.
const (
	firstPause = 5 * time.Minute
	lastPause  = 6 * time.Hour
)

// undecided sorts the errors of a lookup: an answer without a desk is final,
// a registry that does not answer is asked again by a later run.
func (s *Stages) undecided(ctx context.Context, c Case, err error) (Case, error) {
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case errors.Is(err, lookup.ErrNoContact), errors.Is(err, lookup.ErrSpecialPurpose), errors.Is(err, lookup.ErrBadQuery):
		return c.end(complaint.Skipped, err.Error()), nil
	}
	// It may have become too old while it waited.
	if why, unfit := s.policy().Unfit(c.Incident); unfit {
		return c.end(complaint.Skipped, why), nil
	}
	pause := min(max(2*c.pause, firstPause), lastPause)
	return c.end(complaint.Deferred, err.Error()).after(s.now().Add(pause)), nil
}

func (s *Stages) policy() complaint.Policy {
	policy := s.Policy
	if policy.Now == nil {
		policy.Now = s.now
	}
	return policy
}

// past is what was filed before, and what would have been in a dry run.
func (s *Stages) past(ctx context.Context, k complaint.Key) (complaint.Past, error) {
	var past complaint.Past
	if s.Ledger != nil {
		var err error
		if past, err = s.Ledger.Past(ctx, k, s.now().Add(-24*time.Hour)); err != nil {
			return past, err
		}
	}
	return s.Rehearsal.over(k, past), nil
}

func (s *Stages) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
