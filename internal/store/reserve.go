package store

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// New messages stop before the disk is full, so that what is known of the old
// ones can still be written: a delivery that cannot be recorded would have to
// be repeated.
//
// What was committed lies in the log first and is copied into the database
// later (a checkpoint), which may then grow by the size of the log. So as much
// must stay free as the log has, and some more for the records themselves.

// reserve is that some more, in octets: a few records, each committed alone.
const reserve = 256 << 10

// worthIt is the size of the log from which on a checkpoint makes room.
const worthIt = 64 << 10

// footprint is what a message takes of the room: its octets and the pages that
// it changes, in the log and then in the database.
func footprint(octets int) int64 { return 2 * (int64(octets) + 16<<10) }

// makeRoom returns how many octets new messages may take, which is as much as
// needed where that can be had.
func (s *Store) makeRoom(ctx context.Context, needed int64) int64 {
	if s.path == "" {
		return math.MaxInt64 // in memory
	}
	free, known := freeSpace(filepath.Dir(s.path))
	if !known {
		return math.MaxInt64
	}
	log := s.logSize()
	if room := free - log - reserve; room >= needed {
		return room
	}
	if log >= worthIt {
		// When it fails, the write that follows says why.
		_, _ = s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		free, _ = freeSpace(filepath.Dir(s.path))
		log = s.logSize()
	}
	// Pages of messages that are gone are used again, but only the second half
	// of a footprint is in the database.
	return min(free+s.unused(ctx)-log, 2*free) - reserve
}

// logSize is the size of the log, in octets.
func (s *Store) logSize() int64 {
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// unused is how much of the database holds nothing, in octets.
func (s *Store) unused(ctx context.Context) int64 {
	var pages, size int64
	err := s.write.QueryRowContext(ctx, "SELECT freelist_count, page_size FROM pragma_freelist_count, pragma_page_size").
		Scan(&pages, &size)
	if err != nil {
		return 0
	}
	return pages * size
}

func noRoom(room int64) error {
	return fmt.Errorf("%w: %d KB are left for new messages", ErrDiskFull, max(room, 0)>>10)
}
