package store

import (
	"context"
	"fmt"
	"time"

	"spamreport/internal/followup"
	"spamreport/relay"
)

// Day counts what happened on one day.
type Day struct {
	Start     time.Time // its first moment
	Spam      int       // messages seen
	Filed     int       // complaints
	Delivered int       // complaints that a mail server took
	Answered  int       // complaints that were answered for the first time
	Resolved  int       // complaints that the user called resolved
}

const dayMillis = 24 * 60 * 60 * 1000

// Daily counts each of the last days, the oldest first and today the last. A
// day begins at midnight where loc is, by the clock of now.
func (s *Store) Daily(ctx context.Context, days int, now time.Time, loc *time.Location) ([]Day, error) {
	now = now.In(loc)
	_, offset := now.Zone()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.FixedZone("", offset))
	first := today.AddDate(0, 0, 1-days)
	all := make([]Day, days)
	for i := range all {
		all[i].Start = first.AddDate(0, 0, i)
	}
	for _, count := range []struct {
		at, from string
		arg      string
		field    func(*Day) *int
	}{
		{"seen", "message WHERE kind = $1", "", func(d *Day) *int { return &d.Spam }},
		{"filed", "message WHERE filed IS NOT NULL AND queue_id <> $1", "", func(d *Day) *int { return &d.Filed }},
		{
			"updated", "relay_recipient WHERE EXISTS (SELECT 1 FROM message m WHERE m.queue_id = relay_recipient.queue_id) AND state = $1",
			string(relay.Delivered), func(d *Day) *int { return &d.Delivered },
		},
		{"answered", "message WHERE answered IS NOT NULL AND digest <> $1", "", func(d *Day) *int { return &d.Answered }},
		{"closed", "message WHERE outcome <> '' AND outcome = $1", string(followup.Resolved), func(d *Day) *int { return &d.Resolved }},
	} {
		query := fmt.Sprintf(`SELECT (%s - $2) / %d, COUNT(*) FROM %s AND %[1]s >= $2 GROUP BY 1`, count.at, dayMillis, count.from)
		err := s.perDay(ctx, query, []any{count.arg, millis(first)}, func(day, n int) {
			if day < days { // clocks that are ahead
				*count.field(&all[day]) = n
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Store) perDay(ctx context.Context, query string, args []any, each func(day, n int)) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var day, n int
		if err := rows.Scan(&day, &n); err != nil {
			return explain(err)
		}
		each(day, n)
	}
	return explain(rows.Err())
}
