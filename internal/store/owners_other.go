//go:build !linux

package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
)

// fileOwners is the version for systems without open file description locks:
// the leases of a process that was killed end by time alone.
type fileOwners struct{ id int64 }

func openOwners(string) (*fileOwners, error) {
	return &fileOwners{id: 1 + rand.Int64N(1<<61)}, nil
}

func (o *fileOwners) exclusively(_ context.Context, f func() error) error { return f() }

func (o *fileOwners) number() int64 { return o.id }

// gone implements owners.
func (o *fileOwners) gone(_ context.Context, _ *sql.Tx, leases []lease, now int64) ([]int64, error) {
	var gone []int64
	for _, l := range leases {
		if l.owner != o.id && l.until < now {
			gone = append(gone, l.owner)
		}
	}
	return gone, nil
}

// others reports whether another process has the database open, if that is known.
func (o *fileOwners) others() bool { return false }

func (o *fileOwners) close() error { return nil }
