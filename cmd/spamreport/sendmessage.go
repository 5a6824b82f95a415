package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"spamreport/relay"
	"spamreport/relay/submission"
)

func (a *app) submit(ctx context.Context, p *parts, args relay.SendmailArgs) error {
	raw, err := io.ReadAll(io.LimitReader(a.stdin, relay.MaxMessage+1))
	if err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	m, err := relay.Prepare(raw, relay.PrepareOptions{
		From: args.From, Recipients: args.Recipients, FromHeader: args.FromHeader,
		DefaultFrom: p.cfg.Identity.Email, FromName: args.FromName, DotEnds: !args.IgnoreDots,
	})
	if errors.Is(err, relay.ErrNoRecipients) {
		return fmt.Errorf("%w: name them on the command line, or with -t in a To, Cc or Bcc field", err)
	}
	if err != nil {
		return err
	}
	args.Ask(&m.Envelope)
	s := relay.Submission{
		ID: relay.NewID(), Envelope: m.Envelope, Message: m.Message, Queued: time.Now(), Submitter: relay.Sendmail,
	}
	if err := p.guard.Message(ctx, s); err != nil {
		return err
	}
	return p.relay.Accept(ctx, s)
}

// submitExit is SendmailExit for what the limits say as well.
func submitExit(err error) int {
	var refusal *submission.Refusal
	if errors.As(err, &refusal) && refusal.Code >= 500 {
		return relay.ExUnavailable
	}
	return relay.SendmailExit(err)
}

// patience is how long a program that sends mail is kept waiting for a delivery
// that it does not depend on.
const patience = 15 * time.Second

// deliverQuietly tries at once. The message is accepted whatever comes of it,
// so the caller (a script, cron) is told nothing that it could mistake for a
// refusal, unless a person must act.
func (a *app) deliverQuietly(ctx context.Context, p *parts) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := a.deliver(ctx, p)
	var status *statusError
	switch {
	case err == nil, !a.verbose && errors.Is(err, context.DeadlineExceeded):
		return
	case !a.verbose && errors.As(err, &status) && status.code == exitTemporary:
		return
	}
	a.complain(err)
}
