package main

import (
	"context"

	"spamreport/relay/submission"
)

// relayDoor is where other programs hand in mail. It is closed, with a nil
// server, while nobody may.
type relayDoor struct {
	server    *submission.Server
	listeners []submission.Listener
}

// openDoor listens for other programs, once somebody may hand mail in.
func (p *parts) openDoor(ctx context.Context) (d relayDoor, err error) {
	if somebody, err := p.mayHandIn(ctx); err != nil || !somebody {
		return d, err
	}
	if d.server, err = p.submissionServer(); err != nil {
		return d, err
	}
	d.listeners, err = p.listeners()
	return d, err
}

// mayHandIn reports whether there is anybody who may hand mail in.
func (p *parts) mayHandIn(ctx context.Context) (bool, error) {
	users, err := p.store.RelayUsers().List(ctx)
	return len(users) > 0 || p.cfg.Relay.Listen.LoopbackUser != "", err
}
