package store

import (
	"context"
	"database/sql"
)

// owners tells which processes with leases are alive.
type owners interface {
	// number is this process.
	number() int64
	// gone picks the owners that no longer exist.
	gone(ctx context.Context, tx *sql.Tx, leases []lease, now int64) ([]int64, error)
	// exclusively runs f while no other process does.
	exclusively(ctx context.Context, f func() error) error
	close() error
}

// lease is what an owner has: until is the end of its last lease, in
// milliseconds since 1970.
type lease struct{ owner, until int64 }
