package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spamreport/complaint"
	"spamreport/relay"
)

// Settle puts the outcome of a message on disk, all its cases or none. A
// complaint is queued when it is allowed, and held for approval otherwise.
// Settling a message twice, or after another process did, changes nothing: its
// cases become duplicates.
func (s *Stages) Settle(ctx context.Context, c Case, allowed bool) (Case, error) {
	all, err := s.settle(ctx, c.All(), allowed)
	if err != nil {
		return c, err
	}
	return gather(all), nil
}

// settle puts cases of one message on disk.
func (s *Stages) settle(ctx context.Context, all []Case, allowed bool) ([]Case, error) {
	p, err := s.prepare(all, allowed)
	if err != nil || len(p.Cases) == 0 {
		return p.all, err
	}
	recorded, err := s.Ledger.Record(ctx, p.Cases, p.Place)
	if err != nil {
		return nil, fmt.Errorf("record %s in the ledger: %w", all[0].Message.Name, err)
	}
	return p.settled(recorded), nil
}

// prepared are the cases of one message, ready to be recorded.
type prepared struct {
	Outcome
	all []Case
	of  []int // the case of each filing
}

// prepare does what can be done before the transaction.
func (s *Stages) prepare(all []Case, allowed bool) (prepared, error) {
	p := prepared{all: slices.Clone(all)}
	for i := range p.all {
		p.Place = p.all[i].Message.Place
		var f Filing
		var err error
		if p.all[i], f.Submission, err = s.file(p.all[i], allowed); err != nil {
			return p, err
		}
		f.Entry, f.Full = p.all[i].entry(s.now()), s.full
		if p.all[i].Action == complaint.Duplicate {
			if p.all[i].Incident.About.Kind != complaint.KindSource {
				continue
			}
			// The entry that is there stays; only the place of this copy is new.
			f.Entry.Action = complaint.Skipped
		}
		p.Cases, p.of = append(p.Cases, f), append(p.of, i)
	}
	return p, nil
}

// settled are the cases as they were recorded.
func (p prepared) settled(recorded []complaint.Entry) []Case {
	for i, e := range recorded {
		p.all[p.of[i]] = p.all[p.of[i]].settled(e)
	}
	return p.all
}

// Why a complaint is held, and why it was sent after that.
const (
	Waits    = "waits for approval: spamreport review"
	Approved = "approved and queued"
)

// file turns a complaint that would be sent into one that is, or is held.
func (s *Stages) file(c Case, allowed bool) (Case, *relay.Submission, error) {
	switch {
	case c.Action != complaint.WouldSend:
		return c, nil, nil
	case !allowed:
		return c.end(complaint.Held, Waits+c.because()), nil, nil
	}
	sub, err := NewSubmission(*c.Complaint, s.Signer, s.now())
	if err != nil {
		return c, nil, err
	}
	c.QueueID = sub.ID
	return c.end(complaint.Sent, "queued for "+c.Complaint.To[0]+c.because()), &sub, nil
}

// full turns a complaint to a contact that had enough meanwhile into one that
// waits, or into none where there is no waiting; see goesOn.
func (s *Stages) full(e complaint.Entry, past complaint.Past) (complaint.Entry, bool) {
	why, until := s.policy().Wait(e.Key, past)
	if why == "" {
		return e, false
	}
	e.Action, e.Why, e.NotBefore, e.Complaint = complaint.Deferred, why, until, nil
	if e.Kind == complaint.KindReminder || e.Kind == complaint.KindEscalation {
		e.Action, e.NotBefore = complaint.Skipped, time.Time{}
	}
	return e, true
}

// because says why there is a complaint about something else than the source.
func (c Case) because() string {
	if c.Incident.About.Reason == "" {
		return ""
	}
	return "; " + c.Incident.About.Reason
}

// settled is the case as it was recorded: another program may have filed the
// message or the incident, or written to the contact, a moment before.
func (c Case) settled(recorded complaint.Entry) Case {
	switch {
	case c.with != "" && recorded.Action == complaint.Deferred:
		return c.end(recorded.Action, recorded.Why)
	case c.Action != complaint.Sent && c.Action != complaint.Held:
		return c
	case recorded.Action == complaint.Merged, recorded.Action == complaint.Deferred, recorded.Action == complaint.Skipped:
		c.Complaint, c.QueueID = nil, ""
		return c.end(recorded.Action, recorded.Why).after(recorded.NotBefore)
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
