package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/watch"
)

// folderTurn is the name of the turn to sweep a folder, whichever machine does.
func folderTurn(account, folder string) string { return "folder " + account + "/" + folder }

// repliesTurn is the name of the turn to read what comes back.
const repliesTurn = "replies"

// sweepTurn takes the turn of a folder for one sweep.
func (p *parts) sweepTurn(ctx context.Context, account, folder string) (end func(), err error) {
	turn, err := p.store.Turn(ctx, folderTurn(account, folder))
	if errors.Is(err, store.ErrTaken) {
		p.log.Info("another process sweeps this folder", "account", account, "folder", folder)
		return nil, fmt.Errorf("%w: %w", pipeline.ErrSweepRuns, err)
	}
	if err != nil {
		return nil, err
	}
	return turn.End, nil
}

// watchTurn waits for a turn, as a watch does: whoever has it may die, or have
// more than this process.
func watchTurn(share *store.Share, name string) func(context.Context) (watch.Turn, error) {
	return func(ctx context.Context) (watch.Turn, error) {
		shift, err := share.Await(ctx, name)
		if err != nil {
			return nil, err // a nil *store.Shift would be no nil watch.Turn
		}
		return shift, nil
	}
}

// visited is how a visit ended. While the database is away a watch tries again,
// as it does while the mailbox is.
func visited(err error) error {
	if store.Passing(err) {
		return fmt.Errorf("%w: %w", mailbox.ErrTemporary, err)
	}
	return err
}

// watchTurns are the names of the turns of all watches.
func (p *parts) watchTurns(accounts []pipeline.Account) (names []string) {
	for _, account := range accounts {
		for _, folder := range account.Folders {
			names = append(names, folderTurn(account.Mailbox.Name, folder))
		}
	}
	if p.cfg.Replies.Account != "" {
		names = append(names, repliesTurn)
	}
	return names
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
