package submission

import (
	"net/netip"
	"sync"
	"time"
)

// throttle slows down those who guess passwords. It counts failures by address
// and by user. An address that has logged in as a user before is not locked out
// by what others try. On loopback all programs share an address, so there it
// counts together with the user: a program with an old password locks nobody out
// but itself. What all programs of this machine try together has a bound of its
// own.
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

// Bounds of guessing. An address or user is locked out after as many failures
// in a row, for longer each time, and forgotten when it has been quiet. For all of
// this machine the lock does not grow: some program on it may fail all day.
const (
	failuresByAddress = 5
	failuresByUser    = 20
	failuresByMachine = 50
	lockFirst         = time.Minute
	lockLongest       = time.Hour
	forgetAfter       = 6 * time.Hour
	failureDelay      = 250 * time.Millisecond // for each failure
	failureDelayMost  = 3 * time.Second
	throttleEntries   = 10_000
)

// counter is what a failed log-in counts in.
type counter struct {
	key     string
	most    int           // failures before it locks
	longest time.Duration // that it locks
	trusts  bool          // it does not lock out who has logged in before
}

// countersOf are the counters of a log-in, the strictest first, and what to
// remember it by when it succeeds.
func countersOf(addr netip.Addr, user string) (counters []counter, pair string) {
	where := network(addr).String()
	pair = where + " " + user
	byUser := counter{"user " + user, failuresByUser, lockLongest, true}
	if addr.IsLoopback() {
		return []counter{
			{"address " + pair, failuresByAddress, lockLongest, false},
			byUser,
			{"this machine", failuresByMachine, lockFirst, true},
		}, pair
	}
	return []counter{{"address " + where, failuresByAddress, lockLongest, false}, byUser}, pair
}

// wait says for how long a log-in is not even looked at.
func (t *throttle) wait(addr netip.Addr, user string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.counts) == 0 {
		return 0 // as nearly always
	}
	counters, pair := countersOf(addr, user)
	_, good := t.good[pair]
	var until time.Time
	for _, c := range counters {
		if locked := t.counts[c.key].locked; !(good && c.trusts) && locked.After(until) {
			until = locked
		}
	}
	return until.Sub(t.now())
}

// failed counts a failure and says how long to wait with the answer.
func (t *throttle) failed(addr netip.Addr, user string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	counters, _ := countersOf(addr, user)
	for _, c := range counters {
		t.count(c)
	}
	return min(time.Duration(t.counts[counters[0].key].count)*failureDelay, failureDelayMost)
}

func (t *throttle) count(c counter) {
	now := t.now()
	if t.counts == nil {
		t.counts = make(map[string]failures)
	}
	f := t.counts[c.key]
	if now.Sub(f.last) > forgetAfter {
		f = failures{}
	}
	f.count, f.last = f.count+1, now
	if over := f.count - c.most; over >= 0 {
		f.locked = now.Add(min(lockFirst<<min(over, 10), c.longest))
	}
	t.makeRoom(now)
	t.counts[c.key] = f
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
	counters, pair := countersOf(addr, user)
	delete(t.counts, counters[0].key)
	if _, known := t.good[pair]; known {
		return
	}
	if t.good == nil || len(t.good) >= throttleEntries {
		t.good = make(map[string]struct{})
	}
	t.good[pair] = struct{}{}
}
