package relay

import "time"

// Schedule says when a message that could not be delivered is tried again.
type Schedule struct {
	// Delays follow the attempts: the first after the first attempt, and so
	// on; the last is used from then on.
	Delays []time.Duration
	// Expire is the age at which a message fails for good.
	Expire time.Duration
	// Unreachable caps the delay when the smarthost, which everything goes to,
	// could not be reached at all. It is no fault of the message, and when the
	// line is back nobody should wait for hours.
	Unreachable time.Duration
}

// DefaultSchedule follows RFC 5321 §4.5.4.1: soon at first, since most faults
// (greylisting, a restart) are over within minutes, at least half an hour
// apart later, and giving up after four to five days.
func DefaultSchedule() Schedule {
	return Schedule{
		Delays: []time.Duration{
			5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
			time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
		},
		Expire:      5 * 24 * time.Hour,
		Unreachable: 30 * time.Minute,
	}
}

// jitter is how much a delay varies, as a fraction: messages that failed
// together should not come back together.
const jitter = 0.2

// delay returns how long to wait after so many attempts.
func (s Schedule) delay(attempts int, unreachable bool) time.Duration {
	d := s.Delays[min(max(attempts, 1), len(s.Delays))-1]
	if unreachable {
		d = min(d, s.Unreachable)
	}
	return vary(d)
}
