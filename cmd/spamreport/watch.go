package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/cobra"

	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/watch"
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

func (p *parts) watchFolder(sweep *pipeline.Sweep, account pipeline.Account, folder string, share *store.Share, anew func(context.Context) error) *watch.Watch[*mailbox.Session] {
	return &watch.Watch[*mailbox.Session]{
		Account: account.Mailbox.Name, Folder: folder, Log: p.log,
		Turn: watchTurn(share, folderTurn(account.Mailbox.Name, folder)),
		Dial: func(ctx context.Context) (*mailbox.Session, error) {
			session, err := mailbox.Dial(ctx, account.Mailbox)
			if err != nil {
				sweep.Unreachable(ctx, account, err)
			}
			return session, err
		},
		Visit: func(ctx context.Context, s *mailbox.Session, folder mailbox.Folder) error {
			defer p.relay.Wake() // also what was filed before an error
			if err := sweep.Selected(ctx, s, account, folder); err != nil {
				return visited(err)
			}
			return visited(anew(ctx))
		},
	}
}

func (a *app) watchReplies(p *parts, share *store.Share, anew func(context.Context) error) (*watch.Watch[*mailbox.Session], error) {
	account, err := p.repliesAccount()
	if err != nil {
		return nil, err
	}
	return &watch.Watch[*mailbox.Session]{
		Account: account.Mailbox.Name, Folder: p.cfg.Replies.Folder, ReadOnly: true, Log: p.log,
		Turn: watchTurn(share, repliesTurn),
		Dial: func(ctx context.Context) (*mailbox.Session, error) { return mailbox.Dial(ctx, account.Mailbox) },
		Visit: func(ctx context.Context, s *mailbox.Session, folder mailbox.Folder) error {
			defer p.relay.Wake()
			if err := a.readFolder(ctx, p, s, account, folder, false); err != nil {
				return visited(err)
			}
			return visited(anew(ctx))
		},
	}, nil
}

// anewInTurn is writeAnew for several folders, one after the other.
func (a *app) anewInTurn(p *parts) func(context.Context) error {
	var mu sync.Mutex
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		return a.writeAnew(ctx, p)
	}
}

// oneByOne keeps the lines of several folders apart.
func (a *app) oneByOne(observe func(pipeline.Case)) func(pipeline.Case) {
	var mu sync.Mutex
	return func(c pipeline.Case) {
		mu.Lock()
		defer mu.Unlock()
		observe(c)
	}
}
