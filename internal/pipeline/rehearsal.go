package pipeline

import (
	"context"
	"fmt"
	"time"

	"spamreport/complaint"
)

// Rehearsal remembers what a dry run would have filed, so that it counts
// copies and keeps limits as the real run will. Its zero value is ready.
type Rehearsal struct {
	opened map[[2]string]*complaint.Opened // by fingerprint and contact
	last   map[about]time.Time
	filed  map[string]int // by contact
}

type about struct{ what, contact string }

// Rehearse remembers what would have been filed, in a dry run. Like the ledger
// it has the last word: those before may have been examined at the same time.
func (s *Stages) Rehearse(ctx context.Context, c Case) (Case, error) {
	err := c.Each(func(of *Case) error {
		if of.Action != complaint.WouldSend {
			return nil
		}
		past, err := s.past(ctx, of.key)
		if err != nil {
			return fmt.Errorf("look up earlier complaints: %w", err)
		}
		if past.Opened != nil {
			of.opened, of.Complaint = past.Opened, nil
			*of = of.end(complaint.Merged, past.Opened.Why(of.key))
		} else if why, until := s.policy().Wait(of.key, past); why != "" {
			of.Complaint = nil
			*of = of.end(complaint.Deferred, why).after(until)
		}
		s.Rehearsal.add(*of, s.now())
		return nil
	})
	return c, err
}

func (r *Rehearsal) add(c Case, now time.Time) {
	if r == nil || c.Action != complaint.WouldSend {
		return
	}
	r.open(c.key, c.Incident, now)
	r.last[about{c.key.About, c.key.Contact}] = now
	r.filed[c.key.Contact]++
}

// open remembers that there is a complaint about an incident.
func (r *Rehearsal) open(k complaint.Key, inc complaint.Incident, now time.Time) {
	if r == nil {
		return
	}
	if r.opened == nil {
		r.opened, r.last, r.filed = map[[2]string]*complaint.Opened{}, map[about]time.Time{}, map[string]int{}
	}
	r.opened[[2]string{k.Fingerprint, k.Contact}] = &complaint.Opened{
		ID: inc.Case(), Reference: inc.ID(), Action: complaint.WouldSend, On: now,
	}
}

// over adds what was rehearsed to what was filed.
func (r *Rehearsal) over(k complaint.Key, past complaint.Past) complaint.Past {
	if r == nil {
		return past
	}
	if past.Opened == nil {
		past.Opened = r.opened[[2]string{k.Fingerprint, k.Contact}]
	}
	if at := r.last[about{k.About, k.Contact}]; at.After(past.FiledLast) {
		past.FiledLast = at
	}
	past.FiledDay += r.filed[k.Contact]
	return past
}
