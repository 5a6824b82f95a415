package headers

import (
	"testing"
	"time"
)

func TestDatesAsServersWriteThem(t *testing.T) {
	want := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	for _, s := range []string{
		"Thu, 1 Jan 2026 10:00:00 +0000",
		"Thu, 01 Jan 2026 10:00:00 GMT",
		"Thu, 1 Jan 2026 02:00:00 -0800 (PST)",
		"Thu, 1 Jan 2026 15:30:00 +0530",
		"1 Jan 2026 10:00:00 -0000",
		"Thu, 1 Jan 26 10:00 UT",
		"Thu, 1 Jan 2026 10:00:00",
		"Thu Jan  1 10:00:00 2026",
		"Thu, 01 Jan 2026 10:00:00.104 +0000 (UTC)",
		"2026-01-01 10:00:00.161069844 +0000 UTC m=+6272909.969457568",
		"Thu, 1 January 2026 05:00:00 EST",
		"Thu,1 Jan 2026 10:00:00 +0000",
	} {
		if got := parseTime(s); !got.Equal(want) {
			t.Errorf("%q: %s", s, got)
		}
	}
	for _, s := range []string{"", "yesterday", "Thu, 31 Feb 2026 10:00:00 +0000", "Thu, 1 Jan 2026", "Thu, 1 Jan 2026 25:00:00 +0000", "1 2 3 4 5 6", ":::"} {
		if got := parseTime(s); !got.IsZero() {
			t.Errorf("%q: %s", s, got)
		}
	}
}

func TestDatesThatCannotBe(t *testing.T) {
	for s, faulty := range map[string]bool{
		"Thu, 1 Jan 2026 10:00:00 +0000":       false,
		"Thu, 1 Jan 2026 23:00:00 -0800 (PST)": false,
		"Fri, 2 Jan 2026 01:00:00 +1300":       false,
		"1 Jan 2026 10:00:00 -0000":            false,
		"":                                     false,
		"not a date":                           false,
		"Mon, 1 Jan 2026 10:00:00 +0000":       true,
		"Thu, 1 Jan 2026 10:00:00 -0780":       true,
		"Thu, 1 Jan 2026 10:00:00 +2500":       true,
		"Thu, 31 Feb 2026 10:00:00 +0000":      true,
		"Thu, 1 Jan 2026 29:00:00 +0000":       true,
		"Thu, 1 Jan 1970 10:00:00 +0000":       true,
	} {
		if got := dateFault(s); (got != "") != faulty {
			t.Errorf("%q: %q", s, got)
		}
	}
}
