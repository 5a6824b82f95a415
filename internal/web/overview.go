package web

import (
	"time"

	"spamreport/internal/contract"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

// Spans of the overview, in days.
const (
	chartDays = 90
	tileDays  = 30
)

// overviewView is the first page.
type overviewView struct {
	Days   []store.Day
	Tiles  []tile
	Needs  []need
	Recent []store.HistoryRow
	Top    []store.Figure
	Relay  *contract.RelayStatus // nil: not known
}

// tile is a figure of the last days and of those before them.
type tile struct {
	Label       string
	Now, Before int
}

// need is something that waits for the user.
type need struct {
	Count    int
	Text     string
	Link     string
	LinkText string
	Bad      bool
}

func (s *Site) overview(v *visit) error {
	ctx, now := v.r.Context(), s.Now()
	var o overviewView
	var err error
	if o.Days, err = s.Store.Daily(ctx, chartDays, now, time.Local); err != nil {
		return err
	}
	o.Tiles = tiles(o.Days)
	if o.Needs, err = s.needs(v); err != nil {
		return err
	}
	if o.Relay, err = s.relayStatus(ctx); err != nil {
		return err
	}
	o.Needs = append(o.Needs, alarms(o.Relay)...)
	if o.Recent, _, err = s.Store.Page(ctx, store.HistoryFilter{Limit: 6, Search: store.Search{Filed: true}}); err != nil {
		return err
	}
	if o.Top, err = s.Store.Figures(ctx, store.ByNetwork, store.FigureFilter{Since: now.AddDate(0, 0, -tileDays), Limit: 6, Weeks: 12}); err != nil {
		return err
	}
	return v.show("overview", "Overview", o)
}

func tiles(days []store.Day) []tile {
	all := []tile{{Label: "Spam seen"}, {Label: "Complaints filed"}, {Label: "Delivered"}, {Label: "Answered"}, {Label: "Resolved"}}
	for i, d := range days {
		for j, n := range []int{d.Spam, d.Filed, d.Delivered, d.Answered, d.Resolved} {
			switch back := len(days) - 1 - i; {
			case back < tileDays:
				all[j].Now += n
			case back < 2*tileDays:
				all[j].Before += n
			}
		}
	}
	return all
}

// longWait is when mail that waits is worth a word.
const longWait = 24 * time.Hour

// needs gathers what waits for the user.
func (s *Site) needs(v *visit) ([]need, error) {
	ctx := v.r.Context()
	pulse, err := s.Store.Pulse(ctx)
	if err != nil {
		return nil, err
	}
	answered, err := s.Store.Answered(ctx)
	if err != nil {
		return nil, err
	}
	oldest, err := s.Store.Oldest(ctx)
	if err != nil {
		return nil, err
	}
	visits, err := s.Store.Visits(ctx)
	if err != nil {
		return nil, err
	}
	var all []need
	add := func(n int, one, many, link, linkText string, bad bool) {
		text := many
		if n == 1 {
			text = one
		}
		if n > 0 {
			all = append(all, need{n, text, link, linkText, bad})
		}
	}
	add(pulse.Held, "complaint waits for your approval", "complaints wait for your approval", "/review", "Review", false)
	add(answered, "complaint was answered by a person", "complaints were answered by people",
		"/complaints?state="+string(followup.Answered), "Read", false)
	add(pulse.Failed, "recipient was not reached", "recipients were not reached", "/queue?state=failed", "Look", true)
	if !oldest.IsZero() && s.Now().Sub(oldest) > longWait {
		add(pulse.Waiting, "message has waited in the queue for more than a day", "messages are in the queue, one of them for more than a day", "/queue", "Look", true)
	}
	broken := 0
	for _, visit := range visits {
		if !visit.Failed.IsZero() {
			broken++
		}
	}
	add(broken, "folder could not be read", "folders could not be read", "/accounts", "Look", true)
	add(s.checkup.last().Failed(), "part failed its check-up", "parts failed their check-up", "/checkup", "Look", true)
	return all, nil
}
