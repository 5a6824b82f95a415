package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrTaken says that another process does what only one does at a time.
var ErrTaken = errors.New("another process is at it")

// Turn is the right to do something that only one process does at a time, such
// as to sweep a folder. It goes with the process, however that ends.
//
// Processes on one file have a lock of their own (see pipeline.Lock), and need
// no turns: they get each at once.
type Turn struct {
	conn *sql.Conn
	key  int64
}

// Turn takes the turn of a name, or returns ErrTaken.
func (s *Store) Turn(ctx context.Context, name string) (*Turn, error) {
	if s.sessions == nil {
		return &Turn{}, nil
	}
	t := &Turn{key: s.sessions.key("turn " + name)}
	var err error
	if t.conn, err = s.sessions.hold(ctx, t.key); err != nil {
		return nil, fmt.Errorf("%s: %w", name, explain(err))
	}
	return t, nil
}

// End gives the turn to others.
func (t *Turn) End() { release(t.conn, t.key) }
