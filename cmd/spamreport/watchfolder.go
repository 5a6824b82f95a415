package main

import (
	"context"
	"sync"

	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/watch"
)

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
