package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"spamreport/complaint"
)

// NeverContact is an address that a person does not want to mail any more.
type NeverContact struct {
	Address string // in lower case
	Since   time.Time
}

// Never puts a contact on the never-mail list, and drops the complaints to it
// that wait for approval, in one transaction. It returns how many those were.
func (s *Store) Never(ctx context.Context, contact string) (dropped int, err error) {
	address := strings.ToLower(contact)
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO never_contact (address, since) VALUES ($1, $2)
			ON CONFLICT (address) DO NOTHING`, address, millis(s.now()))
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `UPDATE message SET action = $3, why = $4 WHERE action = $1 AND LOWER(contact) = $2`,
			string(complaint.Held), address, string(complaint.Dropped), contact+" is never to be mailed again")
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		dropped = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("never mail %s: %w", contact, err)
	}
	return dropped, nil
}

// IsNever reports whether a contact is on the never-mail list.
func (s *Store) IsNever(ctx context.Context, contact string) (bool, error) {
	var one int
	err := s.read.QueryRowContext(ctx, `SELECT 1 FROM never_contact WHERE address = $1`, strings.ToLower(contact)).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, explain(err)
}

// NeverContacts is the never-mail list.
func (s *Store) NeverContacts(ctx context.Context) ([]NeverContact, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT address, since FROM never_contact ORDER BY address`)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var list []NeverContact
	for rows.Next() {
		var c NeverContact
		var since sql.NullInt64
		if err := rows.Scan(&c.Address, &since); err != nil {
			return nil, explain(err)
		}
		c.Since = fromMillis(since)
		list = append(list, c)
	}
	return list, explain(rows.Err())
}

// Relent takes a contact off the never-mail list; false when it was not there.
func (s *Store) Relent(ctx context.Context, contact string) (was bool, err error) {
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM never_contact WHERE address = $1`, strings.ToLower(contact))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		was = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("mail %s again: %w", contact, err)
	}
	return was, nil
}
