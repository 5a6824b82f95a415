package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// insist tries again what failed by no fault of its own, as long as the
// dialect has patience.
func (s *Store) insist(try func() error) error {
	wait := 10 * time.Millisecond
	for began := time.Now(); ; wait = min(2*wait, time.Second) {
		err := try()
		if errors.Is(err, errUndone) {
			began = time.Now() // the server has just answered
		}
		if err == nil || !passing(err) || time.Since(began) >= s.dialect.patience {
			return err
		}
		time.Sleep(wait/2 + rand.N(wait/2)) // #nosec G404 -- apart from the others who try
	}
}

// begin runs what comes first and numbers the transaction, so that its outcome
// can be asked for when the connection is lost while it commits.
func (s *Store) begin(ctx context.Context, tx *sql.Tx, begin first, batch []write) (id string, err error) {
	if begin != nil {
		if err := begin(ctx, tx, batch); err != nil {
			return "", err
		}
	}
	if s.sessions != nil {
		err = tx.QueryRowContext(ctx, `SELECT pg_current_xact_id()::text`).Scan(&id)
	}
	return id, err
}

// finish commits a transaction.
func (s *Store) finish(tx *sql.Tx, id string) error {
	err := tx.Commit()
	if err == nil || id == "" || !passing(err) {
		return err
	}
	return s.outcome(id, err)
}

// errUndone says that a transaction was not committed, and can be repeated.
var errUndone = fmt.Errorf("%w: the connection was lost", ErrUnreachable)

// outcome finds out what became of a transaction whose commit ended in lost.
func (s *Store) outcome(id string, lost error) error {
	ctx, cancel := s.dialect.bounded()
	defer cancel()
	var became error
	err := s.insist(func() error {
		var status sql.NullString
		err := s.write.QueryRowContext(ctx, `SELECT pg_xact_status($1::text::xid8)`, id).Scan(&status)
		switch {
		case neverGiven(err):
			// The server crashed before the number was on its disk, and with it
			// all that bears it.
			became = errUndone
		case err != nil:
			return err
		case status.String == "in progress":
			return fmt.Errorf("%w: a transaction does not end", ErrBusy)
		case status.String == "aborted":
			became = errUndone
		case status.String != "committed":
			became = lost // too long ago for the server to know
		}
		return nil
	})
	return errors.Join(err, became)
}

// neverGiven says that a server does not know a transaction's number yet.
func neverGiven(err error) bool {
	const invalidParameter = "22023" // "transaction ID … is in the future"
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == invalidParameter
}
