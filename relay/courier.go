package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// courier carries the parcels of one destination over a connection, which it
// makes when it is first needed and replaces when it breaks.
type courier struct {
	*engine
	to      *destination
	session *session
	dsn     bool // the server that got the last parcel sends receipts (RFC 3461)
}

// leave ends the work of a courier. Its connection waits for the next one.
func (c *courier) leave() {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil {
		c.session.idle = now
		c.to.idle = append(c.to.idle, c.session)
	}
	c.to.active--
	c.couriers--
	c.look()
}

// carry takes one parcel through: the gate, the connection, the transaction,
// and the note of what came of it. It returns whether to go on.
func (c *courier) carry(ctx context.Context, p parcel) bool {
	admitted, err := c.admit(ctx, p)
	if err != nil {
		return c.broke(err)
	}
	if len(admitted.Recipients) == 0 {
		return true
	}
	var outcomes []Outcome
	defer func() { c.gate().Done(context.WithoutCancel(ctx), c.now(), admitted, outcomes) }()

	message, err := c.message(ctx, p.ID)
	if errors.Is(err, ErrNotQueued) || errors.Is(err, ErrDamaged) {
		// One damaged record must not stop the others.
		lost := Reply{Code: 554, Status: "5.3.0", Text: "not sent: the text of the message is lost: " + printable(err.Error())}
		outcomes, err = c.settle(ctx, admitted, same(admitted, lost))
		return c.broke(err)
	}
	if err != nil {
		return c.broke(errors.Join(err, c.putOff(ctx, delay(admitted, c.later(), ""))))
	}
	replies, trouble := c.deliver(ctx, admitted, message)
	if replies == nil { // told to stop before an attempt was made
		return c.broke(c.putOff(ctx, delay(admitted, time.Time{}, "")))
	}
	if outcomes, err = c.settle(ctx, admitted, replies); err != nil {
		return c.broke(err)
	}
	return c.judge(ctx, trouble)
}

// message is the text of a message that this process holds the lease of.
func (c *courier) message(ctx context.Context, id string) ([]byte, error) {
	if text := c.recent.take(id); text != nil {
		return text, nil
	}
	return c.Queue.Message(ctx, id)
}

// later is when a message is tried again that could not be read from the
// queue: in a Run after a moment, in a Flush it stays due.
func (c *courier) later() time.Time {
	if c.forever {
		return c.now().Add(vary(firstPause))
	}
	return time.Time{}
}

// admit asks the gate, and puts on record what it does not let go.
func (c *courier) admit(ctx context.Context, p parcel) (admitted parcel, err error) {
	admitted = p
	verdicts, err := c.gate().Admit(ctx, c.now(), p)
	if err == nil && len(verdicts) != len(p.Recipients) {
		err = fmt.Errorf("%d verdicts for %d recipients", len(verdicts), len(p.Recipients))
	}
	if err != nil {
		c.log().Error("cannot check the limits; the mail waits", "id", p.ID, "error", err)
		admitted.Recipients = nil
		return admitted, c.putOff(ctx, delay(p, c.now().Add(vary(firstPause)), "put off: "+printable(err.Error())))
	}
	admitted.Recipients = nil
	refused, replies, waits := p, []Reply(nil), []Delay(nil)
	refused.Recipients = nil
	for i, to := range p.Recipients {
		switch v := verdicts[i]; {
		case decided(v.Refuse):
			refused.Recipients, replies = append(refused.Recipients, to), append(replies, v.Refuse)
		case !v.Wait.IsZero():
			waits = append(waits, Delay{ID: p.ID, Recipients: []string{to.Address}, Until: v.Wait, Why: printable(v.Why), Limit: true})
		default:
			admitted.Recipients = append(admitted.Recipients, to)
		}
	}
	if len(replies) > 0 {
		_, err = c.settle(ctx, refused, replies)
	}
	if len(waits) > 0 {
		c.count(func(r *FlushReport) { r.PutOff += len(waits) })
		err = errors.Join(err, c.putOff(ctx, waits...))
	}
	return admitted, err
}

// deliver hands a parcel over. It returns a reply for each recipient, and what
// was wrong with the destination, if something was; no replies at all when
// there was no attempt.
func (c *courier) deliver(ctx context.Context, p parcel, message []byte) ([]Reply, error) {
	for {
		if err := c.connect(ctx); err != nil {
			var refusal *Undeliverable
			switch {
			case errors.As(err, &refusal):
				return same(p, refusal.Reply), nil
			case ctx.Err() != nil:
				return nil, nil
			}
			return same(p, Reply{Text: printable(err.Error())}), &unreachable{err}
		}
		start := c.now()
		replies := c.session.transact(p, message)
		c.dsn = c.session.offers("DSN")
		if c.session.stale {
			// The server had closed the idle connection. That is no attempt.
			c.drop()
			continue
		}
		if c.session.logsIn {
			if i := slices.IndexFunc(replies, wantsLogin); i >= 0 {
				err := fmt.Errorf("%s: %w (%s)", c.to, ErrAuthRefused, replies[i])
				c.drop()
				return same(p, Reply{Text: printable(err.Error())}), &unreachable{err}
			}
		}
		broken := c.session.broken
		switch {
		case broken != nil:
			broken = fmt.Errorf("%s (%s): %w", c.to, c.session.peer(), broken)
			if c.session.brokeDown != nil {
				c.session.brokeDown()
			}
			c.drop()
		default:
			c.worked(c.now().Sub(start))
			if c.session.used >= perConnection {
				c.drop()
			}
		}
		return replies, broken
	}
}

// connect makes sure that there is a connection: one that waits, or a new one.
func (c *courier) connect(ctx context.Context) error {
	if c.session != nil {
		return nil
	}
	now := c.now()
	c.mu.Lock()
	s, old := c.to.takeIdle(now)
	c.hangUp(old)
	c.mu.Unlock()
	if s == nil {
		fresh, err := c.Route.dial(ctx, c.to.next, c.to.source)
		if err != nil {
			return err
		}
		fresh.tie(c.flight)
		s = fresh
	}
	c.session = s
	return nil
}

// drop gives up the connection.
func (c *courier) drop() {
	c.hangUp([]*session{c.session})
	c.session = nil
}

func (c *courier) worked(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.to.worked(took)
}

// same is one reply for every recipient of a parcel.
func same(p parcel, r Reply) []Reply { return fill(make([]Reply, len(p.Recipients)), r) }
