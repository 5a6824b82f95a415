package relay

import (
	"math/rand/v2"
	"slices"
	"time"
)

// parcel is what one transaction carries: a job with those recipients that
// share a destination, at most maxRecipients of them.
type parcel = Job

// destination is where things stand with one place. It is guarded by the
// engine's lock.
type destination struct {
	place
	limits
	backlog []parcel   // by priority, then as they came
	active  int        // couriers at work for it
	idle    []*session // connections that nobody uses now

	trouble int       // failures in a row
	until   time.Time // left alone until then
	cause   error     // why

	overflow int           // parcels put off because the backlog was full
	pace     time.Duration // what a transaction takes, about
}

// idleTime is how long a connection waits for more mail before it is closed.
// Servers mind connections that do nothing.
const idleTime = 5 * time.Second

// A destination that fails is left alone for a while, longer each time.
const (
	firstPause = time.Minute
	maxPause   = 30 * time.Minute
)

// maxBroken is how many connections in a row may break before a destination
// counts as unwell and the rest waits. One reset is often the fault of one
// message, or of a server that was just restarted.
const maxBroken = 3

func (d *destination) paused(now time.Time) bool { return now.Before(d.until) }

// wants says how many more couriers it could use.
func (d *destination) wants(now time.Time) int {
	if d.paused(now) {
		return 0
	}
	return min(d.connections-d.active, len(d.backlog))
}

// unused reports whether the destination can be forgotten: nothing waits for
// it, no connection is open, and its last failure is long past.
func (d *destination) unused(now time.Time) bool {
	return d.active == 0 && len(d.backlog) == 0 && len(d.idle) == 0 && !d.paused(now) &&
		(d.trouble == 0 || now.Sub(d.until) > maxPause)
}

// add puts a parcel into the backlog behind those that are at least as urgent.
// It returns the one that there is no room for any more.
func (d *destination) add(p parcel) (over parcel, full bool) {
	at, _ := slices.BinarySearchFunc(d.backlog, p.Priority, func(have parcel, want Priority) int {
		if have.Priority <= want {
			return -1
		}
		return 1
	})
	d.backlog = slices.Insert(d.backlog, at, p)
	if len(d.backlog) <= d.waiting {
		return parcel{}, false
	}
	last := len(d.backlog) - 1
	over, d.backlog = d.backlog[last], d.backlog[:last]
	return over, true
}

// turn guesses how long it takes until a further parcel that was put off gets
// its turn, so that it does not come back much before.
func (d *destination) turn() time.Duration {
	const soonest, latest = 30 * time.Second, time.Hour
	d.overflow++
	ahead := time.Duration(len(d.backlog)+d.overflow) * d.pace / time.Duration(max(d.connections, 1))
	return vary(min(max(ahead, soonest), latest))
}

// worked notes that a transaction came to its end.
func (d *destination) worked(took time.Duration) {
	d.trouble, d.cause = 0, nil
	d.overflow = max(d.overflow-1, 0)
	if d.pace == 0 {
		d.pace = took
	}
	d.pace = (7*d.pace + took) / 8
}

// failed notes a failure, and pauses after the limit of those in a row.
func (d *destination) failed(now time.Time, cause error, limit int) (pause bool) {
	d.trouble++
	d.cause = cause
	if d.trouble < limit {
		return false
	}
	d.until = now.Add(vary(min(firstPause<<min(d.trouble-limit, 10), maxPause)))
	return true
}

// takeIdle returns a connection that is still good, and those that are not.
func (d *destination) takeIdle(now time.Time) (good *session, old []*session) {
	for len(d.idle) > 0 && good == nil {
		last := len(d.idle) - 1
		s := d.idle[last]
		d.idle = d.idle[:last]
		if now.Sub(s.idle) < idleTime {
			good = s
		} else {
			old = append(old, s)
		}
	}
	return good, old
}

// vary changes a time by up to a tenth in both directions: what failed
// together should not come back together.
func vary(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 - jitter/2 + jitter*rand.Float64())) // #nosec G404 -- spreads load
}
