package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"spamreport/relay"
)

// Census counts the recipients that wait, by state, and tells when the oldest
// of their messages was queued; zero when none waits.
func (q *Queue) Census(ctx context.Context) (map[relay.State]int, time.Time, error) {
	waiting := make(map[relay.State]int)
	var first sql.NullInt64
	rows, err := q.s.read.QueryContext(ctx, `
		SELECT r.state, COUNT(*), MIN(m.queued)
		FROM relay_recipient r JOIN relay_message m ON m.id = r.queue_id
		WHERE r.state IN ($1, $2, $3) GROUP BY r.state`,
		string(relay.Queued), string(relay.Retrying), string(relay.OnHold))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("count the queue: %w", explain(err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var state string
		var n int
		var oldest sql.NullInt64
		if err := rows.Scan(&state, &n, &oldest); err != nil {
			return nil, time.Time{}, fmt.Errorf("count the queue: %w", explain(err))
		}
		waiting[relay.State(state)] = n
		if !first.Valid || oldest.Int64 < first.Int64 {
			first = oldest
		}
	}
	return waiting, fromMillis(first), explain(rows.Err())
}
