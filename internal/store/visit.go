package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Visit is how the last visit to a folder of a mailbox ended.
type Visit struct {
	Account, Folder string
	Visited         time.Time // the last one that came to its end; zero: none did
	Failed          time.Time // the last one, when it did not; zero otherwise
	Error           string    // why it did not
	Messages        int       // of the folder that the ledger knows
}

// maxVisitError bounds what is kept of an error.
const maxVisitError = 1000

// Visited implements pipeline.Progress.
func (s *Store) Visited(ctx context.Context, account, folder string, failure error) error {
	visited, failed, why := any(millis(s.now())), any(nil), ""
	if failure != nil {
		visited, failed, why = nil, visited, failure.Error()
	}
	err := s.updateWithin(ctx, folderSection(account, folder), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO folder_visit (account, folder, visited, failed, error) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, folder) DO UPDATE SET
				visited = COALESCE(excluded.visited, folder_visit.visited), failed = excluded.failed, error = excluded.error`,
			account, folder, visited, failed, why[:min(len(why), maxVisitError)])
		return err
	})
	if err != nil {
		return fmt.Errorf("remember the visit to %s/%s: %w", account, folder, err)
	}
	return nil
}

// Visits lists the folders that were ever visited.
func (s *Store) Visits(ctx context.Context) ([]Visit, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT v.account, v.folder, v.visited, v.failed, v.error,
			(SELECT COUNT(*) FROM sighting p WHERE p.account = v.account AND p.folder = v.folder)
		FROM folder_visit v ORDER BY v.account, v.folder`)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var visits []Visit
	for rows.Next() {
		var v Visit
		var visited, failed sql.NullInt64
		if err := rows.Scan(&v.Account, &v.Folder, &visited, &failed, &v.Error, &v.Messages); err != nil {
			return nil, explain(err)
		}
		v.Visited, v.Failed = fromMillis(visited), fromMillis(failed)
		visits = append(visits, v)
	}
	return visits, explain(rows.Err())
}
