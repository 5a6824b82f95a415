package relay

import (
	"sync"
	"time"
)

// rush knows when mail comes in message upon message. Then what comes in goes
// first: somebody waits for each 250, and nobody for a delivery that begins a
// moment later. Deliveries that have begun go on.
//
// The rush is over when nothing came in for a moment, and it counts for no
// longer than longestRush: however much comes in, no message waits longer for
// its turn.
type rush struct {
	mu    sync.Mutex
	news  bool      // something was put into the queue that the dispatcher has not looked for
	last  time.Time // when a message was accepted
	since time.Time // when the rush began, as far as the dispatcher waits for its end; zero: there is none
}

// lull ends a rush; see there.
const (
	lull        = 20 * time.Millisecond
	longestRush = time.Second
)

// accepted notes that a message came in.
func (r *rush) accepted(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() && now.Sub(r.last) < lull {
		r.since = now
	}
	r.last, r.news = now, true
}

// put notes that there is something in the queue that did not come in through
// Accept.
func (r *rush) put() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.news = true
}

// look tells the dispatcher whether there is something to look for now, or
// else how long to wait; zero: there is nothing new.
func (r *rush) look(now time.Time) (ready bool, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.news {
		return false, 0
	}
	if !r.since.IsZero() {
		wait = min(r.last.Add(lull).Sub(now), r.since.Add(longestRush).Sub(now))
	}
	if wait > 0 {
		return false, wait
	}
	r.news, r.since = false, time.Time{}
	return true, 0
}
