package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// TrustRow is one mail host, network or domain that an account trusts because
// it was learned from the account's ordinary mail.
type TrustRow struct {
	Account  string
	Rule     string // as in the configuration's trust
	Messages int    // in so many messages it stood
	Sample   int    // of so many
	Learned  time.Time
}

// Share is the part of the messages in which the host stood.
func (r TrustRow) Share() float64 {
	if r.Sample == 0 {
		return 0
	}
	return float64(r.Messages) / float64(r.Sample)
}

// Trust lists what was learned for an account, the commonest first; for every
// account when it is "".
func (s *Store) Trust(ctx context.Context, account string) ([]TrustRow, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT account, rule, messages, sample, learned FROM account_trust
		WHERE account = $1 OR $1 = ''
		ORDER BY account, messages * 1.0 / sample DESC, rule`, account)
	if err != nil {
		return nil, fmt.Errorf("read the learned hosts: %w", explain(err))
	}
	defer func() { _ = rows.Close() }()
	var learned []TrustRow
	for rows.Next() {
		var r TrustRow
		var at sql.NullInt64
		if err := rows.Scan(&r.Account, &r.Rule, &r.Messages, &r.Sample, &at); err != nil {
			return nil, fmt.Errorf("read the learned hosts: %w", explain(err))
		}
		r.Learned = fromMillis(at)
		learned = append(learned, r)
	}
	return learned, explain(rows.Err())
}

// SetTrust keeps what was learned for an account, all of it or nothing. A rule
// that is known gets the new figures; others of before stay, since another
// folder may have taught them.
func (s *Store) SetTrust(ctx context.Context, account string, rows []TrustRow) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range rows {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO account_trust (account, rule, messages, sample, learned) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (account, rule) DO UPDATE SET
					messages = excluded.messages, sample = excluded.sample, learned = excluded.learned`,
				account, r.Rule, r.Messages, r.Sample, millis(r.Learned))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the hosts learned for account %s: %w", account, err)
	}
	return nil
}

// ForgetTrust removes rules of an account. One that is not there is no error.
func (s *Store) ForgetTrust(ctx context.Context, account string, rules ...string) error {
	err := s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, rule := range rules {
			_, err := tx.ExecContext(ctx, `DELETE FROM account_trust WHERE account = $1 AND rule = $2`, account, rule)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget the hosts learned for account %s: %w", account, err)
	}
	return nil
}
