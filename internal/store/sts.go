package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"spamreport/relay/mtasts"
)

var _ mtasts.Cache = (*Store)(nil)

// STSPolicy implements mtasts.Cache. A kept policy that cannot be read any more
// is an error: taking it for absent would lower the guard.
func (s *Store) STSPolicy(ctx context.Context, domain string) (mtasts.Cached, bool, error) {
	var c mtasts.Cached
	var text string
	var fetched sql.NullInt64
	err := s.read.QueryRowContext(ctx,
		`SELECT policy_id, policy, fetched FROM sts_policy WHERE domain = $1`, domain).Scan(&c.ID, &text, &fetched)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, explain(err)
	}
	c.Fetched = fromMillis(fetched)
	if c.Policy, err = mtasts.Parse(text); err != nil {
		return c, false, fmt.Errorf("the kept MTA-STS policy of %s: %w", domain, err)
	}
	return c, true, nil
}

// KeepSTSPolicy implements mtasts.Cache.
func (s *Store) KeepSTSPolicy(ctx context.Context, domain string, c mtasts.Cached) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO sts_policy (domain, policy_id, policy, fetched) VALUES ($1, $2, $3, $4)
			ON CONFLICT (domain) DO UPDATE SET
				policy_id = excluded.policy_id, policy = excluded.policy, fetched = excluded.fetched`,
			domain, c.ID, c.Policy.String(), millis(c.Fetched))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the MTA-STS policy of %s: %w", domain, err)
	}
	return nil
}
