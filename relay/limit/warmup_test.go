package limit_test

import (
	"fmt"
	"testing"
	"time"

	"spamreport/relay/limit"
)

func TestAWarmupGrowsEveryDayToItsGoal(t *testing.T) {
	for _, tc := range []struct {
		name string
		plan limit.Warmup
		days []int
		want string
	}{
		{"3,000 a month", limit.Warmup{MonthlyGoal: 3000}, []int{1, 2, 8, 15, 22, 29, 30, 31, 400}, "[10 11 18 31 53 93 100 100 100]"},
		{"300,000 a month", limit.Warmup{MonthlyGoal: 300_000}, []int{1, 2, 15, 29, 30}, "[50 61 646 8331 10000]"},
		{"30 a month", limit.Warmup{MonthlyGoal: 30}, []int{1, 15, 30}, "[1 1 1]"},
		{"less than one a day", limit.Warmup{MonthlyGoal: 5}, []int{1, 30}, "[1 1]"},
		{"a first day of its own", limit.Warmup{MonthlyGoal: 3000, First: 25, Days: 3}, []int{1, 2, 3}, "[25 50 100]"},
		{"a first day above the goal", limit.Warmup{MonthlyGoal: 300, First: 25}, []int{1, 2}, "[10 10]"},
		{"one day", limit.Warmup{MonthlyGoal: 3000, Days: 1}, []int{1, 2}, "[100 100]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []int
			for _, day := range tc.days {
				got = append(got, tc.plan.Most(day))
			}
			if fmt.Sprint(got) != tc.want {
				t.Errorf("days %v have %v, not %s", tc.days, got, tc.want)
			}
			for day := 1; day < 60; day++ {
				if tc.plan.Most(day+1) < tc.plan.Most(day) {
					t.Errorf("day %d has less than the day before", day+1)
				}
			}
		})
	}
}

func TestTheDaysOfAWarmupAreThoseOfTheCalendar(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	plan := limit.Warmup{MonthlyGoal: 3000, Start: time.Date(2026, 10, 24, 15, 0, 0, 0, berlin)}
	for _, tc := range []struct {
		name string
		at   time.Time
		want int
	}{
		{"before it starts", time.Date(2026, 10, 1, 0, 0, 0, 0, berlin), 1},
		{"in the morning of the first day", time.Date(2026, 10, 24, 0, 0, 0, 0, berlin), 1},
		{"in the last hour of the day on which the clock is set back", time.Date(2026, 10, 25, 23, 30, 0, 0, berlin), 2},
		{"the day after", time.Date(2026, 10, 26, 0, 0, 0, 0, berlin), 3},
		{"over the turn of the year", time.Date(2027, 1, 1, 12, 0, 0, 0, berlin), 70},
	} {
		if got := plan.Day(tc.at); got != tc.want {
			t.Errorf("%s: day %d, not %d", tc.name, got, tc.want)
		}
	}
}
