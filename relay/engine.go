package relay

import (
	"context"
	"errors"
	"sync"
	"time"
)

// engine is one run of Flush or Run. One goroutine dispatches: it leases what
// is due, sorts it by destination, and starts a courier wherever one is
// wanted. A courier works for one destination until that has nothing left or
// fails. So a slow destination occupies its own few couriers and no others.
type engine struct {
	*Relay
	forever bool            // Run, not Flush
	flight  context.Context // what a transaction runs in: it outlives a stop by the grace time

	due     time.Time     // Flush: what is due by then is delivered
	changed chan struct{} // something happened that the dispatcher should look at
	work    sync.WaitGroup

	mu           sync.Mutex
	destinations map[place]*destination
	waiting      int       // parcels in all backlogs
	couriers     int       // at work
	dry          time.Time // nothing more is due before then; zero: not known
	again        bool      // Flush: something was put off only for want of room
	stopped      error     // why no courier begins anything more
	report       FlushReport
}

// maxWaiting is how many parcels wait in memory, for all destinations.
const maxWaiting = 2000

// maxLease is how many messages are leased in one transaction of the queue.
const maxLease = 128

var errStopped = errors.New("the delivery was told to stop")

func (r *Relay) newEngine(forever bool) *engine {
	e := &engine{
		Relay: r, forever: forever, due: r.now(),
		changed: make(chan struct{}, 1), destinations: make(map[place]*destination),
	}
	if forever {
		e.changed = r.wakeChannel()
	}
	return e
}

// run works until there is nothing left (Flush) or ctx ends.
func (e *engine) run(ctx context.Context) error {
	flight, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(or(e.Grace, DefaultGrace), land) })
	defer stop()
	e.flight = flight

	err := e.dispatch(ctx)
	e.stop(errStopped)
	e.work.Wait()
	e.hangUp(e.allIdle())
	e.work.Wait()
	return errors.Join(err, e.giveBack(ctx))
}

// dispatch is the loop of the dispatcher.
func (e *engine) dispatch(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if err := e.refill(ctx); err != nil {
			if !e.forever || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			e.log().Error("cannot read the queue; trying again", "error", err)
			e.rest(e.now().Add(or(e.Poll, DefaultPoll)))
		}
		next := earlier(e.launch(ctx), e.news())
		if done, err := e.finished(); done {
			return err
		}
		timer.Reset(next.Sub(e.now()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.changed:
		case <-timer.C:
		}
	}
}

// refill leases what is due while there is room for it.
func (e *engine) refill(ctx context.Context) error {
	for ctx.Err() == nil {
		limit := e.room()
		if limit == 0 {
			return nil
		}
		jobs, err := e.Queue.Lease(ctx, e.horizon(), limit)
		if err != nil {
			return err
		}
		if len(jobs) == 0 {
			return e.ranDry(ctx)
		}
		if over := e.sort(jobs); len(over) > 0 {
			if err := e.Queue.PutOff(context.WithoutCancel(ctx), e.now(), over...); err != nil {
				return err
			}
		}
		e.launch(ctx)
	}
	return ctx.Err()
}

// horizon is the time up to which recipients count as due.
func (e *engine) horizon() time.Time {
	if e.forever {
		return e.now()
	}
	return e.due
}

// room is how many messages to lease now. Parcels for destinations that are at
// their limit do not count as work at hand: others may be waiting behind them.
func (e *engine) room() int {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped != nil || now.Before(e.dry) {
		return 0
	}
	limits := e.Route.limits()
	if limits.only {
		for _, d := range e.destinations {
			if d.paused(now) {
				return 0
			}
		}
		return max(0, min(limits.waiting-e.waiting, maxLease))
	}
	atHand := 0
	for _, d := range e.destinations {
		if d.active < d.connections && !d.paused(now) {
			atHand += len(d.backlog)
		}
	}
	if atHand >= or(e.Relay.Couriers, DefaultCouriers) {
		return 0
	}
	return max(0, min(maxWaiting-e.waiting, maxLease))
}

// ranDry notes when to look again after nothing was due.
func (e *engine) ranDry(ctx context.Context) error {
	next, err := e.Queue.NextDue(ctx)
	if err != nil {
		return err
	}
	now := e.now()
	latest := now.Add(or(e.Poll, DefaultPoll))
	switch {
	case next.IsZero() || next.After(latest):
		next = latest
	case next.After(now):
		next = now.Add(next.Sub(now)) // a span, not a date: the clock may be set back meanwhile
	case e.forever:
		// It came in this moment: the news of it decide when its turn is, and
		// when another process put it there the next look.
		next = now.Add(longestRush)
	}
	e.rest(next)
	return nil
}

// rest has nothing leased until then, or until something changes.
func (e *engine) rest(until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dry = until
}

// news has the queue looked at when something was put into it, unless more is
// about to come. Then it says when to ask again.
func (e *engine) news() time.Time {
	later := e.now().Add(or(e.Poll, DefaultPoll))
	if !e.forever {
		return later // what is new is not due for a Flush
	}
	ready, wait := e.rush.look(time.Now())
	switch {
	case ready:
		e.rest(time.Time{})
		return e.now()
	case wait > 0:
		return e.now().Add(wait)
	}
	return later
}
