package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"spamreport/internal/pipeline"
)

func (a *app) watchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Stay connected to every mailbox and report spam as it comes in",
		Long: `watch is a sweep that does not end: it stays connected to every configured folder
(IMAP IDLE), reports what comes in, reads what comes back, and delivers. When a
connection is lost it connects again. An interrupt or SIGTERM stops it within
seconds. While it runs, a sweep does nothing.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return untilStopped(cmd.Context(), a.watch(cmd.Context())) },
	}
	a.dnsFlag(cmd)
	return cmd
}

func (a *app) watch(ctx context.Context) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	unlock, err := p.mayFile()
	if err != nil {
		return err
	}
	defer unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var delivering sync.WaitGroup
	var deliveryErr error
	delivering.Go(func() { p.keepPruned(ctx) })
	delivering.Go(func() {
		deliveryErr = p.deliverAll(ctx)
		stop() // what nobody delivers is not to be filed
	})
	err = a.watchAll(ctx, p)
	stop()
	delivering.Wait()
	if deliveryErr != nil && !errors.Is(deliveryErr, context.Canceled) {
		return deliveryErr
	}
	return err
}

// watchAll watches every folder, and wakes the relay for what they give rise
// to. A folder that cannot be watched does not stop the others.
func (a *app) watchAll(ctx context.Context, p *parts) error {
	accounts, err := p.accounts(ctx, "", "")
	if err != nil {
		return err
	}
	sweep, err := p.sweep(ctx, a.oneByOne(func(c pipeline.Case) { a.observe(c, false) }))
	if err != nil {
		return err
	}
	share := p.store.Share(p.watchTurns(accounts))
	defer share.Close()
	var watching sync.WaitGroup
	var watches []func(context.Context) error
	anew := a.anewInTurn(p)
	for _, account := range accounts {
		for _, folder := range account.Folders {
			watches = append(watches, p.watchFolder(sweep, account, folder, share, anew).Run)
		}
	}
	if p.cfg.Replies.Account != "" {
		replies, err := a.watchReplies(p, share, anew)
		if err != nil {
			return err
		}
		watches = append(watches, replies.Run)
	}
	errs := make([]error, len(watches))
	for i, run := range watches {
		watching.Go(func() {
			if errs[i] = run(ctx); errs[i] != nil && len(watches) > 1 {
				a.complain(fmt.Errorf("%w; this folder is not watched", errs[i]))
			}
		})
	}
	watching.Wait()
	return watchStatus(errs)
}

// watchStatus is that of a watch in which nothing is left to watch, or which
// was told to stop.
func watchStatus(errs []error) error {
	err := errors.Join(errs...)
	if err != nil && len(errs) > 1 {
		return &statusError{exitFailed, nil} // each was told when it happened
	}
	return err
}
