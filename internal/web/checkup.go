package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"spamreport/internal/contract"
)

// firstCheckup is when every part is examined for the first time, after the
// start. What breaks by itself (a permission or a certificate that ends, a disk
// that fills, a blocklist) is then on the page before it is missed.
const firstCheckup = time.Minute

// checkup is what the last examination found.
type checkup struct {
	asked chan struct{} // somebody wants one now

	mu       sync.Mutex
	found    []contract.Check
	at       time.Time // when it ended; zero: none did yet
	underWay bool
}

// ask has an examination begin, unless one is under way.
func (c *checkup) ask() {
	c.begin()
	select {
	case c.asked <- struct{}{}:
	default:
	}
}

func (c *checkup) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay = true
}

func (c *checkup) end(found []contract.Check, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found, c.at, c.underWay = found, at, false
}

// last is what the page shows, the faults first.
func (c *checkup) last() checkupView {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := slices.Clone(c.found)
	slices.SortStableFunc(found, func(a, b contract.Check) int { return urgency[a.Status] - urgency[b.Status] })
	return checkupView{Found: found, At: c.at, UnderWay: c.underWay}
}

// urgency orders results by how much they want of the user.
var urgency = map[string]int{"fail": -2, "warn": -1}

// checkupView is the page of what works.
type checkupView struct {
	Found    []contract.Check
	At       time.Time
	UnderWay bool
}

// Failed is how many parts do not work.
func (v checkupView) Failed() (n int) {
	for _, c := range v.Found {
		if c.Status == "fail" {
			n++
		}
	}
	return n
}

// keepExamined examines every part when it is time, and when it is asked for.
func (s *Site) keepExamined(ctx context.Context) {
	if s.Examine == nil {
		return
	}
	var due <-chan time.Time // never
	if s.Every > 0 {
		due = time.After(firstCheckup)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-due:
		case <-s.checkup.asked:
		}
		s.checkup.begin()
		found := s.Examine(ctx)
		if ctx.Err() != nil {
			return // what was cut off tells nothing
		}
		s.checkup.end(found, s.Now())
		if s.Every > 0 {
			due = time.After(s.Every)
		}
	}
}

func (s *Site) showCheckup(v *visit) error {
	return v.show("checkup", "Check-up", s.checkup.last())
}

func (s *Site) startCheckup(v *visit) error {
	if s.Examine == nil {
		return errNotFound
	}
	s.checkup.ask()
	v.redirect("/checkup")
	return nil
}
