package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"spamreport/headers"
	"spamreport/internal/pipeline"
)

// maxSample is how many messages are looked at, at most: more teach nothing new.
const maxSample = 5000

type learnFlags struct {
	account  string
	folder   string
	messages int
	yes      bool
}

func (a *app) trustLearnCommand() *cobra.Command {
	var flags learnFlags
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "Find your own mail hosts in your ordinary mail",
		Long: fmt.Sprintf(`learn reads the headers of the newest messages of a folder of ordinary mail, and finds
the hosts that stand at the top of at least %s of them: the way into your mailbox. It
shows them and asks before it keeps them. The folder is opened read-only, and no body is
fetched.`, percent(headers.LearnThreshold)),
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.trustLearn(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.account, "account", "", "only this account (default: each)")
	f.StringVar(&flags.folder, "folder", "INBOX", "a folder of ordinary mail")
	f.IntVar(&flags.messages, "messages", 500, "how many messages to look at, the newest ones")
	f.BoolVarP(&flags.yes, "yes", "y", false, "keep what was found without asking")
	return cmd
}

// learning is one run of `trust learn`.
type learning struct {
	*app
	parts  *parts
	flags  learnFlags
	ask    bool
	person person
}

func (a *app) trustLearn(ctx context.Context, flags learnFlags) error {
	if flags.messages < headers.LearnLeast || flags.messages > maxSample {
		return &statusError{exitUsage, fmt.Errorf("--messages %d: give a number from %d to %d", flags.messages, headers.LearnLeast, maxSample)}
	}
	l := &learning{app: a, flags: flags, person: a.newPerson()}
	l.ask = !flags.yes && a.onTerminal()
	mode := readOnly
	if flags.yes || l.ask {
		mode = readWrite
	}
	p, err := a.open(ctx, mode)
	if err != nil {
		return err
	}
	defer p.close()
	l.parts = p
	accounts, err := p.accounts(ctx, flags.account, flags.folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, account := range accounts {
		if err := l.account(ctx, account); err != nil {
			errs = append(errs, fmt.Errorf("account %s: %w", account.Mailbox.Name, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return learnStatus(errs)
}

// account learns for one account, and keeps what the user approves.
func (l *learning) account(ctx context.Context, account pipeline.Account) error {
	name := account.Mailbox.Name
	if l.parts.sweeps(name, l.flags.folder) {
		return fmt.Errorf("folder %q is one that is swept for spam: learn from a folder of ordinary mail", l.flags.folder)
	}
	progress := l.progress("messages", -1, false)
	found, err := propose(ctx, account.Mailbox, l.flags.folder, l.flags.messages, progress.add)
	progress.done()
	if err != nil {
		return err
	}
	keep := l.flags.yes
	if !l.json && !l.quiet {
		if err := l.show(ctx, found); err != nil {
			return err
		}
	}
	if l.ask {
		if keep, err = l.person.agrees(ctx, "Trust these hosts for account "+name+"? [y/N] "); err != nil {
			return err
		}
	}
	if keep {
		if err := l.parts.store.SetTrust(ctx, name, found.rows()); err != nil {
			return err
		}
	}
	return l.tell(found, keep)
}

// learnStatus is "nothing" when nothing worse happened than that the mail of
// an account teaches nothing.
func learnStatus(errs []error) error {
	for _, err := range errs {
		var nothing teachesNothing
		if !errors.As(err, &nothing) {
			return sweepStatus(errs)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &statusError{exitNothing, errors.Join(errs...)}
}
