package store

import (
	"fmt"
	"time"
)

// shortage is a message that there was no room for.
type shortage struct {
	adds int64     // of the disk
	at   time.Time // when it was refused
}

// shortageLasts is how long a shortage counts. Then a message is let in again to
// find out.
const shortageLasts = time.Second

// grows is what a message may gain on its way into the queue: a trace, a
// signature.
const grows = 4 << 10

// Room reports whether a message of so many octets would be refused for want of
// room, as far as that is known: one that was no larger has just been. Zero octets
// is a message of unknown size. It asks nobody, so it costs nothing.
func (s *Store) Room(octets int64) error {
	short := s.short.Load()
	if short == nil || s.now().Sub(short.at) > shortageLasts {
		return nil
	}
	if octets > 0 && footprint(int(octets+grows)) < short.adds {
		return nil
	}
	return fmt.Errorf("%w: there was no room for a message a moment ago", ErrDiskFull)
}

// runShort notes that there was no room for a message.
func (s *Store) runShort(adds int64) { s.short.Store(&shortage{adds, s.now()}) }
