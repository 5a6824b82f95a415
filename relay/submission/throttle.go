package submission

import (
	"net/netip"
	"sync"
	"time"
)

// throttle slows down those who guess passwords. It counts failures by address
// and by user. An address that has logged in as a user before is not locked
// out by what others try on that user. On loopback all programs share an
// address, so there an address counts only together with the user.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	counts map[string]failures
	good   map[string]struct{} // address and user that belong together
}

// failures are the failed log-ins of one address or of one user.
type failures struct {
	count  int
	last   time.Time
	locked time.Time // until then
}

// Bounds of guessing. An address is locked out after as many failures in a
// row, for longer each time, and forgotten when it has been quiet.
const (
	failuresByAddress = 5
	failuresByUser    = 20
	lockFirst         = time.Minute
	lockLongest       = time.Hour
	forgetAfter       = 6 * time.Hour
	failureDelay      = 250 * time.Millisecond // for each failure
	failureDelayMost  = 3 * time.Second
	throttleEntries   = 10_000
)

func keysOf(addr netip.Addr, user string) (byAddress, byUser, both string) {
	where := network(addr).String()
	if addr.IsLoopback() {
		where += " " + user
	}
	return "address " + where, "user " + user, where + " " + user
}

// wait says for how long a log-in is not even looked at.
func (t *throttle) wait(addr netip.Addr, user string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	byAddress, byUser, both := keysOf(addr, user)
	until := t.counts[byAddress].locked
	if _, good := t.good[both]; !good && t.counts[byUser].locked.After(until) {
		until = t.counts[byUser].locked
	}
	return until.Sub(t.now())
}

// failed counts a failure and says how long to wait with the answer.
func (t *throttle) failed(addr netip.Addr, user string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	byAddress, byUser, _ := keysOf(addr, user)
	n := t.count(byAddress, failuresByAddress)
	t.count(byUser, failuresByUser)
	return min(time.Duration(n)*failureDelay, failureDelayMost)
}

func (t *throttle) count(key string, most int) int {
	now := t.now()
	if t.counts == nil {
		t.counts = make(map[string]failures)
	}
	f := t.counts[key]
	if now.Sub(f.last) > forgetAfter {
		f = failures{}
	}
	f.count, f.last = f.count+1, now
	if over := f.count - most; over >= 0 {
		f.locked = now.Add(min(lockFirst<<min(over, 10), lockLongest))
	}
	t.makeRoom(now)
	t.counts[key] = f
	return f.count
}

// makeRoom bounds the memory: what is old goes first, and whatever comes then.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.counts) < throttleEntries {
		return
	}
	for key, f := range t.counts {
		if now.Sub(f.last) > forgetAfter {
			delete(t.counts, key)
		}
	}
	for key := range t.counts {
		if len(t.counts) < throttleEntries {
			return
		}
		delete(t.counts, key)
	}
}

// succeeded forgives the address.
func (t *throttle) succeeded(addr netip.Addr, user string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	byAddress, _, both := keysOf(addr, user)
	delete(t.counts, byAddress)
	if t.good == nil || len(t.good) >= throttleEntries {
		t.good = make(map[string]struct{})
	}
	t.good[both] = struct{}{}
}
