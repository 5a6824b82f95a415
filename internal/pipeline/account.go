package pipeline

import (
	"context"
	"errors"
	"fmt"

	"spamreport/headers"
	"spamreport/internal/enclosed"
	"spamreport/internal/mailbox"
)

// Account is a mailbox to sweep, and what to do in it.
type Account struct {
	Mailbox mailbox.Account
	Folders []string
	Walker  *headers.Walker // knows the account's own mail servers
	After   After
	// Unpack names those who forward spam to this account as attachments. What
	// they enclose is reported, and nothing else is; empty: it is an ordinary
	// account.
	Unpack enclosed.Senders
}

// Account sweeps the folders of one account. A folder that fails does not
// stop the others, unless the connection is gone. Each error names the account.
func (s *Sweep) Account(ctx context.Context, account Account) []error {
	name := account.Mailbox.Name
	session, err := mailbox.Dial(ctx, account.Mailbox)
	if err != nil {
		s.Unreachable(ctx, account, err)
		return []error{fmt.Errorf("account %s: %w", name, err)}
	}
	defer func() { _ = session.Close() }() // everything was answered already
	var errs []error
	for _, folder := range account.Folders {
		err := s.folder(ctx, session, account, folder)
		if err != nil {
			errs = append(errs, fmt.Errorf("account %s: %w", name, err))
		}
		if errors.Is(err, mailbox.ErrTemporary) || ctx.Err() != nil {
			break
		}
	}
	return errs
}

func (s *Sweep) folder(ctx context.Context, session *mailbox.Session, account Account, name string) error {
	if s.Turn != nil && !s.DryRun {
		end, err := s.Turn(ctx, account.Mailbox.Name, name)
		if errors.Is(err, ErrSweepRuns) {
			return nil
		}
		if err != nil {
			return err
		}
		defer end()
	}
	folder, err := session.Select(ctx, name, s.DryRun)
	if err != nil {
		s.visited(ctx, account, name, err)
		return err
	}
	return s.Selected(ctx, session, account, folder)
}

// Selected sweeps a folder of an account that is open.
func (s *Sweep) Selected(ctx context.Context, session Folder, account Account, folder mailbox.Folder) error {
	stages := *s.Stages
	stages.Walker = account.Walker
	of := *s
	of.Stages, of.After, of.Unpack = &stages, account.After, account.Unpack
	err := of.Run(ctx, session, mailbox.Place{Account: account.Mailbox.Name, Folder: folder.Name, UIDValidity: folder.UIDValidity})
	s.visited(ctx, account, folder.Name, err)
	return err
}

// Unreachable remembers of each folder that the account could not be opened.
func (s *Sweep) Unreachable(ctx context.Context, account Account, why error) {
	for _, folder := range account.Folders {
		s.visited(ctx, account, folder, why)
	}
}

// visited remembers how a visit ended, for people: nothing is decided on it, so
// it does not stop a sweep when that cannot be written. A sweep that was told
// to stop says nothing about the mailbox.
func (s *Sweep) visited(ctx context.Context, account Account, folder string, failure error) {
	if s.DryRun || s.Progress == nil || ctx.Err() != nil {
		return
	}
	if err := s.Progress.Visited(ctx, account.Mailbox.Name, folder, failure); err != nil && s.Log != nil {
		s.Log.Warn("cannot record the visit", "account", account.Mailbox.Name, "folder", folder, "error", err)
	}
}
