package relay

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"time"
)

// unreachable is a failure that came before the message was offered: there is
// no point in trying others there now.
type unreachable struct{ error }

func (u *unreachable) Unwrap() error { return u.error }

// judge draws the consequences of trouble with a destination. It returns
// whether the courier should go on.
func (c *courier) judge(ctx context.Context, trouble error) bool {
	if trouble == nil {
		return true
	}
	limit := maxBroken
	var closed *textproto.Error
	var unreachable *unreachable
	if errors.As(trouble, &unreachable) || !c.to.only && errors.As(trouble, &closed) && closed.Code == 421 {
		limit = 1
	}
	now := c.now()
	c.mu.Lock()
	pause := c.to.failed(now, trouble, limit)
	if !pause {
		c.mu.Unlock()
		return true
	}
	until, delays := c.to.until, c.engine.leave(c.to)
	c.mu.Unlock()
	c.warn(trouble, until)
	if len(delays) > 0 {
		if err := c.putOff(ctx, delays...); err != nil {
			return c.broke(err)
		}
	}
	if c.to.only && !c.forever {
		c.stop(&Temporary{trouble})
	}
	return false
}

// warn says that a destination is left alone; loudly, when a person must act.
func (c *courier) warn(trouble error, until time.Time) {
	log := c.log().With("destination", c.to.String(), "error", trouble)
	if c.forever {
		log = log.With("until", until)
	}
	if errors.Is(trouble, ErrAuthRefused) || errors.Is(trouble, ErrCertificate) || errors.Is(trouble, ErrPlaintext) {
		log.Error("cannot deliver")
		return
	}
	log.Warn("left alone for a while")
}

// broke handles an error of the queue. A Flush ends with it; a Run, which has
// logged it by now, goes on with the next.
func (c *courier) broke(err error) bool {
	if err == nil {
		return true
	}
	if c.forever {
		c.log().Error("the queue does not work", "error", err)
		return false
	}
	c.stop(err)
	return false
}

// settle records the replies for the recipients of a parcel. What the server
// said must be kept, also when we are told to stop: forgetting a 250 would send
// the message twice. So a Run tries until it succeeds, and a Flush for a while.
func (c *courier) settle(ctx context.Context, p parcel, replies []Reply) ([]Outcome, error) {
	now := c.now()
	outcomes := make([]Outcome, len(replies))
	for i, to := range p.Recipients {
		outcomes[i] = c.outcome(now, p, to, replies[i])
		outcomes[i].Notifies = c.dsn && outcomes[i].State == Delivered
	}
	outcomes = c.notify(context.WithoutCancel(ctx), now, p, outcomes)
	err := c.persist(func() error {
		return c.Queue.Settle(context.WithoutCancel(ctx), p.ID, now, outcomes)
	})
	if err != nil {
		return nil, err
	}
	for i, o := range outcomes {
		if o.State == Retrying || o.Notice != nil {
			c.Wake() // the queue has something for another time, or another recipient
		}
		c.note(p.ID, p.Recipients[i].Attempts+1, o)
	}
	return outcomes, nil
}

func (c *courier) putOff(ctx context.Context, delays ...Delay) error {
	defer c.Wake()
	return c.persist(func() error { return c.Queue.PutOff(context.WithoutCancel(ctx), c.now(), delays...) })
}

// flushPatience is how long a Flush tries to record what became of a message:
// on a full disk another process may just be making room.
const flushPatience = 30 * time.Second

// persist writes to the queue. In a Run it does not give up before the end: a
// full disk is made room on some day, and until then this process holds the
// lease. A Flush is run by somebody who waits, so it gives up.
func (c *courier) persist(write func() error) error {
	begun := time.Now()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := write()
		if err == nil || errors.Is(err, ErrLeaseLost) || !c.forever && time.Since(begun)+wait > flushPatience {
			return err
		}
		c.log().Error("cannot write to the queue; trying again", "error", err)
		select {
		case <-c.flight.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// outcome decides what a reply means for a recipient.
func (c *courier) outcome(now time.Time, job Job, p Pending, r Reply) Outcome {
	o := Outcome{Recipient: p.Address, State: stateOf(r), Reply: r}
	if o.State != Retrying {
		return o
	}
	s := c.schedule()
	if s.Expire > 0 && now.Sub(job.Queued)-p.Waited >= s.Expire {
		o.State = Failed
		o.Reply.Text = fmt.Sprintf("given up after %s: %s", s.Expire, o.Reply.Text)
		return o
	}
	unreachable := r.Code == 0 || r.Code == 421 // RFC 5321 §3.8: 421 closes the connection
	o.Next = now.Add(s.delay(p.Attempts+1, unreachable && c.to.only))
	return o
}

// note adds an outcome to the report and the log.
func (c *courier) note(id string, attempt int, o Outcome) {
	facts := []any{"id", id, "to", o.Recipient, "attempt", attempt, "reply", o.Reply.String()}
	switch o.State {
	case Delivered:
		c.count(func(r *FlushReport) { r.Delivered++ })
		c.log().Info("delivered", facts...)
		return
	case Failed:
		c.count(func(r *FlushReport) { r.Failed++ })
		c.log().Warn("failed", facts...)
	default:
		c.count(func(r *FlushReport) { r.Retrying++ })
		c.log().Warn("retrying", append(facts, "next", o.Next)...)
	}
	c.count(func(r *FlushReport) {
		if len(r.Problems) < maxProblems {
			r.Problems = append(r.Problems, Problem{ID: id, Outcome: o})
		}
	})
}

func (c *courier) count(add func(*FlushReport)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.report)
}
