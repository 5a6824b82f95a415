package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"spamreport/relay/limit"
)

func checkQuota(s string) error {
	_, err := limit.Parse(s)
	return err
}

// Date is a day, as 2026-11-24, or empty.
type Date string

// Time is noon of the day, in the local time: every day has one.
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), time.Local)
	if err != nil {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.Local)
}

// parseDate takes a date of TOML, or one in quotes.
func parseDate(raw any) (Date, error) {
	text, isText := raw.(string)
	if t, isDate := raw.(time.Time); isDate {
		text = t.Format(time.DateOnly)
	} else if !isText {
		return "", fmt.Errorf("must be a day, like 2026-11-24, not %s", nameOf(raw))
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		return "", fmt.Errorf("%s is not a day: write it like 2026-11-24", quote(text))
	}
	return Date(text), nil
}

// checkLimits wants a plan to have a first day, and every destination to be
// limited once.
func (l *loader) checkLimits(r *Relay) {
	if r.Warmup.MonthlyGoal > 0 && r.Warmup.Start == "" && !l.wrong["relay.warmup.start"] {
		l.mistake("relay.warmup", "has no first day: add start, like start = 2026-11-24")
	}
	seen := map[string]int{}
	for i, d := range r.Domains {
		at, name := fmt.Sprintf("relay.domain[%d]", i+1), strings.ToLower(d.Name)
		switch {
		case name == "" && !l.wrong[at+".name"]:
			l.mistake(at, "is for no domain: add name, like example.org")
		case seen[name] > 0:
			l.mistake(at+".name", "domain %d is %s too: keep one, with all its rates", seen[name], quote(d.Name))
		default:
			seen[name] = i + 1
		}
		if d.Rate == "" && !l.wrong[at+".rate"] {
			l.mistake(at, "has no rate: add one, like 10/minute")
		}
	}
}

// Limits are those of the configuration. The error says which rate is none.
func (c Config) Limits() (limit.Limits, error) {
	r := c.Relay
	limits := limit.Limits{Users: map[string][]limit.Rate{}, Domains: map[string][]limit.Rate{}}
	var errs [3]error
	limits.All, errs[0] = limit.Parse(r.Rate)
	for _, u := range r.Users {
		if rates, err := limit.Parse(u.Rate); err != nil {
			errs[1] = err
		} else if len(rates) > 0 {
			limits.Users[strings.ToLower(u.Name)] = rates
		}
	}
	for _, d := range r.Domains {
		limits.Domains[strings.ToLower(d.Name)], errs[2] = limit.Parse(d.Rate)
	}
	if w := r.Warmup; w.MonthlyGoal > 0 {
		limits.Warmup = limit.Warmup{MonthlyGoal: w.MonthlyGoal, Start: w.Start.Time(), Days: w.Days, First: w.FirstDay}
	}
	return limits, errors.Join(errs[:]...)
}
