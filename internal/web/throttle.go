package web

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Guessing: so many tries at once from one place, and then one every so often;
// and a bound for all places together, which is also how much work hashing may
// make.
const (
	triesAtOnce  = 5
	nextTry      = 15 * time.Second
	triesOfAll   = 30
	nextTryOfAll = 2 * time.Second
	maxPlaces    = 10_000
)

// throttle slows down those who guess the password.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	all    *rate.Limiter
	places map[netip.Prefix]*rate.Limiter
}

// try takes a try away, and says how long to wait when there is none.
func (t *throttle) try(r *http.Request) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, place := t.now(), placeOf(r)
	if t.all == nil {
		t.all = rate.NewLimiter(rate.Every(nextTryOfAll), triesOfAll)
	}
	if len(t.places) >= maxPlaces || t.places == nil {
		t.places = map[netip.Prefix]*rate.Limiter{} // the bound for all stays
	}
	if t.places[place] == nil {
		t.places[place] = rate.NewLimiter(rate.Every(nextTry), triesAtOnce)
	}
	if !t.places[place].AllowN(now, 1) {
		return nextTry, false
	}
	return nextTryOfAll, t.all.AllowN(now, 1)
}

// forgive lets somebody who knew the password slip as often as before.
func (t *throttle) forgive(r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.places, placeOf(r))
}

// placeOf is where a request comes from. Who has an IPv6 network has all its
// addresses.
func placeOf(r *http.Request) netip.Prefix {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{} // a Unix socket: one place
	}
	bits := 32
	if addr = addr.Unmap(); addr.Is6() {
		bits = 64
	}
	place, _ := addr.WithZone("").Prefix(bits)
	return place
}
