package store

import (
	"context"
	"fmt"
)

// Version is the version of the schema of every database that is open.
const Version = target

// QuickCheck reads the whole database for damage, but for the order of the
// indexes, which would take long;
// of a server, whether it answers. What it finds is ErrDamaged.
func (s *Store) QuickCheck(ctx context.Context) error {
	if s.sessions != nil {
		return explain(s.read.PingContext(ctx)) // the server looks after its files
	}
	var verdict string
	if err := s.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return explain(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, verdict)
	}
	return nil
}
