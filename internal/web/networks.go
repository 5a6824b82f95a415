package web

import (
	"fmt"
	"slices"
	"time"

	"spamreport/internal/store"
)

// spans are how far back figures reach, in days; 0 is all.
var spans = []choice{{"30", "30 days"}, {"90", "90 days"}, {"365", "a year"}, {"0", "everything"}}

var groupings = []choice{{string(store.ByNetwork), "Networks"}, {string(store.ByContact), "Contacts"}, {string(store.ByCountry), "Countries"}}

// networksView ranks where spam comes from.
type networksView struct {
	By, Span string
	Days     int
	Figures  []store.Figure
	Most     int // spam of the first

	Groupings, Spans []choice
}

// maxFigures is how many are ranked.
const maxFigures = 100

func (s *Site) networks(v *visit) error {
	n := networksView{By: v.query("by"), Span: v.query("span"), Groupings: groupings, Spans: spans}
	if n.By == "" {
		n.By = string(store.ByNetwork)
	}
	if n.Span == "" {
		n.Span = "90"
	}
	has := func(list []choice, word string) bool {
		return slices.ContainsFunc(list, func(c choice) bool { return c.Value == word })
	}
	if !has(groupings, n.By) || !has(spans, n.Span) {
		return refusal{fmt.Errorf("there are no figures by %q over %q days", n.By, n.Span)}
	}
	filter := store.FigureFilter{Limit: maxFigures, Weeks: 12}
	if _, err := fmt.Sscan(n.Span, &n.Days); err != nil {
		return err
	}
	if n.Days > 0 {
		filter.Since = s.Now().Add(-time.Duration(n.Days) * 24 * time.Hour)
	}
	var err error
	if n.Figures, err = s.Store.Figures(v.r.Context(), store.Grouping(n.By), filter); err != nil {
		return err
	}
	if len(n.Figures) > 0 {
		n.Most = n.Figures[0].Spam
	}
	return v.show("networks", "Networks and contacts", n)
}
