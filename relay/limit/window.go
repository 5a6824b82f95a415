package limit

import "time"

// Unit is how long a window is.
type Unit string

// The units.
const (
	Minute Unit = "minute"
	Hour   Unit = "hour"
	Day    Unit = "day"
	Month  Unit = "month"
)

// unitNames are the ways to write a unit.
var unitNames = map[string]Unit{
	"min": Minute, "minute": Minute, "h": Hour, "hour": Hour, "d": Day, "day": Day, "month": Month,
}

// Window is a stretch of time in which recipients are counted.
type Window struct {
	Name  string // "day 2026-11-24"; no two windows share one
	Start time.Time
	Reset time.Time // when the next one starts
}

// window is the window of a unit that a moment lies in. Days and months are
// those of the moment's location.
func (u Unit) window(t time.Time) Window {
	w := Window{Name: u.name(t)}
	switch u {
	case Minute, Hour:
		length := time.Minute
		if u == Hour {
			length = time.Hour
		}
		w.Start = t.Truncate(length)
		w.Reset = w.Start.Add(length)
	case Day:
		w.Start, w.Reset = u.first(date(t, 0, 0), t), u.next(date(t, 0, 1), t)
	case Month:
		w.Start, w.Reset = u.first(date(t, 0, 1-t.Day()), t), u.next(date(t, 1, 1-t.Day()), t)
	}
	return w
}

func (u Unit) name(t time.Time) string {
	switch u {
	case Minute:
		return "minute " + t.UTC().Format("2006-01-02T15:04Z")
	case Hour:
		return "hour " + t.UTC().Format("2006-01-02T15Z")
	case Month:
		return "month " + t.Format("2006-01")
	}
	return "day " + t.Format(time.DateOnly)
}

// date is the start of a day, so many months and days after that of t.
func date(t time.Time, months, days int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(months), t.Day()+days, 0, 0, 0, 0, t.Location())
}

// quarter divides every difference between two zones.
const quarter = 15 * time.Minute

// first corrects a guess of when the window of t begins, and next one of when
// the window after it does. Where the clocks change at midnight, 0:00 comes
// twice or not at all, and Samoa once left out a whole day.
func (u Unit) first(guess, t time.Time) time.Time {
	for u.name(guess) != u.name(t) {
		guess = guess.Add(quarter)
	}
	for u.name(guess.Add(-quarter)) == u.name(t) {
		guess = guess.Add(-quarter)
	}
	return guess
}

func (u Unit) next(guess, t time.Time) time.Time {
	for u.name(guess) == u.name(t) {
		guess = guess.Add(quarter)
	}
	for u.name(guess.Add(-quarter)) != u.name(t) {
		guess = guess.Add(-quarter)
	}
	return guess
}
