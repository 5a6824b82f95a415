package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/mailbox"
	"spamreport/lookup"
	"spamreport/relay"
)

// Desks finds the desk that acts on abuse from an address; *lookup.Client
// does.
type Desks interface {
	IP(ctx context.Context, addr netip.Addr) (lookup.Result, error)
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

	// Rehearsal is what a dry run would have filed so far; nil: this is none.
	Rehearsal *Rehearsal
}

// Case is one message on its way through the stages.
type Case struct {
	Message   mailbox.Message
	Incident  complaint.Incident
	Complaint *complaint.Complaint // nil unless there is something to send
	Action    complaint.Action
	Why       string
	QueueID   string // set once filed

	key    complaint.Key     // what it is an instance of; zero without a contact
	opened *complaint.Opened // the incident that it is a copy of
	to     []lookup.Contact
	waited bool // the policy made it wait before
}

// Examine takes a message through every stage and writes nothing. The error
// is for what breaks the run (the ledger is gone, the context is over); what
// is wrong with the message or with a registry is in Action and Why.
func (s *Stages) Examine(ctx context.Context, m mailbox.Message) (Case, error) {
	c := Case{Message: m, Incident: complaint.Incident{
		Digest:   m.Digest,
		Message:  complaint.Message{Raw: m.Raw, Size: m.Size, Truncated: m.Truncated},
		Reporter: m.ForwardedBy,
	}}
	block, err := headers.ReadBlock(bytes.NewReader(m.Raw))
	if errors.Is(err, headers.ErrNoHeader) {
		return c.end(complaint.Skipped, "not a mail message: it has no header fields; give the original message with its full headers"), nil
	}
	if err != nil {
		return c, fmt.Errorf("read the header of %s: %w", m.Name, err)
	}
	c.Incident.Verdict = s.Walker.Walk(block)
	known, err := s.known(ctx, m.Digest)
	switch {
	case err != nil:
		return c, err
	case known.Action.Final():
		return c.repeat(known), nil
	}
	// Without a contact it was a registry that it waited for.
	c.waited = known.Action == complaint.Deferred && known.Contact != ""
	source := c.Incident.Verdict.Source
	if source == nil {
		return c.end(complaint.Skipped, noSource(c.Incident.Verdict)), nil
	}
	c.Incident.Received = c.Incident.Verdict.Hops[source.Hop].Time
	c.Incident.Lookup, err = s.Desks.IP(ctx, source.IP)
	if err != nil {
		return s.undecided(ctx, c, err)
	}
	return s.judge(ctx, c)
}

// known returns the message's entry; the zero value if it has none.
func (s *Stages) known(ctx context.Context, digest string) (complaint.Entry, error) {
	if s.Ledger == nil {
		return complaint.Entry{}, nil
	}
	entry, err := s.Ledger.Entry(ctx, digest)
	if err != nil && !errors.Is(err, complaint.ErrUnknown) {
		return complaint.Entry{}, fmt.Errorf("read the ledger: %w", err)
	}
	return entry, nil
}

// undecided sorts the errors of a lookup: an answer without a desk is final,
// a registry that does not answer is asked again by the next run.
func (s *Stages) undecided(ctx context.Context, c Case, err error) (Case, error) {
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case errors.Is(err, lookup.ErrNoContact), errors.Is(err, lookup.ErrSpecialPurpose):
		return c.end(complaint.Skipped, err.Error()), nil
	}
	return c.end(complaint.Deferred, err.Error()), nil
}

