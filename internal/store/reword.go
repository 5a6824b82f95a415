package store

import (
	"context"
	"database/sql"
	"fmt"

	"spamreport/complaint"
)

// Reword replaces the letter of a complaint that waits for approval; see
// complaint.Complaint.WithText, which makes c.
func (s *Store) Reword(ctx context.Context, digest string, c complaint.Complaint) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mustBeHeld(ctx, tx, digest); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE complaint SET body = $2, raw = $3 WHERE digest = $1`, digest, c.Text, c.Raw)
		return err
	})
	if err != nil {
		return fmt.Errorf("edit %s: %w", c.Incident, err)
	}
	return nil
}
