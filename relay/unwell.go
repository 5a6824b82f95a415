package relay

import (
	"net/netip"
	"sync"
	"time"
)

// unwell are servers that closed the connection in the middle of a transaction,
// with a 421 or without a word. For a while they are asked after all others of
// their domain: one that takes every connection, only to close it, would
// otherwise keep mail from ever reaching the others (RFC 5321 §5.1).
type unwell struct {
	mu    sync.Mutex
	until map[netip.Addr]time.Time
}

// unwellTime is longer than it takes until the mail is tried again.
const unwellTime = 30 * time.Minute

const unwellMost = 1000

func (u *unwell) note(addr netip.Addr, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.until == nil || len(u.until) >= unwellMost {
		u.until = make(map[netip.Addr]time.Time) // who is unwell still will show it
	}
	u.until[addr] = now.Add(unwellTime)
}

func (u *unwell) is(addr netip.Addr, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return now.Before(u.until[addr])
}
