package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"spamreport/complaint"
	"spamreport/relay/bounce"
)

// Grouping says what figures are about.
type Grouping string

// The groupings.
const (
	ByNetwork Grouping = "network"
	ByContact Grouping = "contact"
	ByCountry Grouping = "country"
)

// groupColumns are, for each grouping, what the messages of one group have in
// common, and a name for people.
var groupColumns = map[Grouping][2]string{
	ByNetwork: {`CASE WHEN m.prefix = '' THEN m.network ELSE m.prefix END`, `m.network`},
	ByContact: {`LOWER(m.contact)`, `''`},
	ByCountry: {`UPPER(m.country)`, `''`},
}

// Figure is what is known of a network, a contact or a country. Key is empty
// for the messages of which that is not known.
type Figure struct {
	Key        string
	Name       string        // of a network, the last one seen
	Spam       int           // messages
	Complaints int           // filed
	Answers    int           // complaints that were answered, by whomever
	People     int           // complaints that a person answered
	Median     time.Duration // from filing to the first answer; 0 without answers
	LastSpam   time.Time

	took []time.Duration
}

// Figures counts the ledger by network, contact or country, most spam first.
func (s *Store) Figures(ctx context.Context, by Grouping) ([]Figure, error) {
	columns := groupColumns[by]
	rows, err := s.read.QueryContext(ctx, `
		SELECT `+columns[0]+`, `+columns[1]+`, m.kind, m.filed, `+cameAt+`,
			(SELECT MIN(r.received) FROM reply r WHERE r.complaint = m.digest AND r.kind <> $1),
			(SELECT COUNT(*) FROM reply r WHERE r.complaint = m.digest AND r.kind = $2)
		FROM message m ORDER BY m.seen`, string(bounce.Bounced), string(bounce.Answer))
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	groups := map[string]*Figure{}
	for rows.Next() {
		var key, name string
		var kind complaint.Kind
		var filed, came, answered sql.NullInt64
		var people int
		if err := rows.Scan(&key, &name, &kind, &filed, &came, &answered, &people); err != nil {
			return nil, explain(err)
		}
		f := groups[key]
		if f == nil {
			f = &Figure{Key: key}
			groups[key] = f
		}
		f.Name = cmp.Or(name, f.Name)
		if kind == complaint.KindSource {
			f.spam(fromMillis(came))
		}
		f.complaint(fromMillis(filed), fromMillis(answered), people)
	}
	return figures(groups), explain(rows.Err())
}

// spam counts a message.
func (f *Figure) spam(came time.Time) {
	f.Spam++
	if came.After(f.LastSpam) {
		f.LastSpam = came
	}
}

// complaint counts a complaint; not filed: none.
func (f *Figure) complaint(filed, answered time.Time, people int) {
	if filed.IsZero() {
		return
	}
	f.Complaints++
	if people > 0 {
		f.People++
	}
	if !answered.IsZero() {
		f.Answers++
		f.took = append(f.took, max(0, answered.Sub(filed))) // clocks differ
	}
}

func figures(groups map[string]*Figure) []Figure {
	all := make([]Figure, 0, len(groups))
	for _, f := range groups {
		f.Median, f.took = median(f.took), nil
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Spam, a.Spam), cmp.Compare(b.Complaints, a.Complaints), cmp.Compare(a.Key, b.Key))
	})
	return all
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}
