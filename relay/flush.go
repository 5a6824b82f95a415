package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// FlushReport says what a flush came to, counted in recipients.
type FlushReport struct {
	Delivered int
	Retrying  int
	Failed    int
	// Problems are the refusals and postponements, at most maxProblems.
	Problems []Problem
	// NextDue is when the next recipient falls due; zero when none waits.
	NextDue time.Time
}

// Problem is a recipient that a message could not be delivered to.
type Problem struct {
	ID string // queue id
	Outcome
}

// maxProblems bounds the list of a report: one broken smarthost makes as many
// problems as there are messages.
const maxProblems = 100

// leaseBatch is how many messages a courier leases at once.
const leaseBatch = 8

// maxBroken is how many connections in a row may break before the smarthost
// counts as unwell and the rest waits.
const maxBroken = 3

// Flush delivers what is due, and returns when nothing is left of what was due
// when it was called. When ctx ends it starts nothing new, lets the
// transactions in flight end (see Grace) and gives back what it had leased.
//
// An error means that it had to stop early: Temporary when the smarthost could
// not be reached or used, one of ErrNoSmarthost, ErrAuthRefused and
// ErrCertificate when a person must repair the configuration. The mail is
// safe in each case, and the report is valid.
func (r *Relay) Flush(ctx context.Context) (FlushReport, error) {
	f := &flush{Relay: r, start: r.now()}
	next, err := r.Queue.NextDue(ctx)
	if err != nil {
		return f.report, err
	}
	f.report.NextDue = next
	if r.Smarthost == nil {
		// Leases of dead processes hide in NextDue, so it is not conclusive,
		// but without a smarthost there is nothing to take over either.
		if next.IsZero() || next.After(f.start) {
			return f.report, nil
		}
		return f.report, ErrNoSmarthost
	}
	err = f.run(ctx)
	if next, dueErr := r.Queue.NextDue(context.WithoutCancel(ctx)); dueErr == nil {
		f.report.NextDue = next
	}
	return f.report, err
}

// flush is one run of Flush.
type flush struct {
	*Relay
	start time.Time

	mu     sync.Mutex
	report FlushReport
	broken int // connections that broke in a row
}

// run has the couriers work until nothing is due. The first one that cannot go
// on stops the others.
func (f *flush) run(ctx context.Context) error {
	// In-flight transactions outlive ctx by the grace time.
	flight, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(f.grace(), land) })
	defer stop()

	couriers, ctx := errgroup.WithContext(ctx)
	for range max(f.Connections, 1) {
		couriers.Go(func() error {
			c := &courier{flush: f, flight: flight}
			defer c.hangUp()
			return c.work(ctx)
		})
	}
	return couriers.Wait()
}

// courier carries messages over one connection, which it makes when it is
// first needed and replaces when it breaks.
type courier struct {
	*flush
	flight  context.Context
	session *session
	release func() bool // unties the session from flight
}

// work delivers batch after batch until nothing is due.
func (c *courier) work(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		jobs, err := c.Queue.Lease(ctx, c.start, leaseBatch)
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := c.carry(ctx, jobs); err != nil {
			return err
		}
	}
}

// carry delivers leased jobs, and gives back those that it could not start on.
func (c *courier) carry(ctx context.Context, jobs []Job) error {
	for i, job := range jobs {
		err := ctx.Err()
		if err == nil {
			err = c.deliver(ctx, job)
		}
		if err != nil {
			return errors.Join(err, c.giveBack(ctx, jobs[i:]))
		}
	}
	return nil
}

func (c *courier) giveBack(ctx context.Context, jobs []Job) error {
	ids := make([]string, len(jobs))
	for i, job := range jobs {
		ids[i] = job.ID
	}
	return c.Queue.Unlease(context.WithoutCancel(ctx), ids...)
}

