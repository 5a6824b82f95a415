package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"
)

// fileOwners are processes on one file. Each holds a lock on one
// octet of a file, at the position of its owner number. Open file description
// locks, unlike the older kind, belong to the open file: they do not vanish
// when another part of the program opens and closes the same file, and two
// stores of one process count as two. The file itself stays empty.
type fileOwners struct {
	file *os.File // nil for a database in memory
	id   int64
}

// The octet that is locked while the database is upgraded. Owners have larger
// numbers.
const upgradeOctet = 1

func openOwners(path string) (*fileOwners, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		o := &fileOwners{file: f, id: upgradeOctet + 1 + rand.Int64N(1<<61)} // #nosec G404 -- apart from others, not secret
		err := o.lock(unix.F_OFD_SETLK, o.id, unix.F_WRLCK)
		if errors.Is(err, unix.EAGAIN) {
			continue // the number is taken
		}
		if err != nil {
			_ = f.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		return o, nil
	}
}

func (o *fileOwners) lock(command int, octet int64, kind int16) error {
	for {
		err := unix.FcntlFlock(o.file.Fd(), command, &unix.Flock_t{Type: kind, Start: octet, Len: 1})
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// exclusively runs f while no other process does.
func (o *fileOwners) exclusively(_ context.Context, f func() error) error {
	if err := o.lock(unix.F_OFD_SETLKW, upgradeOctet, unix.F_WRLCK); err != nil {
		return err
	}
	defer func() { _ = o.lock(unix.F_OFD_SETLK, upgradeOctet, unix.F_UNLCK) }()
	return f()
}

func (o *fileOwners) number() int64 { return o.id }

// gone implements owners.
func (o *fileOwners) gone(_ context.Context, _ *sql.Tx, leases []lease, now int64) ([]int64, error) {
	var gone []int64
	for _, l := range leases {
		if o.isGone(l, now) {
			gone = append(gone, l.owner)
		}
	}
	return gone, nil
}

func (o *fileOwners) isGone(l lease, now int64) bool {
	if o.file == nil || l.owner == o.id {
		return false
	}
	probe := unix.Flock_t{Type: unix.F_WRLCK, Start: l.owner, Len: 1}
	if err := unix.FcntlFlock(o.file.Fd(), unix.F_OFD_GETLK, &probe); err != nil {
		return l.until < now
	}
	return probe.Type == unix.F_UNLCK
}

// others reports whether another process has the database open.
func (o *fileOwners) others() bool {
	if o.file == nil {
		return false
	}
	probe := unix.Flock_t{Type: unix.F_WRLCK, Start: upgradeOctet + 1} // to the end
	err := unix.FcntlFlock(o.file.Fd(), unix.F_OFD_GETLK, &probe)
	return err == nil && probe.Type != unix.F_UNLCK
}

func (o *fileOwners) close() error {
	if o.file == nil {
		return nil
	}
	return o.file.Close()
}
