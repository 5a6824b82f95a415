package relay

import (
	"slices"
	"time"
)

// sort puts leased jobs into the backlogs of their destinations. It returns
// what there is no room for.
func (e *engine) sort(jobs []Job) (over []Delay) {
	now := e.now()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, job := range jobs {
		for at, recipients := range e.split(job) {
			d := e.destination(at)
			for part := range slices.Chunk(recipients, maxRecipients) {
				p := job
				p.Recipients = part
				extra, full := d.add(p)
				e.waiting++
				switch {
				case d.paused(now):
					over = append(over, e.leave(d)...)
				case full:
					e.waiting--
					over = append(over, e.postpone(d, extra, now))
				}
			}
		}
	}
	return over
}

// split tells which recipients of a job go where.
func (e *engine) split(job Job) map[place][]Pending {
	source := e.source(job.Submitter)
	parts := make(map[place][]Pending, 1)
	for _, p := range job.Recipients {
		at := place{e.Route.next(p.Domain), source}
		parts[at] = append(parts[at], p)
	}
	return parts
}

func (e *engine) destination(at place) *destination {
	d := e.destinations[at]
	if d == nil {
		d = &destination{place: at, limits: e.Route.limits(), pace: time.Second}
		e.destinations[at] = d
	}
	return d
}

// postpone puts off what a backlog has no room for. A Flush does not wait for
// its turn by the clock: it looks again when the backlog is done.
func (e *engine) postpone(d *destination, p parcel, now time.Time) Delay {
	e.again = true
	until := now
	if e.forever {
		until = now.Add(d.turn())
	}
	return delay(p, until, "")
}

// leave empties the backlog of a destination that is left alone for a while.
func (e *engine) leave(d *destination) (delays []Delay) {
	why := "put off: " + printable(d.cause.Error())
	until := d.until
	if d.only {
		until, why = time.Time{}, "" // nothing is leased meanwhile
	}
	for _, p := range d.backlog {
		at := until
		if !at.IsZero() {
			at = at.Add(vary(firstPause) - firstPause) // not all at the same moment
			e.report.PutOff += len(p.Recipients)
		}
		delays = append(delays, delay(p, at, why))
	}
	e.waiting -= len(d.backlog)
	d.backlog = nil
	return delays
}

func delay(p parcel, until time.Time, why string) Delay {
	d := Delay{ID: p.ID, Until: until, Why: why}
	for _, to := range p.Recipients {
		d.Recipients = append(d.Recipients, to.Address)
	}
	return d
}
