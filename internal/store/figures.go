package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
)

// Grouping says what figures are about.
type Grouping string

// The groupings.
const (
	ByNetwork Grouping = "network"
	ByContact Grouping = "contact"
	ByCountry Grouping = "country"
)

// grouped are, for each grouping, what the messages of a group have in common,
// which messages that is for, and how spellings of the same become one. Each
// begins an index that has everything that is counted, so that the messages
// themselves are not read.
var grouped = map[Grouping][]struct {
	key, of string
	fold    func(string) string
}{
	ByNetwork: {{`prefix`, `prefix <> ''`, strings.Clone}, {`network`, `prefix = ''`, strings.Clone}},
	ByContact: {{`contact`, `1 = 1`, strings.ToLower}},
	ByCountry: {{`country`, `1 = 1`, strings.ToUpper}},
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
	Weeks      []int // messages in each of the last weeks, the oldest first; see FigureFilter

	column    string   // that the group has in common
	spellings []string // of its key there
}

// FigureFilter narrows figures down. The zero value counts everything.
type FigureFilter struct {
	Since time.Time // messages seen at that time or later
	Limit int       // the groups with most spam; 0: all
	Weeks int       // count each of so many weeks up to now
}

// Figures counts the ledger by network, contact or country, most spam first.
func (s *Store) Figures(ctx context.Context, by Grouping, f FigureFilter) ([]Figure, error) {
	groups := map[[2]string]*Figure{}
	for _, part := range grouped[by] {
		err := s.each(ctx, `
			SELECT `+part.key+`, COUNT(CASE WHEN kind = '' THEN 1 END), COUNT(filed), COUNT(CASE WHEN filed IS NOT NULL THEN answered END),
				COUNT(CASE WHEN filed IS NOT NULL AND people > 0 THEN 1 END), MAX(CASE WHEN kind = '' THEN `+cameAt+` END)
			FROM message m WHERE `+part.of+` AND seen >= $1 GROUP BY `+part.key, []any{sinceMillis(f.Since)},
			func(scan func(...any) error) error {
				var one Figure
				var last sql.NullInt64
				err := scan(&one.Key, &one.Spam, &one.Complaints, &one.Answers, &one.People, &last)
				one.LastSpam, one.column, one.spellings = fromMillis(last), part.key, []string{one.Key}
				one.Key = part.fold(one.Key)
				if known := groups[[2]string{part.key, one.Key}]; known != nil {
					known.join(one)
				} else {
					groups[[2]string{part.key, one.Key}] = &one
				}
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	var all []Figure
	for _, one := range groups {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Spam, a.Spam), cmp.Compare(b.Complaints, a.Complaints), cmp.Compare(a.Key, b.Key))
	})
	if f.Limit > 0 && len(all) > f.Limit {
		all = all[:f.Limit]
	}
	return all, s.details(ctx, by, f, all)
}

// join adds what is counted under another spelling.
func (f *Figure) join(o Figure) {
	f.Spam, f.Complaints, f.Answers, f.People = f.Spam+o.Spam, f.Complaints+o.Complaints, f.Answers+o.Answers, f.People+o.People
	f.spellings = append(f.spellings, o.spellings...)
	if o.LastSpam.After(f.LastSpam) {
		f.LastSpam = o.LastSpam
	}
}

// of is a condition that the messages of the group fulfil.
func (f *Figure) of(p *placeholders) string { return f.column + ` IN (` + addAll(p, f.spellings) + `)` }

// details adds what takes a look at each group.
func (s *Store) details(ctx context.Context, by Grouping, f FigureFilter, figures []Figure) error {
	for i := range figures {
		one := &figures[i]
		if by == ByNetwork {
			var p placeholders
			err := s.each(ctx, `SELECT network FROM message WHERE `+one.of(&p)+` AND network <> '' ORDER BY seen DESC LIMIT 1`,
				p.args, func(scan func(...any) error) error { return scan(&one.Name) })
			if err != nil {
				return err
			}
		}
		if one.Answers > 0 {
			if err := s.median(ctx, f.Since, one); err != nil {
				return err
			}
		}
		if f.Weeks > 0 {
			if err := s.weeks(ctx, f.Weeks, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// median is over the complaints of one group.
func (s *Store) median(ctx context.Context, since time.Time, one *Figure) error {
	var took []time.Duration
	var p placeholders
	err := s.each(ctx, `
		SELECT answered - filed FROM message
		WHERE `+one.of(&p)+` AND seen >= `+p.add(sinceMillis(since))+` AND filed IS NOT NULL AND answered IS NOT NULL`, p.args,
		func(scan func(...any) error) error {
			var ms int64
			err := scan(&ms)
			took = append(took, max(0, time.Duration(ms)*time.Millisecond)) // clocks differ
			return err
		})
	one.Median = median(took)
	return err
}

const week = 7 * 24 * time.Hour

func (s *Store) weeks(ctx context.Context, n int, one *Figure) error {
	one.Weeks = make([]int, n)
	var p placeholders
	start := p.add(millis(s.now().Add(-time.Duration(n) * week)))
	return s.each(ctx, `SELECT (seen - `+start+`) / `+p.add(week.Milliseconds())+`, COUNT(*) FROM message
		WHERE `+one.of(&p)+` AND kind = '' AND seen >= `+start+` GROUP BY 1`,
		p.args, func(scan func(...any) error) error {
			var at, count int
			err := scan(&at, &count)
			one.Weeks[min(at, n-1)] += count // clocks that are ahead
			return err
		})
}

// each runs a query for each of its rows.
func (s *Store) each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return explain(err)
		}
	}
	return explain(rows.Err())
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}
