package main

import (
	"context"
	"errors"
	"fmt"

	"spamreport/internal/store"
	"spamreport/relay"
)

// deliver sends what is due in the queue, and says what became of it.
func (a *app) deliver(ctx context.Context, p *parts) error {
	report, err := p.relay.Flush(ctx)
	if report.Delivered > 0 {
		a.say("delivered: %d", report.Delivered)
	}
	return a.undelivered(report, err)
}

// undelivered says what stays in the queue, and why. Whatever happened, it is
// safe there.
func (a *app) undelivered(report relay.FlushReport, err error) error {
	for _, problem := range report.Problems {
		if problem.State == relay.Failed || a.verbose {
			a.complain(fmt.Errorf("%s to %s: %s: %s", problem.ID, problem.Recipient, problem.State, problem.Reply))
		}
	}
	var temporary *relay.Temporary
	switch {
	case errors.As(err, &temporary), store.Passing(err):
		return &statusError{exitTemporary, fmt.Errorf("%w; the mail is queued: the next sweep, or spamreport relay retry, tries again", err)}
	case err != nil:
		return fmt.Errorf("%w; the mail is queued and goes out once this is put right", err)
	case report.Failed > 0:
		return fmt.Errorf("%d refused for good, see above; spamreport relay queue --all lists what became of each", report.Failed)
	case report.Retrying+report.PutOff > 0:
		return &statusError{exitTemporary, fmt.Errorf("%d queued: not taken now, the next sweep tries again", report.Retrying+report.PutOff)}
	}
	return nil
}
