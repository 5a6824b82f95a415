package relay

import (
	"context"
	"time"
)

// launch starts a courier wherever one is wanted, closes connections that
// nobody uses, and says when to look again.
func (e *engine) launch(ctx context.Context) (next time.Time) {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if next = e.dry; !next.After(now) {
		next = now.Add(or(e.Poll, DefaultPoll))
	}
	for at, d := range e.destinations {
		for range d.wants(now) {
			if e.stopped != nil || e.couriers >= or(e.Relay.Couriers, DefaultCouriers) {
				break
			}
			e.couriers++
			d.active++
			e.work.Go(func() { e.courier(ctx, d) })
		}
		if len(d.idle) > 0 {
			e.closeOld(d, now)
			next = earlier(next, now.Add(idleTime))
		}
		if d.paused(now) {
			next = earlier(next, d.until)
		}
		if d.unused(now) {
			delete(e.destinations, at)
		}
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// perTurn is how many transactions a courier makes before others may have its
// place, and perConnection how many a connection is used for.
const (
	perTurn       = 50
	perConnection = 100
)

// courier carries parcels of one destination.
func (e *engine) courier(ctx context.Context, d *destination) {
	c := &courier{engine: e, to: d}
	defer c.leave()
	for range perTurn {
		p, ok := e.take(ctx, d)
		if !ok || !c.carry(ctx, p) {
			return
		}
	}
}

// take is the next parcel of a destination, unless there is a reason to stop.
func (e *engine) take(ctx context.Context, d *destination) (parcel, bool) {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if ctx.Err() != nil || e.stopped != nil || len(d.backlog) == 0 || d.paused(now) {
		return parcel{}, false
	}
	p := d.backlog[0]
	d.backlog = d.backlog[1:]
	e.waiting--
	if e.dry.IsZero() && 2*len(d.backlog) <= d.waiting {
		e.look() // there may be room for more
	}
	return p, true
}

// look wakes the dispatcher. In a Run, new mail in the queue wakes it through the
// same channel; to be woken once too often costs it a look at the queue.
func (e *engine) look() { signal(e.changed) }

// finished reports whether the run is over: Flush, when nothing is left.
func (e *engine) finished() (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.stopped != nil:
		return true, e.stopped
	case e.forever || e.dry.IsZero() || e.waiting > 0 || e.couriers > 0:
		return false, nil
	case e.again:
		// One more round for what was put off for want of room.
		e.again, e.dry, e.due = false, time.Time{}, e.now()
		e.look()
		return false, nil
	}
	return true, nil
}

// stop lets no courier begin anything more. The first reason counts.
func (e *engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped == nil {
		e.stopped = err
	}
	e.look()
}

// giveBack returns what is still in the backlogs.
func (e *engine) giveBack(ctx context.Context) error {
	var delays []Delay
	for _, d := range e.destinations {
		for _, p := range d.backlog {
			delays = append(delays, delay(p, time.Time{}, ""))
		}
		d.backlog = nil
	}
	if len(delays) == 0 {
		return nil
	}
	return e.Queue.PutOff(context.WithoutCancel(ctx), e.now(), delays...)
}

// closeOld closes connections that were idle for too long.
func (e *engine) closeOld(d *destination, now time.Time) {
	keep := d.idle[:0]
	var old []*session
	for _, s := range d.idle {
		if now.Sub(s.idle) < idleTime {
			keep = append(keep, s)
		} else {
			old = append(old, s)
		}
	}
	d.idle = keep
	e.hangUp(old)
}

func (e *engine) allIdle() (all []*session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range e.destinations {
		all = append(all, d.idle...)
		d.idle = nil
	}
	return all
}

// hangUp closes connections, which can take a moment.
func (e *engine) hangUp(old []*session) {
	for _, s := range old {
		e.work.Go(s.close)
	}
}
