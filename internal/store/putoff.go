package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"spamreport/relay"
)

// PutOff implements relay.Queue.
func (q *Queue) PutOff(ctx context.Context, now time.Time, delays ...relay.Delay) error {
	err := q.s.updateQueue(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, d := range delays {
			if err := q.putOff(ctx, tx, now, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give back to the queue: %w", err)
	}
	return nil
}

func (q *Queue) putOff(ctx context.Context, tx *sql.Tx, now time.Time, d relay.Delay) error {
	var p placeholders
	query := `UPDATE relay_recipient SET owner = 0`
	if !d.Until.IsZero() {
		query += `, next_attempt = ` + p.add(millis(d.Until)) + `, updated = ` + p.add(millis(now))
	}
	if d.Limit {
		query += `, waited = waited + ` + p.add(max(0, d.Until.Sub(now).Milliseconds()))
	}
	if d.Why != "" {
		query += `, reply_code = 0, reply_status = '', reply_text = ` + p.add(clip(d.Why))
	}
	query += ` WHERE owner = ` + p.add(q.s.owners.number()) + ` AND queue_id = ` + p.add(d.ID) +
		` AND recipient IN (` + addAll(&p, d.Recipients) + `)`
	_, err := tx.ExecContext(ctx, query, p.args...)
	return err
}
