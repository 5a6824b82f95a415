package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"spamreport/internal/mailbox"
)

// Session is a connection to a mailbox; *mailbox.Session is one.
type Session interface {
	Select(ctx context.Context, folder string, readOnly bool) (mailbox.Folder, error)
	Wait(ctx context.Context, limit time.Duration) error
	Close() error
}

// Turn is the right to watch a folder; *store.Shift is one.
type Turn interface {
	// Still returns an error once the turn is over.
	Still(ctx context.Context) error
	// Within is a context that ends with the turn as well: it was lost, or
	// another process shall have it.
	Within(ctx context.Context) (context.Context, context.CancelFunc)
	End()
}

// Watch is a folder that is watched.
type Watch[S Session] struct {
	Account  string // for the log
	Folder   string
	ReadOnly bool

	// Turn waits until nobody else watches the folder. The watch asks before each
	// visit whether it still has its turn, and ends it with the connection. When
	// the turn is over, a visit is broken off, and the watch waits for another
	// turn. nil: there is nobody else.
	Turn func(ctx context.Context) (Turn, error)

	Dial  func(ctx context.Context) (S, error)
	Visit func(ctx context.Context, s S, folder mailbox.Folder) error

	// Every is the longest time between two visits; DefaultEvery when zero.
	Every time.Duration
	// Pause says how long to wait after so many failures in a row, the last of
	// which was of a kind that a person must repair, or not; DefaultPause when
	// nil.
	Pause func(failures int, forPerson bool) time.Duration
	Log   *slog.Logger // nil: no log
}

// DefaultEvery is how often a folder is visited that nothing comes into.
const DefaultEvery = 10 * time.Minute

// The pauses of DefaultPause. A refused password is tried seldom: many servers
// lock out who insists.
const (
	firstPause  = time.Second
	longest     = 5 * time.Minute
	firstRepair = 5 * time.Minute
	longRepair  = time.Hour
)

// DefaultPause doubles with each failure. A fifth of it is chance, so that not
// everybody comes back in the same second after a server was restarted.
func DefaultPause(failures int, forPerson bool) time.Duration {
	first, most := firstPause, longest
	if forPerson {
		first, most = firstRepair, longRepair
	}
	pause := min(first<<min(failures-1, 20), most)
	return pause - time.Duration(rand.Int64N(int64(pause/5)+1)) // #nosec G404 -- spreads load
}

// Run watches until ctx ends, which is no error. An error is one that only a
// person can repair, met before the folder was open for the first time.
func (w *Watch[S]) Run(ctx context.Context) error {
	failures, opened := 0, false
	for {
		reached, err := w.connected(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errOver):
			w.log().Debug("the turn is over", "why", err)
			continue
		case !opened && !reached && !errors.Is(err, mailbox.ErrTemporary):
			return fmt.Errorf("account %s: %w", w.Account, err)
		case reached:
			opened, failures = true, 0
		}
		failures++
		forPerson := !reached && !errors.Is(err, mailbox.ErrTemporary)
		w.tell(failures, forPerson, err)
		if !sleep(ctx, w.pause(failures, forPerson)) {
			return nil
		}
	}
}

// connected makes one connection and stays with it until it breaks. reached
// says that a visit came to its end, so that the next failure is a new one.
func (w *Watch[S]) connected(ctx context.Context) (reached bool, err error) {
	turn := Turn(ours{})
	if w.Turn != nil {
		if turn, err = w.Turn(ctx); err != nil {
			return false, errors.Join(mailbox.ErrTemporary, err)
		}
	}
	defer turn.End()
	inTurn, end := turn.Within(ctx)
	defer end()
	reached, err = w.inTurn(inTurn, turn)
	if inTurn.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: %w", errOver, context.Cause(inTurn))
	}
	return reached, err
}

// errOver says that a connection ended because the turn did.
var errOver = errors.New("the turn is over")

// inTurn is connected while the watch has its turn.
func (w *Watch[S]) inTurn(ctx context.Context, turn Turn) (reached bool, err error) {
	s, err := w.Dial(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = s.Close() }() // everything was answered already
	folder, err := s.Select(ctx, w.Folder, w.ReadOnly)
	if err != nil {
		return false, err
	}
	w.log().Debug("watching", "messages", folder.Messages)
	for {
		if err := turn.Still(ctx); err != nil {
			return reached, errors.Join(mailbox.ErrTemporary, err)
		}
		if err := w.Visit(ctx, s, folder); err != nil {
			return reached, err
		}
		reached = true
		if err := s.Wait(ctx, w.every()); err != nil {
			return true, err
		}
		if err := ctx.Err(); err != nil {
			return true, err
		}
	}
}

// ours is the turn where there is nobody else.
type ours struct{}

func (ours) Still(context.Context) error { return nil }
func (ours) End()                        {}

func (ours) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// tell says the first of a row of failures aloud.
func (w *Watch[S]) tell(failures int, forPerson bool, err error) {
	level := slog.LevelDebug
	if forPerson || failures == 2 {
		// A single lost connection is no news at all.
		level = slog.LevelWarn
	}
	w.log().Log(context.Background(), level, "not watching for now", "error", err, "failures", failures)
}

func (w *Watch[S]) every() time.Duration {
	if w.Every > 0 {
		return w.Every
	}
	return DefaultEvery
}

func (w *Watch[S]) pause(failures int, forPerson bool) time.Duration {
	if w.Pause != nil {
		return w.Pause(failures, forPerson)
	}
	return DefaultPause(failures, forPerson)
}

func (w *Watch[S]) log() *slog.Logger {
	if w.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return w.Log.With("account", w.Account, "folder", w.Folder)
}

// sleep reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
