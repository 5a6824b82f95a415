package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"spamreport/internal/followup"
)

// lives completes the history with what came back. selected is the condition
// that chose its messages, args are the arguments of that.
func (s *Store) lives(ctx context.Context, history []HistoryRow, selected string, args []any) error {
	replies, err := s.replies(ctx, `SELECT `+replyRows+` FROM reply r
		WHERE r.complaint IN (SELECT digest FROM message`+selected+`) ORDER BY r.recorded, r.digest`, args)
	if err != nil {
		return err
	}
	about := map[string][]followup.Reply{}
	for _, r := range replies {
		about[r.Complaint] = append(about[r.Complaint], r)
	}
	last, err := s.lastSpam(ctx, selected, args)
	if err != nil {
		return err
	}
	for i := range history {
		row := &history[i]
		row.Life = followup.Course{
			Contact: row.Contact, Filed: row.Filed, Delivery: row.Delivery.State,
			Outcome: row.outcome, Closed: row.closed, LastSpam: last[row.Prefix.String()],
		}.Life(about[row.Digest])
	}
	return nil
}

// cameAt is when a message came: the server's clock, unless that is ahead.
const cameAt = `CASE WHEN m.received IS NULL OR m.received > m.seen THEN m.seen ELSE m.received END`

// lastSpam is when the last spam of each network of the selected messages came.
func (s *Store) lastSpam(ctx context.Context, selected string, args []any) (map[string]time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT m.prefix, MAX(`+cameAt+`) FROM message m
		WHERE m.prefix <> '' AND m.prefix IN (SELECT prefix FROM message`+selected+`) GROUP BY m.prefix`, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	last := map[string]time.Time{}
	for rows.Next() {
		var prefix string
		var at sql.NullInt64
		if err := rows.Scan(&prefix, &at); err != nil {
			return nil, explain(err)
		}
		last[prefix] = fromMillis(at)
	}
	return last, explain(rows.Err())
}

// ErrNoComplaint says that no complaint was filed under an incident id.
var ErrNoComplaint = errors.New("no complaint was filed under this id")

// Conclude keeps what the user says became of a complaint: Resolved, Ignored,
// or nothing yet when outcome is empty.
func (s *Store) Conclude(ctx context.Context, incident string, outcome followup.State) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		closed := s.now()
		if outcome == "" {
			closed = time.Time{}
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE message SET outcome = $2, closed = $3
			WHERE filed IS NOT NULL AND digest IN (SELECT digest FROM complaint WHERE incident = $1)`,
			strings.ToUpper(incident), string(outcome), nullMillis(closed))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			err = ErrNoComplaint
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", incident, err)
	}
	return nil
}
