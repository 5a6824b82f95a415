package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/mailbox"
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
It is quiet unless something is wrong; -v says what it does. Two sweeps never
overlap: the second one ends at once.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sweep(cmd.Context(), flags) },
	}
	f := cmd.Flags()
	f.BoolVarP(&flags.dryRun, "dry-run", "n", false, "only show what would be sent; the mailbox is opened read-only")
	f.StringVar(&flags.account, "account", "", "only this account")
	f.StringVar(&flags.folder, "folder", "", "only this folder, configured or not")
	f.IntVar(&flags.limit, "limit", 0, "at most so many messages of each folder")
	f.StringVar(&flags.since, "since", "", "pass over older messages: a date (2026-01-02) or an age (7d, 12h)")
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
	}
	p, err := a.open(ctx, mode)
	if err != nil {
		return err
	}
	defer p.close()
	if !flags.dryRun {
		unlock, err := lockSweep(p.stateDir)
		if err != nil {
			return err
		}
		defer unlock()
		if err := p.mayFile(); err != nil {
			return err
		}
	}
	accounts, err := chosen(p.cfg, flags.account)
	if err != nil {
		return err
	}
	run := &sweepRun{app: a, parts: p, flags: flags, since: since, tally: map[complaint.Action]int{}}
	run.each = run.observe
	var errs []error
	for _, account := range accounts {
		for _, err := range run.account(ctx, account) {
			errs = append(errs, fmt.Errorf("account %s: %w", account.Name, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if !flags.dryRun {
		report, err := p.relay.Flush(ctx)
		if err := a.undelivered(report, err); err != nil {
			errs = append(errs, err)
		}
	}
	run.summary()
	return sweepStatus(errs)
}

// mayFile refuses to collect complaints that could never be sent.
func (p *parts) mayFile() error {
	return p.identity().Validate()
}

// sweepStatus is temporary only when everything that failed may work later.
func sweepStatus(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	code := exitTemporary
	for _, err := range errs {
		if !temporary(err) {
			code = exitFailed
		}
	}
	return &statusError{code, errors.Join(errs...)}
}

func temporary(err error) bool {
	var status *statusError
	if errors.As(err, &status) {
		return status.code == exitTemporary
	}
	return errors.Is(err, mailbox.ErrTemporary)
}

// lockSweep makes sure that no other sweep runs on the same state. The lock is
// the kernel's: it is gone with the process, however that ends.
func lockSweep(stateDir string) (unlock func(), err error) {
	lock := flock.New(filepath.Join(stateDir, "sweep.lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	if !ok {
		return nil, &statusError{exitTemporary, fmt.Errorf("another sweep is running (it holds %s); this one does nothing", lock.Path())}
	}
	return func() { _ = lock.Unlock() }, nil
}

func chosen(cfg config.Config, name string) ([]config.Account, error) {
	if len(cfg.Accounts) == 0 {
		return nil, errors.New("no mailbox is configured: add an [[account]] to the configuration (spamreport init writes one to start from)")
	}
	if name == "" {
		return cfg.Accounts, nil
	}
	var names []string
	for _, account := range cfg.Accounts {
		if account.Name == name {
			return []config.Account{account}, nil
		}
		names = append(names, account.Name)
	}
	return nil, &statusError{exitUsage, fmt.Errorf("no account is called %q; there are: %s", name, strings.Join(names, ", "))}
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

// sweepRun is one sweep over several accounts.
type sweepRun struct {
	*app
	*parts
	flags sweepFlags
	since time.Time
	each  func(pipeline.Case) // shows a message's outcome
	tally map[complaint.Action]int
}

// account sweeps the folders of one account; one that fails does not stop the
// others.
func (r *sweepRun) account(ctx context.Context, account config.Account) []error {
	walker, err := newWalker(account.Trust)
	if err != nil {
		return []error{err}
	}
	stages, err := r.stages(ctx, walker)
	if err != nil {
		return []error{err}
	}
	access, err := mailboxAccount(account)
	if err != nil {
		return []error{err}
	}
	session, err := mailbox.Dial(ctx, access)
	if err != nil {
		return []error{err}
	}
	defer func() { _ = session.Close() }()
	folders := account.Folders
	if r.flags.folder != "" {
		folders = []string{r.flags.folder}
	}
	var errs []error
	for _, folder := range folders {
		err := r.folder(ctx, stages, session, account, folder)
		if err != nil {
			errs = append(errs, err)
		}
		if errors.Is(err, mailbox.ErrTemporary) || ctx.Err() != nil {
			break // the session is over
		}
	}
	return errs
}

func (r *sweepRun) folder(ctx context.Context, stages *pipeline.Stages, session *mailbox.Session, account config.Account, folder string) error {
	selected, err := session.Select(ctx, folder, r.flags.dryRun)
	if err != nil {
		return err
	}
	sweep := &pipeline.Sweep{
		Stages: stages, Auto: r.cfg.Complaint.Approve == "auto", DryRun: r.flags.dryRun,
		Limit: r.flags.limit, Since: r.since, After: after(account.After), Observe: r.each,
	}
	if r.store != nil {
		sweep.Progress = r.store
	}
	return sweep.Run(ctx, session, mailbox.Place{Account: account.Name, Folder: folder, UIDValidity: selected.UIDValidity})
}

func (r *sweepRun) observe(c pipeline.Case) {
	r.tally[c.Action]++
	switch {
	case r.json:
		doc := contract.NewReport(c.Message.Name, c.Incident.Verdict, c.Incident.Lookup, c.Complaint, c.Action, c.Why)
		if err := contract.Write(r.stdout, doc); err != nil {
			r.log.Error("print the report", "error", err)
		}
	case r.verbose || r.flags.dryRun && !r.quiet:
		r.printer().Line("%s: %s: %s", c.Message.Name, c.Action, c.Why)
	}
}

func (r *sweepRun) summary() {
	if !r.verbose && !r.flags.dryRun {
		return
	}
	var parts []string
	for _, action := range []complaint.Action{
		complaint.WouldSend, complaint.Sent, complaint.Held, complaint.Duplicate, complaint.Deferred, complaint.Skipped,
	} {
		if n := r.tally[action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, action))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing new"}
	}
	r.say("%s", strings.Join(parts, ", "))
}

func after(word string) pipeline.After {
	if folder, ok := strings.CutPrefix(word, "move:"); ok {
		return pipeline.After{MoveTo: folder}
	}
	return pipeline.After{Flag: word == "flag"}
}

// security translates the words of the configuration.
var security = map[string]mailbox.Security{
	"implicit": mailbox.ImplicitTLS, "starttls": mailbox.STARTTLS, "none": mailbox.Plaintext,
}

func mailboxAccount(account config.Account) (mailbox.Account, error) {
	tlsConfig, err := tlsConfig(account.CAFile)
	if err != nil {
		return mailbox.Account{}, fmt.Errorf("ca_file: %w", err)
	}
	return mailbox.Account{
		Name: account.Name, Server: account.Server, Security: security[account.TLS], AllowPlaintext: account.AllowPlaintext,
		User: account.User, Password: account.Secret.Get, TLSConfig: tlsConfig,
	}, nil
}
