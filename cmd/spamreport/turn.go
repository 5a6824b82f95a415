package main

import (
	"context"
	"errors"
	"fmt"

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

// watchTurn waits for a turn, as a watch does: whoever has it may die.
func (p *parts) watchTurn(name string) func(context.Context) (watch.Turn, error) {
	return func(ctx context.Context) (watch.Turn, error) {
		turn, err := p.store.AwaitTurn(ctx, name)
		if err != nil {
			return nil, err // a nil *store.Turn would be no nil watch.Turn
		}
		return turn, nil
	}
}
