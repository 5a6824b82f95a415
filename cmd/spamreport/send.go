package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"spamreport/relay"
)

func (a *app) sendCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "send [-t] [-f ADDRESS] [-F NAME] [-i] [--] [RECIPIENT…]",
		Short: "Send a message from standard input, as sendmail does, through the relay",
		Long: `send takes the arguments of sendmail, and so does this program under the name
sendmail: -t (recipients from the header), -f and -r (envelope sender), -F (name),
-i and -oi (a lone dot is text), -bp (list the queue), -q (deliver what is due).

The message is safe on disk when send returns 0. It is delivered at once where the
smarthost takes it, and by the next sweep or "spamreport relay retry" otherwise.
Exit statuses are those of sysexits.h.`,
		DisableFlagParsing: true, // -t and -oi are sendmail's, not ours
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
				return cmd.Help()
			}
			parsed, err := relay.ParseSendmailArgs(args)
			if err != nil {
				return &statusError{relay.SendmailExit(err), err}
			}
			return a.sendmail(cmd, parsed)
		},
	}
}

func (a *app) sendmail(cmd *cobra.Command, args relay.SendmailArgs) error {
	a.verbose, a.quiet = args.Verbose, !args.Verbose // cron mails whatever is said
	switch args.Mode {
	case relay.SendmailQueue:
		a.quiet = false
		return a.withStore(cmd, func(p *parts) error { return a.listQueue(cmd.Context(), p, false) })
	case relay.SendmailAliases:
		return nil
	}
	p, err := a.open(cmd.Context(), readWrite)
	if err != nil {
		return &statusError{relay.ExConfig, err}
	}
	defer p.close()
	if args.Mode == relay.SendmailFlush {
		return a.deliver(cmd.Context(), p)
	}
	if err := a.submit(cmd.Context(), p, args); err != nil {
		return &statusError{relay.SendmailExit(err), err}
	}
	a.deliverQuietly(cmd.Context(), p)
	return nil
}

func (a *app) submit(ctx context.Context, p *parts, args relay.SendmailArgs) error {
	raw, err := io.ReadAll(io.LimitReader(a.stdin, relay.MaxMessage+1))
	if err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	m, err := relay.Prepare(raw, relay.PrepareOptions{
		From: args.From, Recipients: args.Recipients, FromHeader: args.FromHeader,
		DefaultFrom: p.cfg.Identity.Email, FromName: args.FromName, DotEnds: !args.IgnoreDots,
	})
	if err != nil {
		return err
	}
	return p.relay.Accept(ctx, relay.Submission{
		ID: relay.NewID(), Envelope: m.Envelope, Message: m.Message, Queued: time.Now(), Submitter: relay.Sendmail,
	})
}

// deliverQuietly tries at once. The message is accepted whatever comes of it,
// so the caller (a script, cron) is told nothing that it could mistake for a
// refusal, unless a person must act.
func (a *app) deliverQuietly(ctx context.Context, p *parts) {
	err := a.deliver(ctx, p)
	var status *statusError
	if err == nil || (!a.verbose && errors.As(err, &status) && status.code == exitTemporary) {
		return
	}
	a.complain(err)
}
