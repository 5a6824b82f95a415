package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/internal/store"
)

// groupings are the words of --by, with the headings of their columns.
var groupings = map[string][]string{
	string(store.ByNetwork): {"NETWORK", "NAME"},
	string(store.ByContact): {"CONTACT"},
	string(store.ByCountry): {"COUNTRY"},
}

// figures shows what came from each network, contact or country, and what
// complaints did there.
func (a *app) figures(ctx context.Context, p *parts, by string) error {
	figures, err := p.store.Figures(ctx, store.Grouping(by), store.FigureFilter{})
	if err != nil {
		return err
	}
	now := time.Now()
	var table [][]string
	for _, f := range figures {
		if a.json {
			if err := contract.Write(a.stdout, newFigure(by, f, now)); err != nil {
				return err
			}
			continue
		}
		row := []string{orDash(f.Key)}
		if len(groupings[by]) == 2 {
			row = append(row, orDash(f.Name))
		}
		median := "-"
		if f.Answers > 0 {
			median = span(f.Median)
		}
		table = append(table, append(row, strconv.Itoa(f.Spam), strconv.Itoa(f.Complaints), strconv.Itoa(f.Answers),
			strconv.Itoa(f.People), median, strconv.Itoa(daysSince(f.LastSpam, now))+"d"))
	}
	if a.json {
		return nil
	}
	heading := append([]string{}, groupings[by]...)
	return a.printer().Table(append(heading, "SPAM", "COMPLAINTS", "ANSWERED", "BY PEOPLE", "MEDIAN TIME", "QUIET FOR"), table)
}

func newFigure(by string, f store.Figure, now time.Time) contract.Figure {
	return contract.Figure{
		By: by, Key: f.Key, Name: f.Name, Spam: f.Spam, Complaints: f.Complaints, Answers: f.Answers, People: f.People,
		MedianSeconds: int64(f.Median.Seconds()), LastSpam: export.Stamp(f.LastSpam), QuietDays: daysSince(f.LastSpam, now),
	}
}

func daysSince(t, now time.Time) int { return int(now.Sub(t).Hours() / 24) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// span writes a duration the way people compare them.
func span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
