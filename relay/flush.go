package relay

import (
	"context"
	"errors"
	"time"
)

// FlushReport says what a flush came to, counted in recipients.
type FlushReport struct {
	Delivered int
	Retrying  int
	Failed    int
	PutOff    int // not tried: a limit, or a destination that does not answer
	// Problems are the refusals and postponements, at most maxProblems.
	Problems []Problem
	// NextDue is when the next recipient falls due; zero when none waits.
	NextDue time.Time
}

// Problem is a recipient that a message could not be delivered to.
type Problem struct {
	ID string // queue id
	Outcome
}

// maxProblems bounds the list of a report: one broken smarthost makes as many
// problems as there are messages.
const maxProblems = 100

// Flush delivers what is due, and returns when nothing is left of what was due
// when it was called. When ctx ends it starts nothing new, lets the
// transactions in flight end (see Grace) and gives back what it had leased.
//
// An error means that it had to stop early: Temporary when the smarthost could
// not be reached or used, one of ErrNoRoute, ErrAuthRefused and ErrCertificate
// when a person must repair the configuration. The mail is safe in each case,
// and the report is valid. Where mail goes straight to the recipients' servers,
// trouble with one of them is no reason to stop: see the report.
func (r *Relay) Flush(ctx context.Context) (FlushReport, error) {
	next, err := r.Queue.NextDue(ctx)
	if err != nil {
		return FlushReport{}, err
	}
	e := r.newEngine(false)
	e.report.NextDue = next
	if r.Route == nil {
		// Leases of dead processes hide in NextDue, so it is not conclusive,
		// but without a route there is nothing to take over either.
		if next.IsZero() || next.After(e.due) {
			return e.report, nil
		}
		return e.report, ErrNoRoute
	}
	err = e.run(ctx)
	if verdict := r.Route.verdict(); err == nil && verdict != nil {
		err = &Temporary{verdict}
	}
	if next, dueErr := r.Queue.NextDue(context.WithoutCancel(ctx)); dueErr == nil {
		e.report.NextDue = next
	}
	return e.report, err
}

// Run delivers until ctx ends: what Submit takes at once, what other processes
// queue soon (see Poll), and what could not be delivered when its time has
// come. It stops as Flush does, and then returns nil. Without a Route it is
// ErrNoRoute at once.
func (r *Relay) Run(ctx context.Context) error {
	if r.Route == nil {
		return ErrNoRoute
	}
	err := r.newEngine(true).run(ctx)
	if ctx.Err() != nil && onlyStopped(err, ctx.Err()) {
		return nil
	}
	return err
}

// onlyStopped reports whether the end of a context is all that an error tells.
func onlyStopped(err, end error) bool {
	joined, several := err.(interface{ Unwrap() []error })
	if !several {
		return err == nil || errors.Is(err, end)
	}
	for _, one := range joined.Unwrap() {
		if !onlyStopped(one, end) {
			return false
		}
	}
	return true
}
