package main

import (
	"fmt"
	"time"

	"spamreport/internal/config"
)

// parseSince reads a date or an age.
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return day, nil
	}
	age, err := config.ParseDuration(s)
	if err != nil || age <= 0 {
		return time.Time{}, fmt.Errorf("--since %q: write a date like 2026-01-02 or an age like 7d or 12h", s)
	}
	return now.Add(-age), nil
}
