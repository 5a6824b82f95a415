package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
)

// Cursor implements pipeline.Progress.
func (s *Store) Cursor(ctx context.Context, account, folder string) (uidValidity, uid uint32, err error) {
	err = s.read.QueryRowContext(ctx,
		`SELECT uidvalidity, uid FROM folder_cursor WHERE account = $1 AND folder = $2`, account, folder).
		Scan(&uidValidity, &uid)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	return uidValidity, uid, explain(err)
}

// SetCursor implements pipeline.Progress.
func (s *Store) SetCursor(ctx context.Context, account, folder string, uidValidity, uid uint32) error {
	err := s.updateWithin(ctx, folderSection(account, folder), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO folder_cursor (account, folder, uidvalidity, uid) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, folder) DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid`,
			account, folder, uidValidity, uid)
		if err != nil {
			return err
		}
		// RFC 9051 §2.3.1.1: with a new UIDVALIDITY the old UIDs mean nothing.
		_, err = tx.ExecContext(ctx,
			`DELETE FROM sighting WHERE account = $1 AND folder = $2 AND uidvalidity <> $3`,
			account, folder, uidValidity)
		return err
	})
	if err != nil {
		return fmt.Errorf("remember how far %s/%s was swept: %w", account, folder, err)
	}
	return nil
}

// standing orders what became of messages by what is still to be done about it.
const standing = `(SELECT MAX(CASE action WHEN 'deferred' THEN 3 WHEN 'held' THEN 2 WHEN 'sent' THEN 1 WHEN 'merged' THEN 1 ELSE 0 END)
	FROM message WHERE spam = `

// addSighting records where a message lies. A place that is known stays as it
// is, with its mark. Where several messages lie in one (they were forwarded
// together), it is that of the one about which most is still to be done: as
// long as one is deferred, the place is visited again.
func addSighting(ctx context.Context, tx *sql.Tx, p mailbox.Place, digest string) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO sighting (account, folder, uidvalidity, uid, digest) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, folder, uidvalidity, uid) DO UPDATE SET digest = excluded.digest
		WHERE `+standing+`excluded.digest) > `+standing+`sighting.digest)`,
		p.Account, p.Folder, p.UIDValidity, p.UID, digest)
	return err
}

// Known implements pipeline.Progress.
func (s *Store) Known(ctx context.Context, account, folder string, uidValidity, after uint32) (map[uint32][]complaint.Entry, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT uid, digest FROM sighting WHERE account = $1 AND folder = $2 AND uidvalidity = $3 AND uid > $4`,
		account, folder, uidValidity, after)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	lying := map[uint32]string{}
	for rows.Next() {
		var uid uint32
		var digest string
		if err := rows.Scan(&uid, &digest); err != nil {
			return nil, explain(err)
		}
		lying[uid] = digest
	}
	if err := rows.Err(); err != nil {
		return nil, explain(err)
	}
	known := make(map[uint32][]complaint.Entry, len(lying))
	for uid, digest := range lying {
		if known[uid], err = s.Cases(ctx, digest); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// DeferredUIDs implements pipeline.Progress. What was deferred while a clock was
// ahead is tried at once.
func (s *Store) DeferredUIDs(ctx context.Context, account, folder string, uidValidity uint32, now time.Time) ([]uint32, error) {
	return s.uids(ctx, account, folder, uidValidity,
		`EXISTS (SELECT 1 FROM message m WHERE m.spam = p.digest AND COALESCE(m.action, '') = $4 AND (m.not_before IS NULL OR m.not_before <= $5 OR m.seen > $6))`,
		string(complaint.Deferred), millis(now), millis(now.Add(clockSkew)))
}

// UnmarkedUIDs implements pipeline.Progress. What waits keeps a message where
// it is: it has to be fetched once more.
func (s *Store) UnmarkedUIDs(ctx context.Context, account, folder string, uidValidity uint32) ([]uint32, error) {
	const reported = `(
		SELECT MAX(CASE m.action WHEN $6 THEN 2 WHEN $4 THEN 1 WHEN $5 THEN (
				SELECT COUNT(*) FROM incident i JOIN message about ON about.digest = i.complaint
				WHERE i.id = m.incident AND about.action = $4)
			ELSE 0 END)
		FROM message m WHERE m.spam = p.digest) = 1`
	return s.uids(ctx, account, folder, uidValidity, reported,
		string(complaint.Sent), string(complaint.Merged), string(complaint.Deferred))
}

// uids lists what is not marked in a folder and fulfils a condition, in order.
func (s *Store) uids(ctx context.Context, account, folder string, uidValidity uint32, condition string, args ...any) ([]uint32, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT p.uid FROM sighting p
		WHERE p.account = $1 AND p.folder = $2 AND p.uidvalidity = $3 AND p.marked = 0 AND `+condition+`
		ORDER BY p.uid`, append([]any{account, folder, uidValidity}, args...)...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var uids []uint32
	for rows.Next() {
		var uid uint32
		if err := rows.Scan(&uid); err != nil {
			return nil, explain(err)
		}
		uids = append(uids, uid)
	}
	return uids, explain(rows.Err())
}

// SetMarked implements pipeline.Progress.
func (s *Store) SetMarked(ctx context.Context, account, folder string, uidValidity uint32, uids []uint32) error {
	err := s.updateWithin(ctx, folderSection(account, folder), func(ctx context.Context, tx *sql.Tx) error {
		for _, uid := range uids {
			_, err := tx.ExecContext(ctx, `
				UPDATE sighting SET marked = 1
				WHERE account = $1 AND folder = $2 AND uidvalidity = $3 AND uid = $4`,
				account, folder, uidValidity, uid)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remember what was marked in %s/%s: %w", account, folder, err)
	}
	return nil
}