// judge applies the policy and composes what it lets through.
func (s *Stages) judge(ctx context.Context, c Case) (Case, error) {
	var ledgerErr error
	policy := s.Policy
	if policy.Now == nil {
		policy.Now = s.now
	}
	decision := policy.Decide(c.Incident, func(k complaint.Key) (past complaint.Past) {
		past, ledgerErr = s.past(ctx, k)
		return past
	})
	if ledgerErr != nil {
		return c, fmt.Errorf("look up earlier complaints: %w", ledgerErr)
	}
	c.key, c.opened, c.to = decision.Key, decision.Opened, decision.To
	if decision.Action != complaint.WouldSend {
		return c.end(decision.Action, decision.Why), nil
	}
	composed, err := s.Composer.Compose(c.Incident, decision.To)
	if err != nil {
		return c.end(complaint.Skipped, "the complaint cannot be composed: "+err.Error()), nil
	}
	c.Complaint = &composed
	return c.end(complaint.WouldSend, decision.Why), nil
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

// Settle puts the outcome of a case on disk. A complaint is queued when it is
// allowed, and held for approval otherwise. Settling a case twice, or after
// another process did, changes nothing: the case becomes a duplicate.
func (s *Stages) Settle(ctx context.Context, c Case, allowed bool) (Case, error) {
	c, sub, err := s.file(c, allowed)
	if err != nil {
		return c, err
	}
	entry := c.entry(s.now())
	if c.Action == complaint.Duplicate {
		// The entry that is there stays; only the place of this copy is new.
		entry.Action = complaint.Skipped
	}
	recorded, err := s.Ledger.Record(ctx, entry, c.Message.Place, sub)
	if err != nil {
		return c, fmt.Errorf("record %s in the ledger: %w", c.Message.Name, err)
	}
	return c.settled(recorded), nil
}

// file turns a complaint that would be sent into one that is, or is held.
func (s *Stages) file(c Case, allowed bool) (Case, *relay.Submission, error) {
	switch {
	case c.Action != complaint.WouldSend:
		return c, nil, nil
	case !allowed:
		return c.end(complaint.Held, "waits for approval: spamreport review"), nil, nil
	}
	sub, err := NewSubmission(*c.Complaint, s.Signer, s.now())
	if err != nil {
		return c, nil, err
	}
	c.QueueID = sub.ID
	return c.end(complaint.Sent, "queued for "+c.Complaint.To[0]), &sub, nil
}

// settled is the case as it was recorded: another program may have filed the
// message, or the incident, a moment before.
func (c Case) settled(recorded complaint.Entry) Case {
	switch {
	case c.Action != complaint.Sent && c.Action != complaint.Held:
		return c
	case recorded.Action == complaint.Merged:
		c.Complaint, c.QueueID = nil, ""
		return c.end(recorded.Action, recorded.Why)
	case c.Action == complaint.Sent && recorded.QueueID != c.QueueID:
		return c.repeat(recorded)
	}
	return c
}

// NewSubmission addresses a composed complaint for the relay, and signs it
// (unless signer is nil).
func NewSubmission(c complaint.Complaint, signer relay.Signer, now time.Time) (relay.Submission, error) {
	to := append(append([]string{}, c.To...), c.Cc...)
	sub, err := relay.NewSubmission(relay.Envelope{From: c.From, To: to}, c.Raw, signer, now)
	if err != nil {
		return sub, fmt.Errorf("queue complaint %s: %w", c.Incident, err)
	}
	return sub, nil
}

func (s *Stages) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (c Case) end(action complaint.Action, why string) Case {
	c.Action, c.Why = action, why
	return c
}

func (c Case) repeat(known complaint.Entry) Case {
	c.Complaint, c.QueueID = nil, known.QueueID
	why := fmt.Sprintf("%s already, on %s", known.Action, known.Seen.Local().Format(time.DateTime))
	if known.Action == complaint.Held {
		why += "; spamreport review shows what waits for approval"
	}
	return c.end(complaint.Duplicate, why)
}

func (c Case) entry(now time.Time) complaint.Entry {
	subject, from := describe(c.Message.Raw)
	e := complaint.Entry{
		Digest: c.Incident.Digest, MessageID: c.Incident.Verdict.MessageID, Subject: subject, From: from,
		Network: c.Incident.Lookup.Network.Name, Country: c.Incident.Lookup.Network.Country,
		Prefix: c.Incident.SourceNetwork(), Received: c.Incident.Received, Action: c.Action, Why: c.Why, Seen: now,
		Complaint: c.Complaint, QueueID: c.QueueID, Contact: c.key.Contact, Key: c.key,
	}
	if c.Action == complaint.Merged && c.opened != nil {
		e.Incident = c.opened.ID
	}
	if source := c.Incident.Verdict.Source; source != nil {
		e.Source = source.IP
	}
	if c.Complaint != nil && len(c.Complaint.To) > 0 {
		e.Contact = c.Complaint.To[0]
	}
	return e
}

func noSource(v headers.Verdict) string {
	if v.Reason != "" {
		return v.Reason
	}
	return "no believed server wrote down a public address"
}
