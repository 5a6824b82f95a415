package main

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/pipeline"
)

type sweepFlags struct {
	dryRun  bool
	account string
	folder  string
	limit   int
	since   string
}

func (a *app) sweepCommand() *cobra.Command {
	var flags sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Report the spam of every configured mailbox once; for cron",
		Long: `sweep reads every configured folder from where the last sweep stopped, files what
is to be filed, delivers what is due, and marks in the mailbox what was reported.
With [replies] it first reads what came back about earlier complaints.
It is quiet unless something is wrong; -v says what it does. Two sweeps never
overlap: the second one ends at once.
A dry run says what would become of each message by its header, as long as only
the source is complained about; with --json it reads the texts and shows the
complaints.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sweep(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	f.BoolVarP(&flags.dryRun, "dry-run", "n", false, "only show what would be sent; the mailbox is opened read-only")
	f.StringVar(&flags.account, "account", "", "only this account")
	f.StringVar(&flags.folder, "folder", "", "only this folder, configured or not")
	f.IntVar(&flags.limit, "limit", 0, "at most so many messages of each folder; 0: all")
	f.StringVar(&flags.since, "since", "", "pass over older messages: a date (2026-01-02) or an age (7d, 12h)")
	a.dnsFlag(cmd)
	return cmd
}

func (a *app) sweep(ctx context.Context, flags sweepFlags) error {
	since, err := parseSince(flags.since, time.Now())
	if err = errors.Join(err, atLeastZero("--limit", flags.limit)); err != nil {
		return &statusError{exitUsage, err}
	}
	mode := readWrite
	if flags.dryRun {
		mode = readOnly
		defer a.inOneGo()()
	}
	p, err := a.open(ctx, mode)
	if err != nil {
		return err
	}
	defer p.close()
	accounts, err := p.accounts(ctx, flags.account, flags.folder)
	if err != nil {
		return err
	}
	if !flags.dryRun {
		unlock, err := p.mayFile()
		if err != nil {
			return err
		}
		defer unlock()
	}
	var followUpErr, pruneErr error
	if flags.account == "" && flags.folder == "" {
		followUpErr = a.followUp(ctx, p, flags.dryRun)
	}
	errs, err := a.sweepOnce(ctx, p, accounts, flags, since)
	if err != nil {
		return err
	}
	if !flags.dryRun {
		pruneErr = p.pruneDaily(ctx)
	}
	for _, err := range []error{pruneErr, followUpErr} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return sweepStatus(errs)
}

// sweepOnce sweeps the accounts and says what came of it. errs are what went
// wrong with single ones; err, that there could be no sweep.
func (a *app) sweepOnce(ctx context.Context, p *parts, accounts []pipeline.Account, flags sweepFlags, since time.Time) (errs []error, err error) {
	var tally tally
	progress := a.progress("messages", -1, flags.dryRun || a.verbose || a.json)
	sweep, err := p.sweep(ctx, a.oneByOne(func(c pipeline.Case) {
		tally.add(c)
		progress.add()
		a.observe(c, flags.dryRun)
	}))
	if err != nil {
		return nil, err
	}
	sweep.Turn = p.sweepTurn
	sweep.DryRun, sweep.Limit, sweep.Since = flags.dryRun, flags.limit, since
	sweep.Headers = flags.dryRun && !a.json && sweep.Stages.OnlySource
	if sweep.Headers {
		collectLate()
		defer p.warm(ctx)()
	}
	errs = a.sweepAccounts(ctx, p, sweep, accounts)
	progress.done()
	if a.verbose || flags.dryRun {
		a.say("%s", tally)
	}
	if sweep.Headers && tally.messages[complaint.WouldSend] > 0 {
		a.say("Only headers were read. Copies of one campaign are known by their texts and share one complaint, as does what was")
		a.say("reported before from another folder: fewer will be sent. --json reads the texts, too.")
	}
	return errs, nil
}

// collectLate lets more garbage lie than usual, up to a limit: a folder of any
// size is read in 64 MB, of which 30 are the heap's.
func collectLate() {
	debug.SetGCPercent(150)
	debug.SetMemoryLimit(30 << 20)
}
