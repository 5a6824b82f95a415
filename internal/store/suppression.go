package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/guard"
	"spamreport/relay/suppress"
)

var _ guard.Book = (*Store)(nil)

// Suppressed implements guard.Book.
func (s *Store) Suppressed(ctx context.Context, now time.Time, addresses ...string) (map[string]suppress.Entry, error) {
	list, err := s.listed.look("", func() (shortList, error) { return s.readShortList(ctx) })
	if err != nil || list == nil {
		return s.lookUpSuppressed(ctx, now, addresses)
	}
	var listed map[string]suppress.Entry
	for _, a := range addresses {
		if e := list[suppress.Key(a)]; e.In(now) {
			if listed == nil {
				listed = make(map[string]suppress.Entry)
			}
			listed[e.Address] = e
		}
	}
	return listed, nil
}

// shortList is the suppression list where it is short; nil: it is not.
type shortList map[string]suppress.Entry

// longestShortList is how many entries are read to look for one. To read them
// takes as long as some thirty look-ups, and is done once for many.
const longestShortList = 500

func (s *Store) readShortList(ctx context.Context) (shortList, error) {
	entries, err := s.suppressions(s.dialect.brief(ctx), ` LIMIT $1`, []any{longestShortList + 1})
	if err != nil || len(entries) > longestShortList {
		return nil, err
	}
	list := make(shortList, len(entries))
	for _, e := range entries {
		list[e.Address] = e
	}
	return list, nil
}

// lookUpSuppressed looks for the addresses themselves.
func (s *Store) lookUpSuppressed(ctx context.Context, now time.Time, addresses []string) (map[string]suppress.Entry, error) {
	var p placeholders
	keys := make([]string, len(addresses))
	for i, a := range addresses {
		keys[i] = suppress.Key(a)
	}
	entries, err := s.suppressions(s.dialect.brief(ctx), ` WHERE address IN (`+addAll(&p, keys)+`) AND (expires IS NULL OR expires > `+p.add(millis(now))+`)`, p.args)
	listed := make(map[string]suppress.Entry, len(entries))
	for _, e := range entries {
		listed[e.Address] = e
	}
	return listed, err
}

// Suppressions lists the entries that hold, the latest first.
func (s *Store) Suppressions(ctx context.Context, now time.Time) ([]suppress.Entry, error) {
	return s.suppressions(ctx, ` WHERE expires IS NULL OR expires > $1 ORDER BY since DESC, address`, []any{millis(now)})
}

func (s *Store) suppressions(ctx context.Context, condition string, args []any) ([]suppress.Entry, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT address, reason, source, since, expires FROM suppression`+condition, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var all []suppress.Entry
	for rows.Next() {
		var e suppress.Entry
		var since, expires sql.NullInt64
		if err := rows.Scan(&e.Address, &e.Reason, &e.Source, &since, &expires); err != nil {
			return nil, explain(err)
		}
		e.Since, e.Expires = fromMillis(since), fromMillis(expires)
		all = append(all, e)
	}
	return all, explain(rows.Err())
}

// Suppress puts addresses on the list.
func (s *Store) Suppress(ctx context.Context, entries ...suppress.Entry) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, e := range entries {
			if err := putSuppression(ctx, tx, e); err != nil {
				return fmt.Errorf("suppress %s: %w", e.Address, err)
			}
		}
		return nil
	})
}

// putSuppression lists an address. What expires does not replace what does not:
// a bounce says less than a complaint or a person.
func putSuppression(ctx context.Context, tx *sql.Tx, e suppress.Entry) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO suppression (address, reason, source, since, expires) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, source = excluded.source,
			since = excluded.since, expires = excluded.expires
		WHERE suppression.expires IS NOT NULL OR excluded.expires IS NULL`,
		e.Address, string(e.Reason), clip(e.Source), millis(e.Since), nullMillis(e.Expires))
	return err
}

// Lift takes addresses off the list and returns how many were on it.
func (s *Store) Lift(ctx context.Context, addresses ...string) (int, error) {
	lifted := 0
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		lifted = 0
		for _, a := range addresses {
			result, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE address = $1`, suppress.Key(a))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			lifted += int(n)
		}
		return nil
	})
	return lifted, err
}

// suppressRefused lists the address of a delivery that failed, if the reply
// speaks against it.
func suppressRefused(ctx context.Context, tx *sql.Tx, now time.Time, o relay.Outcome) error {
	if o.State != relay.Failed || o.Reply.Code == 0 || own(o.Reply) {
		return nil
	}
	e, listed := suppress.Of(o.Recipient, bounce.Classify(o.Reply.Code, o.Reply.Status, o.Reply.Text), o.Reply.String(), now)
	if !listed {
		return nil
	}
	return putSuppression(ctx, tx, e)
}

// own reports whether the relay itself says this, of mail that it does not even
// try to send: to an address on this very list, for instance.
func own(r relay.Reply) bool { return strings.HasPrefix(r.Text, "not sent: ") }

// judgeRefused decides on those who were refused before there was a list: the
// migration cannot read replies. A kill before this forgets old refusals, and
// the next one is remembered.
func judgeRefused(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `SELECT address, source, since FROM suppression WHERE reason = 'unjudged'`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var keep []suppress.Entry
	for rows.Next() {
		var address, source string
		var since sql.NullInt64
		if err := rows.Scan(&address, &source, &since); err != nil {
			return err
		}
		code, text, _ := strings.Cut(source, " ")
		n, _ := strconv.Atoi(code) // a number of the database
		if e, listed := suppress.Of(address, bounce.Classify(n, "", text), source, fromMillis(since)); listed {
			keep = append(keep, e)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM suppression WHERE reason = 'unjudged'`); err != nil {
		return err
	}
	for _, e := range keep {
		_, err := db.ExecContext(ctx, `INSERT INTO suppression (address, reason, source, since, expires) VALUES ($1, $2, $3, $4, $5)`,
			e.Address, string(e.Reason), e.Source, millis(e.Since), nullMillis(e.Expires))
		if err != nil {
			return err
		}
	}
	return nil
}
