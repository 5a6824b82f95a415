package pipeline

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"
)

// ErrSweepRuns says that another sweep, or a watch, works on the same state.
var ErrSweepRuns = errors.New("another sweep or watch is running")

// Lock makes sure that no other sweep works on the same state. The lock on
// the file is the kernel's: it is gone with the process, however that ends.
func Lock(file string) (unlock func(), err error) {
	lock := flock.New(file)
	ok, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", file, err)
	case !ok:
		return nil, fmt.Errorf("%w (it holds %s)", ErrSweepRuns, file)
	}
	return func() { _ = lock.Unlock() }, nil
}
