package followup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/headers"
	"spamreport/internal/pipeline"
	"spamreport/lookup"
	"spamreport/relay"
)

// Waiting is what the ledger knows of complaints whose contact is gone.
type Waiting interface {
	// Waiting lists them, oldest first.
	Waiting(ctx context.Context) ([]complaint.Entry, error)

	// Readdressed files (with sub) or holds (without) a complaint to another
	// contact, which the entry names, or returns ErrNotWaiting.
	Readdressed(ctx context.Context, e complaint.Entry, sub *relay.Submission) error

	// GiveUp ends the waiting and says why, or returns ErrNotWaiting.
	GiveUp(ctx context.Context, digest, why string) error

	// Past is that of pipeline.Ledger.
	Past(ctx context.Context, k complaint.Key, day time.Time) (complaint.Past, error)
}

// ErrNotWaiting says that a complaint does not wait for another contact any
// more: another process was faster, or a person.
var ErrNotWaiting = errors.New("the complaint does not wait for another contact")

// Successor sends complaints whose contact is gone to the next one. It takes
// the complaint as it was composed: the spam may be in another folder by now.
type Successor struct {
	Ledger  Waiting
	Desks   pipeline.Desks // must know already who is gone
	Policy  complaint.Policy
	Signer  relay.Signer // nil: complaints go out unsigned
	Auto    bool         // complaints go out without a person's approval
	Observe func(complaint.Entry)
}

// Run goes through the complaints that wait. What cannot be decided now, since
// a registry is silent or the contact had enough for today, waits on.
func (s *Successor) Run(ctx context.Context) error {
	waiting, err := s.Ledger.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("list the complaints whose contact is gone: %w", err)
	}
	for _, e := range waiting {
		if err := s.one(ctx, e); err != nil && !errors.Is(err, ErrNotWaiting) {
			return fmt.Errorf("find another contact for %s: %w", e.Complaint.Incident, err)
		}
	}
	return nil
}

func (s *Successor) one(ctx context.Context, e complaint.Entry) error {
	decision, err := s.decide(ctx, e)
	switch {
	case err != nil:
		return err
	case decision.Action == complaint.Deferred:
		return nil
	case decision.Action != complaint.WouldSend:
		e.Why = fmt.Sprintf("%s does not exist, and there is nobody else to write to: %s", e.Contact, decision.Why)
		if err := s.Ledger.GiveUp(ctx, e.Digest, e.Why); err != nil {
			return err
		}
		s.show(e)
		return nil
	}
	next, err := e.Complaint.Readdress(decision.To[0].Email)
	if err != nil {
		return s.Ledger.GiveUp(ctx, e.Digest, "The complaint cannot go to another contact: "+err.Error())
	}
	gone := e.Contact
	e.Complaint, e.Contact = &next, next.To[0]
	e.Action, e.Why, e.QueueID = complaint.Held, fmt.Sprintf("waits for approval anew, since %s does not exist: spamreport review", gone), ""
	var sub *relay.Submission
	if s.Auto {
		submission, err := pipeline.NewSubmission(next, s.Signer, s.now())
		if err != nil {
			return err
		}
		sub = &submission
		e.Action, e.Why, e.QueueID = complaint.Sent, fmt.Sprintf("queued for %s, since %s does not exist", e.Contact, gone), sub.ID
	}
	if err := s.Ledger.Readdressed(ctx, e, sub); err != nil {
		return err
	}
	s.show(e)
	return nil
}

// decide asks the policy again. Nothing of the spam itself is at hand; what
// depends on it was decided when the complaint was filed.
func (s *Successor) decide(ctx context.Context, e complaint.Entry) (complaint.Decision, error) {
	found, err := s.desk(ctx, e)
	switch {
	case errors.Is(err, lookup.ErrNoContact), errors.Is(err, lookup.ErrSpecialPurpose):
		return complaint.Decision{Action: complaint.Skipped, Why: err.Error()}, nil
	case ctx.Err() != nil:
		return complaint.Decision{}, ctx.Err()
	case err != nil:
		return complaint.Decision{Action: complaint.Deferred, Why: err.Error()}, nil
	}
	var ledgerErr error
	inc := complaint.Incident{
		Digest: e.Spam, Verdict: headers.Verdict{Source: &headers.Source{IP: e.Source}}, Lookup: found,
		About: complaint.About{Kind: e.Kind, Name: e.About, Address: e.Prefix.Addr()},
	}
	decision := s.Policy.Decide(inc, func(k complaint.Key) (past complaint.Past) {
		past, ledgerErr = s.Ledger.Past(ctx, k, s.now().Add(-24*time.Hour))
		past.Opened = nil // it is this very incident
		return past
	})
	return decision, ledgerErr
}

// desk asks again who is in charge. An address that was fixed has no successor.
func (s *Successor) desk(ctx context.Context, e complaint.Entry) (lookup.Result, error) {
	switch {
	case e.Kind == complaint.KindSource, e.Kind == complaint.KindReminder:
		return s.Desks.IP(ctx, e.Source)
	case e.Kind == complaint.KindRegistrar:
		found, err := s.Desks.Lookup(ctx, e.About)
		of := target.Target{About: complaint.About{Kind: e.Kind}, Query: e.About}
		found.Contacts = of.Fit(found.Contacts)
		return found, err
	case (e.Kind == complaint.KindOrigin || e.Kind == complaint.KindLink) && e.Prefix.IsValid():
		return s.Desks.Lookup(ctx, e.Prefix.String())
	}
	return lookup.Result{}, fmt.Errorf("%w: there is no other address for %s", lookup.ErrNoContact, e.Target())
}

func (s *Successor) show(e complaint.Entry) {
	if s.Observe != nil {
		s.Observe(e)
	}
}

func (s *Successor) now() time.Time {
	if s.Policy.Now != nil {
		return s.Policy.Now()
	}
	return time.Now()
}
