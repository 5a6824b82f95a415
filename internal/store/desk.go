package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"spamreport/relay"
)

var _ relay.Desk = (*Queue)(nil)

// notFinal are the states in which something can still happen.
func notFinal() []relay.State { return []relay.State{relay.Queued, relay.Retrying, relay.OnHold} }

// List implements relay.Desk.
func (q *Queue) List(ctx context.Context, f relay.Filter) ([]relay.Item, error) {
	var p placeholders
	states := f.States
	if states == nil {
		states = notFinal()
	}
	query := `
		SELECT m.id, m.sender, r.recipient, m.size, r.state, r.attempts, m.queued, r.next_attempt,
			r.updated, r.reply_code, r.reply_status, r.reply_text, r.owner <> 0
		FROM relay_message m JOIN relay_recipient r ON r.queue_id = m.id
		WHERE r.state IN (` + addAll(&p, states) + `)`
	if f.ID != "" {
		query += ` AND m.id = ` + p.add(f.ID)
	}
	if f.From != "" {
		query += ` AND ` + addressed("m.sender", f.From, &p)
	}
	if f.To != "" {
		query += ` AND ` + addressed("r.recipient", f.To, &p)
	}
	if f.User != "" {
		query += ` AND LOWER(m.submitter) = ` + p.add(strings.ToLower(f.User))
	}
	switch {
	case f.Newest && f.Below.ID != "":
		id, recipient := p.add(f.Below.ID), p.add(f.Below.Recipient)
		query += ` AND r.queue_id <= ` + id + ` AND (r.queue_id < ` + id + ` OR r.recipient > ` + recipient + `)`
		fallthrough
	case f.Newest:
		query += ` ORDER BY r.queue_id DESC, r.recipient` // ids are in the order of time
	default:
		query += ` ORDER BY m.queued, m.id, r.recipient`
	}
	if f.Limit > 0 {
		query += ` LIMIT ` + p.add(f.Limit)
	}
	rows, err := q.s.read.QueryContext(ctx, query, p.args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var items []relay.Item
	for rows.Next() {
		var i relay.Item
		var queued, next, updated sql.NullInt64
		err := rows.Scan(&i.ID, &i.From, &i.Recipient, &i.Size, &i.State, &i.Attempts, &queued, &next,
			&updated, &i.Reply.Code, &i.Reply.Status, &i.Reply.Text, &i.Leased)
		if err != nil {
			return nil, explain(err)
		}
		i.Queued, i.Next, i.Updated = fromMillis(queued), fromMillis(next), fromMillis(updated)
		items = append(items, i)
	}
	return items, explain(rows.Err())
}

// addressed is a condition on a column of addresses: this one, or those of this
// domain. Local parts are compared as mail providers do, without their case.
func addressed(column, what string, p *placeholders) string {
	what = strings.ToLower(what)
	if i := strings.LastIndexByte(what, '@'); i > 0 {
		return `LOWER(` + column + `) = ` + p.add(what)
	}
	return `LOWER(` + column + `) LIKE ` + p.add("%@"+like(strings.TrimPrefix(what, "@"))) + ` ESCAPE '\'`
}

// like has a text stand for itself in LIKE.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// change is an action on recipients: from which states, to which one, and when
// they are to be tried. An empty state stays what it is.
type change struct {
	from []relay.State
	to   relay.State
	next time.Time
}

// Retry implements relay.Desk.
func (q *Queue) Retry(ctx context.Context, now time.Time, ids ...string) (int, error) {
	changes := []change{{from: []relay.State{relay.Queued, relay.Retrying}, next: now}}
	if len(ids) > 0 {
		changes = append(changes, change{from: []relay.State{relay.Failed}, to: relay.Retrying, next: now})
	}
	return q.change(ctx, now, ids, changes...)
}

// Hold implements relay.Desk.
func (q *Queue) Hold(ctx context.Context, now time.Time, ids ...string) (int, error) {
	return q.change(ctx, now, ids, change{from: []relay.State{relay.Queued, relay.Retrying}, to: relay.OnHold})
}

// Release implements relay.Desk.
func (q *Queue) Release(ctx context.Context, now time.Time, ids ...string) (int, error) {
	return q.change(ctx, now, ids, change{from: []relay.State{relay.OnHold}, to: relay.Queued, next: now})
}

// Drop implements relay.Desk.
func (q *Queue) Drop(ctx context.Context, now time.Time, ids ...string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	return q.change(ctx, now, ids, change{from: append(notFinal(), relay.Failed), to: relay.Dropped})
}

// change applies changes to the named messages, or to all, in one transaction.
func (q *Queue) change(ctx context.Context, now time.Time, ids []string, changes ...change) (int, error) {
	total := 0
	err := q.s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		total = 0
		if len(ids) == 0 {
			n, err := apply(ctx, tx, now, "", changes)
			total = n
			return err
		}
		for _, id := range ids {
			n, err := apply(ctx, tx, now, id, changes)
			if err == nil && n == 0 {
				err = relay.ErrNotQueued
			}
			if err != nil {
				return fmt.Errorf("message %s: %w", id, err)
			}
			total += n
		}
		return nil
	})
	return total, err
}

// apply changes the recipients of one message, or of all when id is empty.
func apply(ctx context.Context, tx *sql.Tx, now time.Time, id string, changes []change) (int, error) {
	total := 0
	for _, c := range changes {
		var p placeholders
		query := `UPDATE relay_recipient SET next_attempt = ` + p.add(nullMillis(c.next)) +
			`, updated = ` + p.add(millis(now))
		if c.to != "" {
			query += `, state = ` + p.add(string(c.to))
		}
		query += ` WHERE owner = 0 AND state IN (` + addAll(&p, c.from) + `)`
		if id != "" {
			query += ` AND queue_id = ` + p.add(id)
		}
		result, err := tx.ExecContext(ctx, query, p.args...)
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		total += int(n)
	}
	return total, forgetBody(ctx, tx, id)
}
