package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/relay/feedback"
)

func (a *app) feedbackCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "feedback FILE…",
		Short: "Take in bounces and spam complaints that came back as messages",
		Long: `feedback reads messages (an .eml, an mbox, a maildir, a folder, or "-" for standard
input, as from a mail filter). A bounce of mail that this relay sent, or a feedback report
about it (ARF, RFC 5965), is recorded, and the address is not written to any more; all else is
passed over. The same message twice counts once.`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error { return a.takeFeedback(cmd.Context(), files) },
	}
}

func (a *app) takeFeedback(ctx context.Context, files []string) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	failed, taken := false, 0
	for m, err := range a.messages(ctx, files, false) {
		if err != nil {
			failed = true
			a.complain(err)
			continue
		}
		is, err := a.takeOne(ctx, p.store, m)
		if err != nil {
			return err
		}
		if is {
			taken++
		}
	}
	switch {
	case failed:
		return &statusError{code: exitFailed}
	case taken == 0:
		return &statusError{code: exitNothing}
	}
	return nil
}

// takeOne records a message, if it is a bounce or a complaint.
func (a *app) takeOne(ctx context.Context, s *store.Store, m mailbox.Message) (is bool, err error) {
	report, err := feedback.Read(bytes.NewReader(m.Raw))
	if errors.Is(err, feedback.ErrOther) {
		a.say("%s: passed over: %v", m.Name, err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f, fresh, err := s.RecordFeedback(ctx, m.Digest, report, received(m))
	if err != nil {
		return false, fmt.Errorf("%s: %w", m.Name, err)
	}
	what := "new"
	if !fresh {
		what = "known already"
	}
	if !f.Known() {
		what += ", about no mail that was sent from here"
	}
	a.say("%s: %s of %s, %s (%s)", m.Name, f.Kind, f.Recipient, f.Reason, what)
	return true, nil
}

// takeReturned records a message of the mailbox that answers come to, if it is
// about mail of the relay. All else there is nobody's business.
func (p *parts) takeReturned(ctx context.Context, m mailbox.Message) error {
	report, err := feedback.Read(bytes.NewReader(m.Raw))
	if errors.Is(err, feedback.ErrOther) {
		return nil
	}
	if err != nil {
		return err
	}
	sent, err := p.store.IsSent(ctx, report.MessageID, report.Recipient)
	if err == nil && sent {
		_, _, err = p.store.RecordFeedback(ctx, m.Digest, report, received(m))
	}
	return err
}

func received(m mailbox.Message) time.Time {
	if m.Received.IsZero() {
		return time.Now()
	}
	return m.Received
}
