package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Chore does something that one process does every so often, on whatever
// machine, when it is due and no other process is at it. It counts as done when
// it came to its end without an error: what a process that died, or failed, left
// undone is due for the next one that looks.
//
// Processes on one file have no turns, so two of them may be at it at once.
func (s *Store) Chore(ctx context.Context, name string, every time.Duration, do func(context.Context) error) error {
	due, err := s.choreDue(ctx, name, every)
	if err != nil || !due {
		return err
	}
	turn, err := s.Turn(ctx, "chore "+name)
	if errors.Is(err, ErrTaken) {
		return nil
	}
	if err != nil {
		return err
	}
	defer turn.End()
	// Whoever had the turn may have done it meanwhile.
	if due, err = s.choreDue(ctx, name, every); err != nil || !due {
		return err
	}
	begun := s.now()
	if err := do(ctx); err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO chore (name, begun) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET begun = excluded.begun`,
			name, millis(begun))
		return err
	})
}

// choreDue reports whether it is so long ago that a chore was begun that came to
// its end. A clock that was ahead then does not keep it from being done.
func (s *Store) choreDue(ctx context.Context, name string, every time.Duration) (bool, error) {
	now := s.now()
	var begun int64
	err := s.read.QueryRowContext(ctx, `SELECT begun FROM chore WHERE name = $1`, name).Scan(&begun)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return begun <= millis(now.Add(-every)) || begun > millis(now.Add(clockSkew)), explain(err)
}
