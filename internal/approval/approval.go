// Package approval is what a person does to the complaints that wait for a
// yes: let them go, give them up, rewrite the letter, or decide that a contact
// is never to be mailed. The command line, the screen of review and the page
// do it through the same Desk, so that what one can do the others can.
package approval

import (
	"context"
	"time"

	"spamreport/complaint"
	"spamreport/internal/pipeline"
	"spamreport/relay"
)

// Ledger is where the complaints are. *store.Store is one.
type Ledger interface {
	Held(ctx context.Context) ([]complaint.Entry, error)
	Approve(ctx context.Context, digest string, sub relay.Submission) error
	Drop(ctx context.Context, digest, why string) error
	Never(ctx context.Context, contact string) (dropped int, err error)
	Reword(ctx context.Context, digest string, c complaint.Complaint) error
}

// Desk is where a person decides. What a method did is on disk when it returns
// nil; a complaint that does not wait any more is an error.
type Desk struct {
	Ledger Ledger
	Signer relay.Signer // nil: what is approved goes out unsigned

	// Wording puts another letter into a complaint; complaint.Complaint.WithText
	// when nil.
	Wording func(c complaint.Complaint, text string) (complaint.Complaint, error)
}

// Held lists what waits, oldest first.
func (d Desk) Held(ctx context.Context) ([]complaint.Entry, error) { return d.Ledger.Held(ctx) }

// Approve queues a complaint for delivery, as e holds it.
func (d Desk) Approve(ctx context.Context, e complaint.Entry) error {
	sub, err := pipeline.NewSubmission(*e.Complaint, d.Signer, time.Now())
	if err != nil {
		return err
	}
	return d.Ledger.Approve(ctx, e.Digest, sub)
}

// Drop gives a complaint up.
func (d Desk) Drop(ctx context.Context, e complaint.Entry) error {
	return d.Ledger.Drop(ctx, e.Digest, "dropped in the review")
}

// Never keeps a contact from ever being mailed, and drops what waits for it.
func (d Desk) Never(ctx context.Context, contact string) (dropped int, err error) {
	return d.Ledger.Never(ctx, contact)
}

// Reword keeps the letter that e has by now.
func (d Desk) Reword(ctx context.Context, e complaint.Entry) error {
	return d.Ledger.Reword(ctx, e.Digest, *e.Complaint)
}

// Rewrite replaces the letter of a complaint, and says whether it differs from
// before. A text that cannot be sent is complaint.ErrUnfit.
func (d Desk) Rewrite(ctx context.Context, e complaint.Entry, text string) (changed bool, err error) {
	wording := d.Wording
	if wording == nil {
		wording = complaint.Complaint.WithText
	}
	c, err := wording(*e.Complaint, text)
	if err != nil || c.Text == e.Complaint.Text {
		return false, err
	}
	e.Complaint = &c
	return true, d.Reword(ctx, e)
}
