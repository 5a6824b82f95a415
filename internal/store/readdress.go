package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/relay"
)

// Waiting implements followup.Waiting.
func (s *Store) Waiting(ctx context.Context) ([]complaint.Entry, error) {
	return s.entries(ctx, `SELECT `+allTexts+entryTables+`
		JOIN reply r ON r.complaint = m.digest AND r.anew = $1
		WHERE c.digest IS NOT NULL AND m.outcome = '' ORDER BY r.recorded, r.digest`, toGoAnew)
}

// Readdressed implements followup.Waiting.
func (s *Store) Readdressed(ctx context.Context, e complaint.Entry, sub *relay.Submission) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := stopWaiting(ctx, tx, e.Digest); err != nil {
			return err
		}
		var filed time.Time
		if sub != nil {
			var err error
			if filed, err = s.enqueue(ctx, tx, *sub); err != nil {
				return err
			}
			e.QueueID = sub.ID
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE message SET contact = $2, action = $3, why = $4, queue_id = $5, filed = $6 WHERE digest = $1`,
			e.Digest, e.Contact, string(e.Action), e.Why, e.QueueID, nullMillis(filed))
		if err != nil {
			return err
		}
		if err := putComplaint(ctx, tx, e.Digest, e.Complaint, true); err != nil {
			return err
		}
		return moveIncidents(ctx, tx, e.Digest, e.Contact, filed)
	})
	if err != nil {
		return fmt.Errorf("file %s anew: %w", e.Digest, err)
	}
	return nil
}

// moveIncidents lets further copies count on the complaint to its new contact,
// unless that one has a complaint about the same campaign already.
func moveIncidents(ctx context.Context, tx *sql.Tx, digest, contact string, filed time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE incident SET over = 1 WHERE complaint = $1 AND over = 0 AND EXISTS (
			SELECT 1 FROM incident o WHERE o.fingerprint = incident.fingerprint AND o.contact = $2 AND o.over = 0)`,
		digest, contact)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE incident SET contact = $2, filed = $3 WHERE complaint = $1`,
		digest, contact, nullMillis(filed))
	return err
}

// GiveUp implements followup.Waiting.
func (s *Store) GiveUp(ctx context.Context, digest, why string) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := stopWaiting(ctx, tx, digest); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE message SET why = $2 WHERE digest = $1`, digest, why)
		return err
	})
	if err != nil {
		return fmt.Errorf("give up %s: %w", digest, err)
	}
	return nil
}

func stopWaiting(ctx context.Context, tx *sql.Tx, digest string) error {
	result, err := tx.ExecContext(ctx, `UPDATE reply SET anew = $2 WHERE complaint = $1 AND anew = $3`, digest, goneAnew, toGoAnew)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = followup.ErrNotWaiting
	}
	return err
}
