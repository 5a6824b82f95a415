package relay

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Relay takes messages and delivers them.
type Relay struct {
	Queue     Queue
	Smarthost *Smarthost // nil: nothing can be delivered, only queued
	Signer    Signer     // nil: messages go out as they come

	// Connections is how many transactions are in flight at once; one when
	// zero. It is also how many can be repeated after a kill.
	Connections int
	// Schedule of the retries; DefaultSchedule when it has no delays.
	Schedule Schedule
	// Grace is how long transactions in flight may still take when Flush is
	// told to stop; DefaultGrace when zero.
	Grace time.Duration

	Log *slog.Logger     // nil: no log
	Now func() time.Time // the clock; time.Now when nil
}

// DefaultGrace is how long a transaction may take to end when the program is
// told to stop.
const DefaultGrace = 10 * time.Second

// Submit accepts a message of this program and returns its queue id. The
// message, which has CRLF line endings (see Prepare), is signed, and on disk
// when Submit returns. Nothing is sent yet: that is Flush.
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
	r.log().Info("queued", "id", s.ID, "from", s.Envelope.From, "recipients", len(s.Envelope.To),
		"size", len(s.Message), "user", s.Submitter)
	return nil
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

func (r *Relay) schedule() Schedule {
	if len(r.Schedule.Delays) > 0 {
		return r.Schedule
	}
	return DefaultSchedule()
}

func (r *Relay) grace() time.Duration {
	if r.Grace > 0 {
		return r.Grace
	}
	return DefaultGrace
}
