package limit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	_ "time/tzdata" // the zones of the tests, wherever they run

	"spamreport/relay/limit"
)

func TestARateIsWrittenAsPeopleSayIt(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"none", " ", "[]"},
		{"a day", "50/day", "[50/day]"},
		{"short units", "1/min,2/h , 3 / d", "[1/minute 2/hour 3/day]"},
		{"several", "10/minute, 200/day,3000/month", "[10/minute 200/day 3000/month]"},
		{"no number", "many/day", "is not a rate"},
		{"none at all", "0/day", "is not a rate"},
		{"negative", "-1/day", "is not a rate"},
		{"no unit", "50", "is not a rate"},
		{"an unknown unit", "50/fortnight", "is not a rate"},
		{"too many", "4000000000/day", "is not a rate"},
		{"an empty one among others", "50/day,", "is not a rate"},
		{"two for one unit", "50/day, 60/d", "two rates for each day"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rates, err := limit.Parse(tc.text)
			if got := fmt.Sprint(rates, err); !strings.Contains(got, tc.want) {
				t.Errorf("%q is %s, not %s", tc.text, got, tc.want)
			}
		})
	}
}

func TestAWindowIsOneOfTheCalendar(t *testing.T) {
	for _, tc := range []struct{ name, zone, at, unit, want string }{
		{"a minute", "Europe/Berlin", "2026-11-24T10:11:12Z", "minute", "minute 2026-11-24T10:11Z 2026-11-24T10:11:00Z–2026-11-24T10:12:00Z"},
		{"an hour", "Asia/Kolkata", "2026-11-24T10:11:12Z", "hour", "hour 2026-11-24T10Z 2026-11-24T10:00:00Z–2026-11-24T11:00:00Z"},
		{"a day begins at local midnight", "Europe/Berlin", "2026-11-24T23:30:00Z", "day", "day 2026-11-25 2026-11-24T23:00:00Z–2026-11-25T23:00:00Z"},
		{"the last moment of a day", "UTC", "2026-11-24T23:59:59Z", "day", "day 2026-11-24 2026-11-24T00:00:00Z–2026-11-25T00:00:00Z"},
		{"a day of 23 hours", "Europe/Berlin", "2026-03-29T12:00:00Z", "day", "day 2026-03-29 2026-03-28T23:00:00Z–2026-03-29T22:00:00Z"},
		{"a day of 25 hours", "Europe/Berlin", "2026-10-25T12:00:00Z", "day", "day 2026-10-25 2026-10-24T22:00:00Z–2026-10-25T23:00:00Z"},
		{"the day before one without midnight", "Asia/Beirut", "2022-03-26T20:00:00Z", "day", "day 2022-03-26 2022-03-25T22:00:00Z–2022-03-26T22:00:00Z"},
		{"a day without midnight", "Asia/Beirut", "2022-03-26T22:00:00Z", "day", "day 2022-03-27 2022-03-26T22:00:00Z–2022-03-27T21:00:00Z"},
		{"the day before one with two midnights", "America/Havana", "2022-11-06T03:59:00Z", "day", "day 2022-11-05 2022-11-05T04:00:00Z–2022-11-06T04:00:00Z"},
		{"a day with two midnights", "America/Havana", "2022-11-06T04:30:00Z", "day", "day 2022-11-06 2022-11-06T04:00:00Z–2022-11-07T05:00:00Z"},
		{"a day that ends an hour late", "America/Asuncion", "2023-03-26T03:30:00Z", "day", "day 2023-03-25 2023-03-25T03:00:00Z–2023-03-26T04:00:00Z"},
		{"a clock that changes by half an hour", "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "day", "day 2026-04-05 2026-04-04T13:00:00Z–2026-04-05T13:30:00Z"},
		{"the day before one that was left out", "Pacific/Apia", "2011-12-29T12:00:00Z", "day", "day 2011-12-29 2011-12-29T10:00:00Z–2011-12-30T10:00:00Z"},
		{"a month", "UTC", "2026-11-24T10:00:00Z", "month", "month 2026-11 2026-11-01T00:00:00Z–2026-12-01T00:00:00Z"},
		{"the last day of a long month", "UTC", "2026-01-31T10:00:00Z", "month", "month 2026-01 2026-01-01T00:00:00Z–2026-02-01T00:00:00Z"},
		{"February of a leap year", "UTC", "2028-02-29T10:00:00Z", "month", "month 2028-02 2028-02-01T00:00:00Z–2028-03-01T00:00:00Z"},
		{"December", "Europe/Berlin", "2026-12-31T22:59:59Z", "month", "month 2026-12 2026-11-30T23:00:00Z–2026-12-31T23:00:00Z"},
		{"a month with a change of the clock", "Europe/Berlin", "2026-03-15T00:00:00Z", "month", "month 2026-03 2026-02-28T23:00:00Z–2026-03-31T22:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := quotasAt(t, tc.zone, tc.at, "7/"+tc.unit)[0]
			w := q.Window
			got := w.Name + " " + w.Start.UTC().Format(time.RFC3339) + "–" + w.Reset.UTC().Format(time.RFC3339)
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func quotasAt(t *testing.T, zone, at, rates string) []limit.Quota {
	t.Helper()
	where, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := limit.Parse(rates)
	if err != nil {
		t.Fatal(err)
	}
	return limit.Limits{All: parsed, Zone: where}.Quotas(moment(t, at), "", "")
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestEveryMomentOfAYearLiesInItsWindow(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Asuncion"} {
		at := moment(t, "2022-01-01T00:00:00Z")
		last := map[limit.Unit]limit.Window{}
		for range 366 * 48 {
			for _, q := range quotasAt(t, zone, at.Format(time.RFC3339), "1/day, 1/month, 1/hour") {
				w, before := q.Window, last[q.Per]
				if at.Before(w.Start) || !at.Before(w.Reset) {
					t.Fatalf("%s %s: not in %s: %s to %s", zone, at, w.Name, w.Start, w.Reset)
				}
				if before.Name != "" && before.Name != w.Name && !before.Reset.Equal(w.Start) {
					t.Fatalf("%s: a gap between %s and %s", zone, before.Name, w.Name)
				}
				last[q.Per] = w
			}
			at = at.Add(30 * time.Minute)
		}
	}
}

func TestWhatWasCountedCountsInItsOwnWindowOnly(t *testing.T) {
	q := quotasAt(t, "Europe/Berlin", "2026-11-24T12:00:00Z", "5/day")[0]
	for at, want := range map[string]bool{
		"2026-11-23T22:59:59Z": false, "2026-11-23T23:00:00Z": true, "2026-11-24T22:59:59Z": true, "2026-11-24T23:00:00Z": false,
	} {
		if got := q.Was(moment(t, at)); got != want {
			t.Errorf("counted at %s: %v", at, got)
		}
	}
	if q.Was(time.Time{}) {
		t.Error("what was never counted was counted")
	}
}

func TestARecipientCountsInEveryQuotaThatIsAboutIt(t *testing.T) {
	l := limit.Limits{
		All: []limit.Rate{{Most: 1000, Per: limit.Month}}, Zone: time.UTC,
		Users:   map[string][]limit.Rate{"alice": {{Most: 5, Per: limit.Minute}, {Most: 20, Per: limit.Day}}},
		Domains: map[string][]limit.Rate{"example.org": {{Most: 3, Per: limit.Hour}}},
		Warmup:  limit.Warmup{MonthlyGoal: 3000, Start: moment(t, "2026-11-24T00:00:00Z")},
	}
	for _, tc := range []struct{ user, domain, want string }{
		{"alice", "Example.ORG", "all 1000/month, warm-up 10/day, user alice 5/minute, user alice 20/day, domain example.org 3/hour"},
		{"bob", "example.net", "all 1000/month, warm-up 10/day"},
		{"", "sub.example.org", "all 1000/month, warm-up 10/day"},
	} {
		if got := list(l.Quotas(moment(t, "2026-11-24T12:00:00Z"), tc.user, tc.domain)); got != tc.want {
			t.Errorf("%s to %s: %s", tc.user, tc.domain, got)
		}
	}
	want := "all 1000/month, warm-up 10/day, user alice 5/minute, user alice 20/day, domain example.org 3/hour"
	if got := list(l.Every(moment(t, "2026-11-24T12:00:00Z"))); got != want {
		t.Errorf("every quota: %s", got)
	}
	if l.None() || !(limit.Limits{}).None() {
		t.Error("nothing is limited, or something")
	}
}

func list(quotas []limit.Quota) string {
	var parts []string
	for _, q := range quotas {
		parts = append(parts, fmt.Sprintf("%s %d/%s", q.Scope, q.Most, q.Per))
	}
	return strings.Join(parts, ", ")
}

func TestAnAlertComesOnceForEachThreshold(t *testing.T) {
	for _, tc := range []struct {
		name             string
		unit             limit.Unit
		most, used, told int
		want             int
	}{
		{"below", limit.Day, 50, 39, 0, 0},
		{"at 80 %", limit.Day, 50, 40, 0, 80},
		{"told of 80 %", limit.Day, 50, 44, 80, 0},
		{"at 90 %", limit.Month, 50, 45, 80, 90},
		{"full", limit.Day, 50, 50, 90, 100},
		{"told that it is full", limit.Day, 50, 50, 100, 0},
		{"full at once", limit.Day, 1, 1, 0, 100},
		{"back below after an attempt that failed", limit.Day, 50, 40, 90, 0},
		{"a minute is no matter for people", limit.Minute, 5, 5, 0, 0},
		{"nor an hour", limit.Hour, 5, 5, 0, 0},
	} {
		q := limit.Quota{Most: tc.most, Per: tc.unit}
		if got := q.Threshold(tc.used, tc.told); got != tc.want {
			t.Errorf("%s: %d, not %d", tc.name, got, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "50/day", "10/minute, 200/day", "1/min,1/h,1/d,1/month", "9/s", "/", ",,", "99999999999999999999/day"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rates, err := limit.Parse(s)
		if err != nil {
			return
		}
		var written []string
		for _, r := range rates {
			written = append(written, r.String())
		}
		again, err := limit.Parse(strings.Join(written, ", "))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(rates) {
			t.Errorf("%q: %v, %v", s, again, err)
		}
	})
}
