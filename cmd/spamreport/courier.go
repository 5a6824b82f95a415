package main

import (
	"context"
	"time"
)

// courier delivers for a command that does not end.
type courier struct {
	app   *app
	parts *parts
	due   chan struct{}
}

func newCourier(a *app, p *parts) *courier {
	return &courier{app: a, parts: p, due: make(chan struct{}, 1)}
}

// wake has it look at the queue now.
func (c *courier) wake() {
	select {
	case c.due <- struct{}{}:
	default:
	}
}

// longestNap: another program may have queued something.
const longestNap = time.Minute

// run delivers until ctx ends.
func (c *courier) run(ctx context.Context) {
	for ctx.Err() == nil {
		report, err := c.parts.relay.Flush(ctx)
		if err := c.app.undelivered(report, err); err != nil && ctx.Err() == nil {
			c.parts.log.Warn("not everything was delivered", "error", err)
		}
		nap := longestNap
		if !report.NextDue.IsZero() {
			nap = min(nap, max(time.Until(report.NextDue), time.Second))
		}
		timer := time.NewTimer(nap)
		select {
		case <-c.due:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
