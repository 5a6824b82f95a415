package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"spamreport/relay"
)

// clockSkew is how far the clocks of machines on one database are apart at most.
// What is dated further ahead of ours was written while a clock was wrong, and
// nobody waits for that time to come.
const clockSkew = time.Hour

// setRight finds recipients that were put off by a clock that was ahead: they
// were changed in the future. They wait as long as was meant, from now on, and
// their messages are as old as they can be.
func (q *Queue) setRight(ctx context.Context, tx *sql.Tx, now time.Time) error {
	var p placeholders
	ours, ahead := p.add(millis(now)), p.add(millis(now.Add(clockSkew)))
	rows, err := tx.QueryContext(ctx, `
		UPDATE relay_recipient SET next_attempt = next_attempt - updated + `+ours+`, updated = `+ours+`
		WHERE (queue_id, recipient) IN (
			SELECT queue_id, recipient FROM relay_recipient
			WHERE state IN (`+addAll(&p, []relay.State{relay.Queued, relay.Retrying})+`) AND updated > `+ahead+`
				AND next_attempt IS NOT NULL AND owner = 0`+q.s.dialect.skipLocked+`)
		RETURNING queue_id`, p.args...)
	if err != nil {
		return fmt.Errorf("look for what a wrong clock put off: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		_, err := tx.ExecContext(ctx, `UPDATE relay_message SET queued = $1 WHERE id = $2 AND queued > $1`, millis(now), id)
		if err != nil {
			return err
		}
	}
	return nil
}
