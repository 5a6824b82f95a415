package lookup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// servers keeps the manners towards every server that is asked: one query in
// flight, a rate, and a circuit breaker that leaves a server alone which fails
// or asks to be left alone.
type servers struct {
	rates map[string]float64

	mu   sync.Mutex
	byID map[string]*server
}

const (
	// Registries publish no common limit; these are well below the ones that
	// are known (RIPE and APNIC block by queries a day, ARIN by the minute).
	rdapRate, rdapBurst   = 5, 10
	whoisRate, whoisBurst = 2, 5

	// breakerThreshold failures in a row open the breaker, for breakerFirst at
	// first and twice as long each time, up to breakerLast.
	breakerThreshold = 3
	breakerFirst     = 30 * time.Second
	breakerLast      = 10 * time.Minute
	// refusalPause is how long a server is left alone that says "too many
	// queries" without saying until when.
	refusalPause = 5 * time.Minute
)

// server is the state kept for one host.
type server struct {
	slot    chan struct{} // holds a token while no query is in flight
	limiter *rate.Limiter

	mu       sync.Mutex
	failures int
	slow     int       // slow answers in a row
	closed   time.Time // no queries before
	why      string
}

func newServers(rates map[string]float64) *servers {
	return &servers{rates: rates, byID: make(map[string]*server)}
}

// get finds or makes the state of a server. perSecond of 0 is no limit.
func (s *servers) get(name string, perSecond float64, burst int) *server {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.byID[name]; ok {
		return have
	}
	host, _, err := net.SplitHostPort(name)
	if err != nil {
		host = name
	}
	if own, ok := s.rates[host]; ok {
		perSecond, burst = own, max(1, int(own))
	}
	limit := rate.Limit(perSecond)
	if perSecond <= 0 {
		limit = rate.Inf
	}
	one := &server{slot: make(chan struct{}, 1), limiter: rate.NewLimiter(limit, burst)}
	one.slot <- struct{}{}
	s.byID[name] = one
	return one
}

// errLeftAlone: the breaker is open.
type errLeftAlone struct {
	until time.Time
	why   string
}

func (e errLeftAlone) Error() string {
	return fmt.Sprintf("left alone for %s more: %s", time.Until(e.until).Round(time.Second), e.why)
}

// enter waits for the turn. The caller must leave again.
func (s *server) enter(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.slot:
	}
	if err := s.open(); err != nil {
		s.leave()
		return err
	}
	if err := s.pace(ctx); err != nil {
		s.leave()
		return err
	}
	return nil
}

// longestPace is how long a query waits for the rate of its server. At a rate
// of a few queries an hour, another source or the next run is the better way.
const longestPace = 30 * time.Second

// pace waits until the rate allows a query.
func (s *server) pace(ctx context.Context) error {
	reserved := s.limiter.Reserve()
	wait := reserved.Delay()
	if wait > longestPace {
		reserved.Cancel()
		return errLeftAlone{time.Now().Add(wait), "the rate that is configured for it"}
	}
	if err := sleep(ctx, wait); err != nil {
		reserved.Cancel()
		return err
	}
	return nil
}

func (s *server) leave() { s.slot <- struct{}{} }

// turn is a lookup's place at the servers. It holds the slot of one server at
// a time, and the last one until the answer is remembered: whoever waits for
// the slot with an address of the same network then finds it in the cache.
type turn struct {
	learned func() *remembered // what another lookup has learned meanwhile, or nil
	// known is what that was when the turn came, for good: the cache may forget it
	// at any moment.
	known *remembered
	held  *server
	taken time.Time
	// lost is the time that failed queries of one source took. Servers that do
	// not answer tend to come together (no network, no DNS); a source gives up
	// after one time-out of it, however many servers it could still try.
	lost time.Duration
	// port43 is the WHOIS server that an RDAP answer names (RFC 9083 §4.7).
	port43 string
}

// errKnownMeanwhile: while a query waited for its turn another one learned the
// network; see turn.known.
var errKnownMeanwhile = errors.New("known meanwhile")

// take gives up the slot that is held, if any, and waits for the next; holding
// one and waiting for another could block two lookups for good.
func (t *turn) take(ctx context.Context, s *server) error {
	t.drop()
	if err := s.enter(ctx); err != nil {
		return err
	}
	t.held, t.taken = s, time.Now()
	if t.known = t.learned(); t.known != nil {
		return errKnownMeanwhile
	}
	return nil
}

// failed counts the time of a query that came to nothing. Waiting for the turn
// is no part of it.
func (t *turn) failed() { t.lost += time.Since(t.taken) }

func (t *turn) drop() {
	if t.held != nil {
		t.held.leave()
		t.held = nil
	}
}

func (s *server) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.closed) {
		return errLeftAlone{s.closed, s.why}
	}
	return nil
}

// worked closes the circuit again.
func (s *server) worked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures, s.closed = 0, time.Time{}
}

// answered notes an answer that took so long. A server that needs more than half
// of the time-out for each answers, but keeps everybody waiting who asks about
// something else meanwhile: after a few such answers it is left alone for a
// while, as one that fails is, but not longer each time.
func (s *server) answered(took, timeout time.Duration) {
	s.worked()
	s.mu.Lock()
	defer s.mu.Unlock()
	if took <= timeout/2 {
		s.slow = 0
		return
	}
	if s.slow++; s.slow < breakerThreshold {
		return
	}
	s.slow = 0
	s.closed = time.Now().Add(jitter(breakerFirst))
	s.why = fmt.Sprintf("%d slow answers in a row, the last after %s", breakerThreshold, took.Round(100*time.Millisecond))
}

// failed counts a failure; enough of them open the breaker.
func (s *server) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
	if s.failures < breakerThreshold {
		return
	}
	pause := min(breakerFirst<<min(s.failures-breakerThreshold, 10), breakerLast)
	s.closed = time.Now().Add(jitter(pause))
	s.why = fmt.Sprintf("%d failures in a row, the last: %s", s.failures, oneLine(err.Error(), 100))
}

// closeFor leaves the server alone because it asked for that.
func (s *server) closeFor(pause time.Duration, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = time.Now().Add(min(pause, 24*time.Hour))
	s.why = why
}

// jitter spreads the return of many clients: between the whole and half more.
func jitter(d time.Duration) time.Duration {
	return d + rand.N(d/2+1) // #nosec G404 -- spreads load
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
