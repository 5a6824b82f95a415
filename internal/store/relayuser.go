package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"spamreport/relay/submission"
)

var _ submission.Users = (*RelayUsers)(nil)

// RelayUsers are those who may hand mail to the relay. Names are kept in lower
// case.
type RelayUsers struct{ s *Store }

// RelayUsers returns the users of the relay.
func (s *Store) RelayUsers() *RelayUsers { return &RelayUsers{s} }

// ErrUserExists says that a name is taken.
var ErrUserExists = errors.New("there is such a user already")

const userColumns = `SELECT name, hash, disabled, created, last_login FROM relay_user`

// User implements submission.Users.
func (u *RelayUsers) User(ctx context.Context, name string) (submission.User, error) {
	name = strings.ToLower(name)
	user, err := u.s.users.look(name, func() (submission.User, error) {
		return scanUser(u.s.read.QueryRowContext(u.s.dialect.brief(ctx), userColumns+` WHERE name = $1`, name))
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = submission.ErrNoUser
	}
	if err != nil {
		return user, fmt.Errorf("relay user %s: %w", name, explain(err))
	}
	return user, nil
}

func scanUser(row interface{ Scan(...any) error }) (submission.User, error) {
	var u submission.User
	var created, login sql.NullInt64
	err := row.Scan(&u.Name, &u.Hash, &u.Disabled, &created, &login)
	u.Created, u.LastLogin = fromMillis(created), fromMillis(login)
	return u, err
}

// List returns all users by name.
func (u *RelayUsers) List(ctx context.Context) ([]submission.User, error) {
	rows, err := u.s.read.QueryContext(ctx, userColumns+` ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list the relay's users: %w", explain(err))
	}
	defer func() { _ = rows.Close() }()
	var users []submission.User
	for rows.Next() {
		user, err := scanUser(rows)
		if err != nil {
			return nil, fmt.Errorf("list the relay's users: %w", explain(err))
		}
		users = append(users, user)
	}
	return users, explain(rows.Err())
}

// Add adds a user with the hash of its password.
func (u *RelayUsers) Add(ctx context.Context, name, hash string) error {
	return u.change(ctx, name, ErrUserExists, `
		INSERT INTO relay_user (name, hash, created) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO NOTHING`, hash, millis(u.s.now()))
}

// SetHash replaces the hash of a user's password.
func (u *RelayUsers) SetHash(ctx context.Context, name, hash string) error {
	return u.change(ctx, name, submission.ErrNoUser, `UPDATE relay_user SET hash = $2 WHERE name = $1`, hash)
}

// Disable keeps a user from logging in, or ends that.
func (u *RelayUsers) Disable(ctx context.Context, name string, disabled bool) error {
	return u.change(ctx, name, submission.ErrNoUser, `UPDATE relay_user SET disabled = $2 WHERE name = $1`, toBit(disabled))
}

// Remove removes a user. What it has queued is sent all the same.
func (u *RelayUsers) Remove(ctx context.Context, name string) error {
	return u.change(ctx, name, submission.ErrNoUser, `DELETE FROM relay_user WHERE name = $1`)
}

// LoggedIn implements submission.Users.
func (u *RelayUsers) LoggedIn(ctx context.Context, name string, at time.Time) error {
	return u.change(ctx, name, submission.ErrNoUser, `UPDATE relay_user SET last_login = $2 WHERE name = $1`, millis(at))
}

// change runs a statement that changes the row of one user. none is the error
// when it changed no row.
func (u *RelayUsers) change(ctx context.Context, name string, none error, statement string, args ...any) error {
	err := u.s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, append([]any{strings.ToLower(name)}, args...)...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, none)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("relay user %s: %w", name, err)
	}
	return nil
}