// deliver hands one message over and records what came of it. An error means
// that there is no point in going on with other messages.
func (c *courier) deliver(ctx context.Context, job Job) error {
	message, err := c.Queue.Message(ctx, job.ID)
	if errors.Is(err, ErrNotQueued) || errors.Is(err, ErrDamaged) {
		// One damaged record must not stop the others.
		lost := Reply{Code: 554, Status: "5.3.0", Text: "not sent: the text of the message is lost: " + printable(err.Error())}
		return c.settle(ctx, job, job.Recipients, fill(make([]Reply, len(job.Recipients)), lost))
	}
	if err != nil {
		return err
	}
	for part := range slices.Chunk(job.Recipients, maxRecipients) {
		if err := c.connect(ctx); err != nil {
			return c.unreachable(ctx, job, part, err)
		}
		addresses := make([]string, len(part))
		for i, p := range part {
			addresses[i] = p.Address
		}
		replies := c.session.transact(job.From, addresses, message)
		if i := slices.IndexFunc(replies, wantsLogin); i >= 0 {
			err := fmt.Errorf("smarthost %s: %w (%s)", c.Smarthost.Address, ErrAuthRefused, replies[i])
			return c.unreachable(ctx, job, part, err)
		}
		if err := c.settle(ctx, job, part, replies); err != nil {
			return err
		}
		if err := c.checkHealth(); err != nil {
			return err
		}
	}
	return nil
}

// connect makes sure that there is a session.
func (c *courier) connect(ctx context.Context) error {
	if c.session != nil {
		return nil
	}
	s, err := c.Smarthost.dial(ctx)
	if err != nil {
		return err
	}
	c.session = s
	c.release = context.AfterFunc(c.flight, func() { _ = s.conn.Close() })
	return nil
}

func (c *courier) hangUp() {
	if c.session == nil {
		return
	}
	c.session.close()
	c.release()
	c.session = nil
}

// unreachable postpones a message since the smarthost cannot be used, and
// passes the reason on: it holds for all the others too.
func (c *courier) unreachable(ctx context.Context, job Job, part []Pending, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err() // we were told to stop: no attempt was made
	}
	if errors.Is(cause, ErrAuthRefused) || errors.Is(cause, ErrCertificate) || errors.Is(cause, ErrPlaintext) {
		c.log().Error("cannot deliver", "error", cause)
	}
	replies := fill(make([]Reply, len(part)), Reply{Text: printable(cause.Error())})
	if err := c.settle(ctx, job, part, replies); err != nil {
		return err
	}
	return &Temporary{cause}
}

// checkHealth drops a session that broke, and stops when it happens too often.
func (c *courier) checkHealth() error {
	broken := c.session.broken
	c.mu.Lock()
	defer c.mu.Unlock()
	if broken == nil {
		c.broken = 0
		return nil
	}
	c.hangUp()
	c.broken++
	if c.broken >= maxBroken {
		return &Temporary{fmt.Errorf("smarthost %s: %w", c.Smarthost.Address, broken)}
	}
	return nil
}

// settle records the replies for some recipients of a job.
func (c *courier) settle(ctx context.Context, job Job, part []Pending, replies []Reply) error {
	now := c.now()
	outcomes := make([]Outcome, len(part))
	for i, p := range part {
		outcomes[i] = c.outcome(now, job, p, replies[i])
	}
	// What the smarthost said must be kept, also when we are told to stop:
	// forgetting a 250 would send the message twice.
	if err := c.Queue.Settle(context.WithoutCancel(ctx), job.ID, now, outcomes); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, o := range outcomes {
		c.note(job.ID, part[i].Attempts+1, o)
	}
	return nil
}

// outcome decides what a reply means for a recipient.
func (c *courier) outcome(now time.Time, job Job, p Pending, r Reply) Outcome {
	o := Outcome{Recipient: p.Address, State: stateOf(r), Reply: r}
	if o.State != Retrying {
		return o
	}
	s := c.schedule()
	if s.Expire > 0 && now.Sub(job.Queued) >= s.Expire {
		o.State = Failed
		o.Reply.Text = fmt.Sprintf("given up after %s: %s", s.Expire, o.Reply.Text)
		return o
	}
	unreachable := r.Code == 0 || r.Code == 421 // RFC 5321 §3.8: 421 closes the connection
	o.Next = now.Add(s.delay(p.Attempts+1, unreachable))
	return o
}

// note adds an outcome to the report and the log. The caller holds mu.
func (c *courier) note(id string, attempt int, o Outcome) {
	log := c.log().With("id", id, "to", o.Recipient, "attempt", attempt, "reply", o.Reply.String())
	switch o.State {
	case Delivered:
		c.report.Delivered++
		log.Info("delivered")
		return
	case Failed:
		c.report.Failed++
		log.Warn("failed")
	default:
		c.report.Retrying++
		log.Warn("retrying", "next", o.Next)
	}
	if len(c.report.Problems) < maxProblems {
		c.report.Problems = append(c.report.Problems, Problem{ID: id, Outcome: o})
	}
}
