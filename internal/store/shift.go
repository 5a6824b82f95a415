package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Shift is a turn from a share. It is over when another process shall have it,
// and when the session is lost that holds it.
type Shift struct {
	share *Share // nil: there are no others
	key   int64
	ctx   context.Context
	over  context.CancelCauseFunc
}

var (
	errPassedOn = errors.New("another process takes it over")
	errLost     = errors.New("the server that kept it was lost")
)

func newShift(sh *Share, key int64) *Shift {
	shift := &Shift{share: sh, key: key}
	shift.ctx, shift.over = context.WithCancelCause(context.Background())
	return shift
}

// Within is a context that ends with the shift as well.
func (s *Shift) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(context.Cause(s.ctx)) })
	return ctx, func() { stop(); cancel(nil) }
}

// Still returns an error once the shift is over.
func (s *Shift) Still(ctx context.Context) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if s.share == nil {
		return nil
	}
	return s.share.alive(ctx)
}

// End gives the turn to others.
func (s *Shift) End() {
	if s.share == nil {
		return
	}
	s.share.mu.Lock()
	defer s.share.mu.Unlock()
	s.share.giveBack(s)
	s.share.look()
}

// giveBack frees the lock of a shift, unless it was lost with its session.
func (sh *Share) giveBack(s *Shift) {
	at := slices.Index(sh.held, s)
	if at < 0 {
		return
	}
	sh.held = slices.Delete(sh.held, at, at+1)
	s.over(errClosed)
	ctx, cancel := context.WithTimeout(context.Background(), releaseTimeout)
	defer cancel()
	if _, err := sh.conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, s.key); err != nil {
		sh.drop(err)
	}
}

// alive returns an error when the session does not answer any more.
func (sh *Share) alive(ctx context.Context) error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.conn == nil {
		return errLost
	}
	return explain(sh.conn.PingContext(ctx))
}

// lose ends every shift, and the session with what is locked in it.
func (sh *Share) lose(why error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.drop(why)
}

func (sh *Share) drop(why error) {
	for _, s := range sh.held {
		s.over(fmt.Errorf("%w: %w", errLost, why))
	}
	sh.held, sh.hunger = nil, false
	if sh.conn != nil {
		_ = sh.conn.Close() // what it held is free, one way or the other
		sh.conn = nil
	}
}
