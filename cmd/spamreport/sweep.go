package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/relay"
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
	f.IntVar(&flags.limit, "limit", 0, "at most so many messages of each folder")
	f.StringVar(&flags.since, "since", "", "pass over older messages: a date (2026-01-02) or an age (7d, 12h)")
	a.dnsFlag(cmd)
	return cmd
}

func (a *app) sweep(ctx context.Context, flags sweepFlags) error {
	since, err := parseSince(flags.since, time.Now())
	if err != nil {
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
	var followUpErr error
	if flags.account == "" && flags.folder == "" {
		followUpErr = a.followUp(ctx, p, flags.dryRun)
	}
	var tally tally
	progress := a.progress("messages", -1, flags.dryRun || a.verbose || a.json)
	sweep, err := p.sweep(ctx, a.oneByOne(func(c pipeline.Case) {
		tally.add(c)
		progress.add()
		a.observe(c, flags.dryRun)
	}))
	if err != nil {
		return err
	}
	sweep.Turn = p.sweepTurn
	sweep.DryRun, sweep.Limit, sweep.Since = flags.dryRun, flags.limit, since
	sweep.Headers = flags.dryRun && !a.json && sweep.Stages.OnlySource
	if sweep.Headers {
		collectLate()
	}
	errs := a.sweepAccounts(ctx, p, sweep, accounts)
	progress.done()
	if a.verbose || flags.dryRun {
		a.say("%s", tally)
	}
	if sweep.Headers && tally.messages[complaint.WouldSend] > 0 {
		a.say("Only headers were read. Copies of one campaign are known by their texts and share one complaint, as does what was")
		a.say("reported before from another folder: fewer will be sent. --json reads the texts, too.")
	}
	if !flags.dryRun {
		if err := p.pruneDaily(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	if followUpErr != nil {
		errs = append(errs, followUpErr)
	}
	return sweepStatus(errs)
}

// mayFile refuses to collect complaints that could never be sent, and to run
// beside another sweep.
func (p *parts) mayFile() (unlock func(), err error) {
	if err := p.identity().Validate(); err != nil {
		return nil, err
	}
	if store.IsPostgres(p.cfg.Database) {
		return func() {}, nil // each folder has a turn of its own, on whatever machine
	}
	unlock, err = pipeline.Lock(filepath.Join(p.stateDir, "sweep.lock"))
	if errors.Is(err, pipeline.ErrSweepRuns) {
		err = &statusError{exitTemporary, fmt.Errorf("%w; this one does nothing", err)}
	}
	return unlock, err
}

// observe shows the outcome of one message: to scripts always, to people when
// they ask.
func (a *app) observe(c pipeline.Case, dryRun bool) {
	switch {
	case a.json:
		if err := contract.Write(a.stdout, newReport(c)); err != nil {
			a.complain(fmt.Errorf("print the report: %w", err))
		}
	case a.verbose || dryRun:
		a.say("%s: %s: %s", c.Message.Name, c.Action, c.Why)
		for _, other := range c.Others {
			a.say("%s: %s: %s: %s", c.Message.Name, aboutWhat(other), other.Action, other.Why)
		}
	}
}

// tally counts messages by what became of them, and the further complaints.
type tally struct{ messages, further actions }

type actions map[complaint.Action]int

func (t *tally) add(c pipeline.Case) {
	if t.messages == nil {
		t.messages, t.further = actions{}, actions{}
	}
	t.messages[c.Action]++
	for _, other := range c.Others {
		t.further[other.Action]++
	}
}

func (t tally) String() string {
	if text := t.further.String(); text != "" {
		return t.messages.String() + "; further complaints: " + text
	}
	return cmp.Or(t.messages.String(), "nothing new")
}

func (t actions) String() string {
	var parts []string
	for _, action := range []complaint.Action{
		complaint.WouldSend, complaint.Sent, complaint.Held, complaint.Merged, complaint.Duplicate, complaint.Deferred, complaint.Skipped,
	} {
		if n := t[action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, action))
		}
	}
	return strings.Join(parts, ", ")
}

// sweepStatus is temporary only when everything that failed may work later.
func sweepStatus(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	code := exitTemporary
	for _, err := range errs {
		var status *statusError
		var later *relay.Temporary
		switch {
		case errors.As(err, &status) && status.code == exitTemporary, errors.As(err, &later), errors.Is(err, mailbox.ErrTemporary),
			store.Passing(err):
		default:
			code = exitFailed
		}
	}
	return &statusError{code, errors.Join(errs...)}
}

// parseSince reads a date or an age.
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return day, nil
	}
	age, err := config.ParseDuration(s)
	if err != nil || age <= 0 {
		return time.Time{}, fmt.Errorf("--since %q: write a date like 2026-01-02 or an age like 7d or 12h", s)
	}
	return now.Add(-age), nil
}

// collectLate lets more garbage lie than usual, up to a limit: a folder of any
// size is read in 64 MB, of which 30 are the heap's.
func collectLate() {
	debug.SetGCPercent(150)
	debug.SetMemoryLimit(30 << 20)
}
