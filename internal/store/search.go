package store

import (
	"context"
	"database/sql"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

// Position is a place in the list of messages: that of the message seen then.
// The zero value is the top of the list.
type Position struct {
	Seen   time.Time
	Digest string
}

// Search narrows a list of messages down further.
type Search struct {
	// Text is an incident id, an address or a network of the source, or words
	// in the subject, sender, network or contact.
	Text    string
	Prefix  string // network of the source
	Country string // two letters
	Filed   bool   // only what a complaint was filed about
	Below   Position
}

// add writes the conditions.
func (f Search) add(p *placeholders) string {
	where := ""
	if f.Prefix != "" {
		where += ` AND prefix = ` + p.add(f.Prefix)
	}
	if f.Country != "" {
		where += ` AND country IN (` + p.add(strings.ToUpper(f.Country)) + `, ` + p.add(strings.ToLower(f.Country)) + `)`
	}
	if f.Filed {
		where += ` AND COALESCE(filed, 0) > 0` // most are: no index helps
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		where += ` AND ` + matches(text, p)
	}
	if f.Below.Digest != "" {
		seen, digest := p.add(millis(f.Below.Seen)), p.add(f.Below.Digest)
		where += ` AND seen <= ` + seen + ` AND (seen < ` + seen + ` OR digest > ` + digest + `)`
	}
	return where
}

// matches looks up what an index knows, and reads through the rest.
func matches(text string, p *placeholders) string {
	if addr, err := netip.ParseAddr(text); err == nil {
		return `source = ` + p.add(addr.String())
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return `prefix = ` + p.add(prefix.Masked().String())
	}
	if upper := strings.ToUpper(text); strings.HasPrefix(upper, "SR-") {
		return `digest IN (SELECT digest FROM complaint WHERE incident = ` + p.add(upper) + `)`
	}
	pattern := p.add("%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%")
	// One text takes half the time of four. Nobody looks for what is between.
	return `LOWER(subject || ' | ' || sender || ' | ' || network || ' | ' || contact) LIKE ` + pattern + ` ESCAPE '\'`
}

// perhaps is a condition that every complaint in a state fulfils. What state
// it is in is for followup.Course to say: this only keeps most others out.
func perhaps(state followup.State, p *placeholders) string {
	came := func(kinds ...bounce.Kind) string {
		return `digest IN (SELECT complaint FROM reply WHERE kind IN (` + addAll(p, kinds) + `))`
	}
	standing := func(states ...relay.State) string {
		return `queue_id IN (SELECT queue_id FROM relay_recipient WHERE state IN (` + addAll(p, states) + `))`
	}
	switch state {
	case followup.Resolved, followup.Ignored:
		return `outcome = ` + p.add(string(state)) + ` AND outcome <> ''`
	case followup.Answered:
		return `people > 0`
	case followup.Acknowledged:
		return `COALESCE(answered, 0) > 0` // many are: no index helps
	case followup.Bounced:
		return `(` + came(bounce.Bounced) + ` OR ` + standing(relay.Failed) + `)`
	case followup.Delivered:
		return `COALESCE(answered, 0) = 0 AND COALESCE(filed, 0) > 0` // most are: no index helps
	case followup.Filed:
		return standing(append(notFinal(), relay.Dropped)...)
	}
	return `1 = 1`
}

// Page lists at most f.Limit messages, the last seen first, and says whether
// more come after them.
func (s *Store) Page(ctx context.Context, f HistoryFilter) (page []HistoryRow, more bool, err error) {
	limit := f.Limit
	f.Limit = limit + 1
	for {
		_, query, args := f.query()
		rows, err := s.history(ctx, query, args)
		if err != nil {
			return nil, false, err
		}
		whole := len(rows) == f.Limit
		if whole {
			f.Below = Position{rows[limit].Seen, rows[limit].Digest}
		}
		if err := s.livesOf(ctx, rows); err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			if f.State == "" || row.Life.State == f.State {
				page = append(page, row)
			}
		}
		if len(page) > limit {
			return page[:limit], true, nil
		}
		if !whole {
			return page, false, nil
		}
	}
}

// livesOf completes these rows, however they were found.
func (s *Store) livesOf(ctx context.Context, rows []HistoryRow) error {
	if len(rows) == 0 {
		return nil
	}
	var p placeholders
	digests := make([]string, len(rows))
	for i, row := range rows {
		digests[i] = row.Digest
	}
	return s.lives(ctx, rows, ` WHERE digest IN (`+addAll(&p, digests)+`)`, p.args)
}

// ByIncident returns the message whose complaint has this reference, letter
// and all; an error that is complaint.ErrUnknown when there is none.
func (s *Store) ByIncident(ctx context.Context, incident string) (HistoryRow, error) {
	var digest string
	err := s.read.QueryRowContext(ctx, `SELECT digest FROM complaint WHERE incident = $1 ORDER BY digest LIMIT 1`,
		strings.ToUpper(incident)).Scan(&digest)
	if errors.Is(err, sql.ErrNoRows) {
		return HistoryRow{}, complaint.ErrUnknown
	}
	if err != nil {
		return HistoryRow{}, explain(err)
	}
	rows, err := s.History(ctx, HistoryFilter{Digest: digest})
	if err != nil {
		return HistoryRow{}, err
	}
	i := slices.IndexFunc(rows, func(row HistoryRow) bool { return row.Digest == digest })
	if i < 0 {
		return HistoryRow{}, complaint.ErrUnknown
	}
	rows[i].Entry, err = s.Entry(ctx, digest)
	return rows[i], err
}
