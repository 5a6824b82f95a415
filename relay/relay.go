package relay

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// Relay takes messages and delivers them. It must not be copied once in use.
type Relay struct {
	Queue Queue
	// Route says where mail goes: a *Smarthost or *Exchangers. Without one
	// nothing can be delivered, only queued.
	Route Route
	// Gate holds limits against each transaction; nil: none.
	Gate Gate
	// SourceFor says which address of this machine the mail of a submitter
	// leaves from; nil, or the zero address, leaves that to the system.
	SourceFor func(submitter string) netip.Addr
	// Host is this host, as bounces name it; empty: no sender is told anything.
	Host string
	// Signer signs what is accepted; nil: messages go out as they come.
	Signer Signer

	// Couriers is how many transactions are in flight at once at most, to all
	// destinations together; DefaultCouriers when zero. Each Route has a limit
	// of its own for one destination.
	Couriers int
	// Schedule of the retries; DefaultSchedule when it has no delays.
	Schedule Schedule
	// Grace is how long transactions in flight may still take when Flush or
	// Run is told to stop; DefaultGrace when zero.
	Grace time.Duration
	// Poll is how often Run looks for what other processes put into the
	// queue; DefaultPoll when zero.
	Poll time.Duration

	Log *slog.Logger     // nil: no log
	Now func() time.Time // the clock; time.Now when nil

	recent   recent
	rush     rush
	wake     chan struct{}
	wakeOnce sync.Once
}

// Defaults of a Relay.
const (
	DefaultCouriers = 50
	DefaultGrace    = 10 * time.Second
	DefaultPoll     = 10 * time.Second
)

// Submit accepts a message of this program and returns its queue id. The
// message, which has CRLF line endings (see Prepare), is signed, and on disk
// when Submit returns. Nothing is sent yet: that is Flush, or Run, which is
// woken.
func (r *Relay) Submit(ctx context.Context, e Envelope, message []byte) (string, error) {
	s := Submission{ID: NewID(), Envelope: e, Message: message, Queued: r.now()}
	if err := r.Accept(ctx, s); err != nil {
		return "", err
	}
	return s.ID, nil
}

// Accept accepts a submission, which has an id (see NewID). It is signed, and on
// disk when Accept returns nil. Any number of goroutines may call it at once:
// they share the waits for the disk.
func (r *Relay) Accept(ctx context.Context, s Submission) error {
	s, err := s.Signed(r.Signer)
	if err != nil {
		return err
	}
	if err := r.Queue.Enqueue(ctx, s); err != nil {
		return fmt.Errorf("the message was not accepted: %w", err)
	}
	r.recent.keep(s.ID, s.Message)
	r.log().Info("queued", "id", s.ID, "from", s.Envelope.From, "recipients", len(s.Envelope.To),
		"size", len(s.Message), "user", s.Submitter)
	r.rush.accepted(time.Now())
	signal(r.wakeChannel())
	return nil
}

// Wake tells Run that something was put into the queue other than by Accept.
func (r *Relay) Wake() {
	r.rush.put()
	signal(r.wakeChannel())
}

func (r *Relay) wakeChannel() chan struct{} {
	r.wakeOnce.Do(func() { r.wake = make(chan struct{}, 1) })
	return r.wake
}

// signal leaves a note in a channel, where one is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (r *Relay) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

func (r *Relay) log() *slog.Logger {
	if r.Log != nil {
		return r.Log
	}
	return slog.New(slog.DiscardHandler)
}

func (r *Relay) gate() Gate {
	if r.Gate != nil {
		return r.Gate
	}
	return open{}
}

func (r *Relay) source(submitter string) netip.Addr {
	if r.SourceFor == nil {
		return netip.Addr{}
	}
	return r.SourceFor(submitter)
}

func (r *Relay) schedule() Schedule {
	if len(r.Schedule.Delays) > 0 {
		return r.Schedule
	}
	return DefaultSchedule()
}

// or returns a setting, or its default when it is not set.
func or[T int | time.Duration](value, usual T) T {
	if value > 0 {
		return value
	}
	return usual
}
