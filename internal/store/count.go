package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"spamreport/relay"
	"spamreport/relay/guard"
	"spamreport/relay/limit"
)

// keepCounts is how long the count of a window is kept after its end: a clock
// may be set back, and people look at last month.
const keepCounts = 62 * 24 * time.Hour

// Take implements guard.Book.
func (s *Store) Take(ctx context.Context, now time.Time, c guard.Claim) ([]*limit.Quota, error) {
	var full []*limit.Quota
	err := s.updateWithin(ctx, limitsSection, func(ctx context.Context, tx *sql.Tx) error {
		t := &tally{ctx: ctx, tx: tx, now: now, counts: map[countKey]*spent{}}
		before, err := countedAt(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		full = make([]*limit.Quota, len(c.Recipients))
		for i, p := range c.Recipients {
			if full[i], err = t.take(c, p, before[p.Address]); err != nil {
				return err
			}
		}
		for _, then := range []func(guard.Claim) error{t.save, t.alert, t.putOff} {
			if err := then(c); err != nil {
				return err
			}
		}
		return nil
	})
	return full, err
}

// countedAt is when each recipient of a message was last counted.
func countedAt(ctx context.Context, tx *sql.Tx, id string) (map[string]time.Time, error) {
	rows, err := tx.QueryContext(ctx, `SELECT recipient, counted FROM relay_recipient WHERE queue_id = $1 AND counted IS NOT NULL`, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	at := map[string]time.Time{}
	for rows.Next() {
		var address string
		var counted sql.NullInt64
		if err := rows.Scan(&address, &counted); err != nil {
			return nil, err
		}
		at[address] = fromMillis(counted)
	}
	return at, rows.Err()
}

type countKey struct {
	scope  limit.Scope
	period string
}

// spent is how much of a quota is used.
type spent struct {
	limit.Quota
	used, told int
	changed    bool
	full       bool // somebody found no room
}

// tally is what one transaction counts.
type tally struct {
	ctx    context.Context
	tx     *sql.Tx
	now    time.Time
	counts map[countKey]*spent
	order  []*spent
}

// take counts one recipient, or returns the quota that has no room for it: of
// several the one that resets last.
func (t *tally) take(c guard.Claim, p relay.Pending, counted time.Time) (full *limit.Quota, err error) {
	var all []*spent
	for _, q := range c.Limits.Quotas(t.now, c.User, p.Domain) {
		if q.Was(counted) {
			continue
		}
		n, err := t.count(q)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if n.used >= n.Most {
			n.full = true
			if full == nil || full.Window.Reset.Before(q.Window.Reset) {
				full = &n.Quota
			}
		}
	}
	if full != nil || len(all) == 0 {
		return full, nil
	}
	for _, n := range all {
		n.used++
		n.changed = true
	}
	_, err = t.tx.ExecContext(t.ctx, `UPDATE relay_recipient SET counted = $1 WHERE queue_id = $2 AND recipient = $3`,
		millis(t.now), c.ID, p.Address)
	return nil, err
}

// count reads what is counted in a quota, once.
func (t *tally) count(q limit.Quota) (*spent, error) {
	key := countKey{q.Scope, q.Window.Name}
	if n := t.counts[key]; n != nil {
		return n, nil
	}
	n := &spent{Quota: q}
	err := t.tx.QueryRowContext(t.ctx, `SELECT used, told FROM relay_count WHERE scope = $1 AND period = $2`,
		string(q.Scope), q.Window.Name).Scan(&n.used, &n.told)
	if errors.Is(err, sql.ErrNoRows) {
		// A new window: the time to forget old ones.
		_, err = t.tx.ExecContext(t.ctx, `DELETE FROM relay_count WHERE resets < $1`, millis(t.now.Add(-keepCounts)))
	}
	t.counts[key], t.order = n, append(t.order, n)
	return n, err
}

// alert queues the alerts of the thresholds that were crossed. They are noted
// with the count, so nobody is told twice.
func (t *tally) alert(c guard.Claim) error {
	for _, n := range t.order {
		percent := n.Threshold(n.used, n.told)
		if percent == 0 || c.Alert == nil {
			continue
		}
		_, err := t.tx.ExecContext(t.ctx, `UPDATE relay_count SET told = $1 WHERE scope = $2 AND period = $3`,
			percent, string(n.Scope), n.Window.Name)
		if err != nil {
			return err
		}
		if sub, ok := c.Alert(n.Quota, n.used, percent); ok {
			if _, err := enqueueAt(t.ctx, t.tx, sub, t.now); err != nil {
				return fmt.Errorf("queue the alert: %w", err)
			}
		}
	}
	return nil
}

func (t *tally) save(guard.Claim) error {
	for _, n := range t.order {
		if !n.changed {
			continue
		}
		_, err := t.tx.ExecContext(t.ctx, `INSERT INTO relay_count (scope, period, used, resets) VALUES ($1, $2, $3, $4)
			ON CONFLICT (scope, period) DO UPDATE SET used = excluded.used`,
			string(n.Scope), n.Window.Name, n.used, millis(n.Window.Reset))
		if err != nil {
			return err
		}
	}
	return nil
}

// putOff has everything else that is due and would find a full quota wait, so
// that a long queue does not come up message by message to be sent away.
func (t *tally) putOff(c guard.Claim) error {
	for _, n := range t.order {
		if !n.full {
			continue
		}
		var p placeholders
		reset, now := p.add(millis(n.Window.Reset)), p.add(millis(t.now))
		query := `UPDATE relay_recipient SET next_attempt = ` + reset + `, updated = ` + now + `, waited = waited + ` + reset + ` - ` + now + `,
				reply_code = 0, reply_status = '', reply_text = ` + p.add(clip(c.Why(n.Quota))) + `
			WHERE next_attempt <= ` + now + ` AND owner = 0 AND (counted IS NULL OR counted < ` + p.add(millis(n.Window.Start)) + `)`
		if domain, is := n.Scope.DomainName(); is {
			query += ` AND domain = ` + p.add(domain)
		}
		query += ` AND EXISTS (SELECT 1 FROM relay_message m WHERE m.id = queue_id AND `
		if user, is := n.Scope.UserName(); is {
			query += `LOWER(m.submitter) = ` + p.add(user) + `)`
		} else {
			query += `(m.sender <> '' OR m.submitter <> ''))`
		}
		if _, err := t.tx.ExecContext(t.ctx, query, p.args...); err != nil {
			return err
		}
	}
	return nil
}

// GiveBack implements guard.Book.
func (s *Store) GiveBack(ctx context.Context, c guard.Claim) error {
	return s.updateWithin(ctx, limitsSection, func(ctx context.Context, tx *sql.Tx) error {
		before, err := countedAt(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		for _, p := range c.Recipients {
			counted, was := before[p.Address]
			if !was {
				continue
			}
			for _, q := range c.Limits.Quotas(counted, c.User, p.Domain) {
				_, err := tx.ExecContext(ctx, `UPDATE relay_count SET used = used - 1 WHERE scope = $1 AND period = $2 AND used > 0`,
					string(q.Scope), q.Window.Name)
				if err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, `UPDATE relay_recipient SET counted = NULL WHERE queue_id = $1 AND recipient = $2`, c.ID, p.Address)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Used implements guard.Book.
func (s *Store) Used(ctx context.Context, quotas []limit.Quota) ([]int, error) {
	used := make([]int, len(quotas))
	for i, q := range quotas {
		err := s.read.QueryRowContext(ctx, `SELECT used FROM relay_count WHERE scope = $1 AND period = $2`,
			string(q.Scope), q.Window.Name).Scan(&used[i])
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, explain(err)
		}
	}
	return used, nil
}

// Queued implements guard.Book.
func (s *Store) Queued(ctx context.Context, scope limit.Scope, most int) (int, error) {
	var p placeholders
	query := `SELECT COUNT(*) FROM (SELECT 1 FROM relay_recipient r JOIN relay_message m ON m.id = r.queue_id
		WHERE r.next_attempt IS NOT NULL AND r.owner = 0 AND r.counted IS NULL AND (m.sender <> '' OR m.submitter <> '')`
	if domain, is := scope.DomainName(); is {
		query += ` AND r.domain = ` + p.add(domain)
	}
	if user, is := scope.UserName(); is {
		query += ` AND LOWER(m.submitter) = ` + p.add(user)
	}
	query += ` LIMIT ` + p.add(most+1) + `) AS waits`
	n := 0
	err := s.read.QueryRowContext(ctx, query, p.args...).Scan(&n)
	return n, explain(err)
}
