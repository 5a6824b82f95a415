package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/relay"
)

func (a *app) sendCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "send [-t] [-f ADDRESS] [-F NAME] [-i] [--] [RECIPIENT…]",
		Short: "Send a message from standard input, as sendmail does, through the relay",
		Long: `send takes the arguments of sendmail, and so does this program under the name
sendmail: -t (recipients from the header), -f and -r (envelope sender), -F (name),
-i and -oi (a lone dot is text), -N, -R and -V (receipts, RFC 3461), -odq (only
queue it), -bs (SMTP on standard input and output), -bp (list the queue, as mailq
does), -q (deliver what is due).

The message is safe on disk when send returns 0; a message that could not be kept is
75, try again. It is delivered at once where the next server takes it, and otherwise
by "spamreport relay serve", the next sweep or "spamreport relay retry". No daemon is
needed. Exit statuses are those of sysexits.h.`,
		DisableFlagParsing: true, // -t and -oi are sendmail's, not ours
		RunE: func(cmd *cobra.Command, args []string) error {
			args = a.ownFlags(args)
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

// ownFlags takes off the flags of this program that stood before "send".
func (a *app) ownFlags(args []string) []string {
	for len(args) > 0 {
		value, isConfig := strings.CutPrefix(args[0], "--config=")
		switch {
		case isConfig:
			a.configPath = value
		case args[0] == "--config" && len(args) > 1:
			a.configPath, args = args[1], args[1:]
		case args[0] == "--json":
			a.json = true
		default:
			return args
		}
		args = args[1:]
	}
	return args
}

func (a *app) sendmail(cmd *cobra.Command, args relay.SendmailArgs) error {
	a.verbose, a.quiet = args.Verbose, !args.Verbose // cron mails whatever is said
	switch args.Mode {
	case relay.SendmailQueue:
		a.quiet = false
		return a.withStore(cmd, func(p *parts) error { return a.listQueue(cmd.Context(), p, relay.Filter{}) })
	case relay.SendmailAliases:
		return nil
	}
	p, err := a.openToSend(cmd.Context())
	if err != nil {
		return err
	}
	defer p.close()
	switch args.Mode {
	case relay.SendmailFlush:
		return a.deliver(cmd.Context(), p)
	case relay.SendmailSMTP:
		if err := a.speakSMTP(cmd.Context(), p); err != nil {
			return &statusError{relay.ExConfig, err}
		}
	default:
		if err := a.submit(cmd.Context(), p, args); err != nil {
			return &statusError{submitExit(err), err}
		}
	}
	if !args.QueueOnly {
		a.deliverQuietly(cmd.Context(), p)
	}
	return nil
}

// openToSend tells a configuration that a person must repair from a database
// that cannot be used now: then the caller keeps the message and tries again.
func (a *app) openToSend(ctx context.Context) (*parts, error) {
	p, err := a.open(ctx, readWrite)
	var temporary *relay.Temporary
	switch {
	case errors.As(err, &temporary):
		return nil, &statusError{relay.ExTempFail, err}
	case err != nil:
		return nil, &statusError{relay.ExConfig, err}
	}
	return p, nil
}
