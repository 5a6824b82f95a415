package limit

import (
	"math"
	"time"
)

// Warmup is the plan for a new sending address. Receivers distrust an address
// that they have never seen and that sends much at once, so it starts with a
// little and sends somewhat more each day.
type Warmup struct {
	// MonthlyGoal is how many recipients a month are wanted in the end; 0 is no
	// plan.
	MonthlyGoal int
	// Start is any moment of the first day.
	Start time.Time
	// Days is after how many days the goal is reached; DefaultDays when 0.
	Days int
	// First is the quota of the first day; a tenth of the last one when 0, at
	// least 1 and at most mostFirst.
	First int
}

// DefaultDays is how long the big receivers take to know an address.
const DefaultDays = 30

// mostFirst is what an unknown address may send anywhere without being noticed.
const mostFirst = 50

// Daily is the quota of each day once the goal is reached: a thirtieth of it.
func (w Warmup) Daily() int { return max(1, w.MonthlyGoal/30) }

// Length is the number of days until then.
func (w Warmup) Length() int {
	if w.Days > 0 {
		return w.Days
	}
	return DefaultDays
}

// Day is the number of the day of a moment, 1 for the first one. Before the
// start it is 1 too: the plan has not begun, and the address is as new.
func (w Warmup) Day(t time.Time) int {
	start := w.Start.In(t.Location())
	return max(1, int(noonUTC(t).Sub(noonUTC(start))/(24*time.Hour))+1)
}

// noonUTC makes dates comparable: in UTC every day has 24 hours.
func noonUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
}

// Most is the quota of a day. From the first day to the last, each day has
// the same factor over the one before:
//
//	first × (daily ÷ first) ^ ((day − 1) ÷ (days − 1)), rounded up
func (w Warmup) Most(day int) int {
	last, first := w.Daily(), w.first()
	if day >= w.Length() {
		return last
	}
	share := float64(day-1) / float64(w.Length()-1)
	grown := float64(first) * math.Pow(float64(last)/float64(first), share)
	return min(last, int(math.Ceil(grown-1e-9))) // a whole number may come out a little above itself
}

func (w Warmup) first() int {
	if w.First > 0 {
		return min(w.First, w.Daily())
	}
	return min(max(1, w.Daily()/10), mostFirst)
}
