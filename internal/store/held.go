package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spamreport/complaint"
	"spamreport/internal/pipeline"
	"spamreport/relay"
)

// Held implements pipeline.Ledger.
func (s *Store) Held(ctx context.Context) ([]complaint.Entry, error) {
	return s.entries(ctx, `SELECT `+allTexts+entryTables+`WHERE m.action = $1 ORDER BY m.seen, m.digest`, string(complaint.Held))
}

// ErrNotHeld says that a complaint does not wait for approval.
var ErrNotHeld = errors.New("the complaint does not wait for approval")

// Approve implements pipeline.Ledger. What is filed is what the submission
// says: it may have been edited since the complaint was held.
func (s *Store) Approve(ctx context.Context, digest string, sub relay.Submission) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mustBeHeld(ctx, tx, digest); err != nil {
			return err
		}
		filed, err := s.enqueue(ctx, tx, sub)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE message SET action = $2, queue_id = $3, filed = $4, why = REPLACE(why, $5, $6) WHERE digest = $1`,
			digest, string(complaint.Sent), sub.ID, millis(filed), pipeline.Waits, pipeline.Approved)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE complaint SET raw = $2 WHERE digest = $1`, digest, sub.Message)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE incident SET filed = $2 WHERE complaint = $1`, digest, millis(filed))
		return err
	})
	if err != nil {
		return fmt.Errorf("approve %s: %w", digest, err)
	}
	return nil
}

// Drop implements pipeline.Ledger.
func (s *Store) Drop(ctx context.Context, digest, why string) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mustBeHeld(ctx, tx, digest); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE message SET action = $2, why = $3 WHERE digest = $1`,
			digest, string(complaint.Dropped), why)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop %s: %w", digest, err)
	}
	return nil
}

func mustBeHeld(ctx context.Context, tx *sql.Tx, digest string) error {
	var action string
	err := tx.QueryRowContext(ctx, `SELECT action FROM message WHERE digest = $1`, digest).Scan(&action)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return complaint.ErrUnknown
	case err != nil:
		return err
	case action != string(complaint.Held):
		return fmt.Errorf("%w: it is %s", ErrNotHeld, action)
	}
	return nil
}
