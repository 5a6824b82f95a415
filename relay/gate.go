package relay

import (
	"context"
	"time"
)

// Gate decides right before a transaction whether it may be: it is where
// limits, a warm-up plan and a suppression list come in at delivery. A Relay
// without one lets everything go.
type Gate interface {
	// Admit judges the recipients of a job, which is one transaction's worth
	// of them for one destination, and returns a verdict for each in their
	// order. What it lets go counts against its limits from then on, until
	// Done says otherwise: several transactions are under way at once. An
	// error puts the job off, and the delivery goes on with the next.
	Admit(ctx context.Context, now time.Time, job Job) ([]Verdict, error)

	// Done is told what came of the recipients that were let go, once it is
	// on disk. Those without an outcome were not sent after all: no connection
	// could be made, or the relay was told to stop.
	Done(ctx context.Context, now time.Time, job Job, outcomes []Outcome)
}

// Verdict is the answer of a Gate for one recipient. The zero value lets it
// go.
type Verdict struct {
	// Wait puts the recipient off until then: no attempt is counted. Why says
	// for what, in the words of a listing of the queue.
	Wait time.Time
	Why  string
	// Refuse fails the recipient for good, unless it is the zero Reply.
	Refuse Reply
}

// open lets everything go.
type open struct{}

func (open) Admit(_ context.Context, _ time.Time, job Job) ([]Verdict, error) {
	return make([]Verdict, len(job.Recipients)), nil
}

func (open) Done(context.Context, time.Time, Job, []Outcome) {}
