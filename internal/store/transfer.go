package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Errors of Transfer.
var (
	ErrNotEmpty = errors.New("it holds something already: give an empty database")
	ErrInUse    = errors.New("another spamreport has it open: stop it first, or it would deliver what was moved")
)

// Moved is how many rows of a table were moved.
type Moved struct {
	Table string
	Rows  int64
}

// Transfer moves everything from a file to an empty database on a server, as it
// was at one moment and all or nothing, and counts on the server what arrived.
// Nobody may use the file meanwhile; it stays as it is.
func Transfer(ctx context.Context, from, to *Store) ([]Moved, error) {
	files, isFile := from.owners.(*fileOwners)
	if !isFile || to.sessions == nil {
		return nil, errors.New("only a file of SQLite can be moved, and only to PostgreSQL")
	}
	if files.others() {
		return nil, ErrInUse
	}
	conn, err := to.write.Conn(ctx)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = conn.Close() }()
	var moved []Moved
	err = conn.Raw(func(driverConn any) error {
		server := driverConn.(cleanConn).Conn.Conn()
		return pgx.BeginFunc(ctx, server, func(tx pgx.Tx) error {
			return from.Everything(ctx, func(t Table) error {
				n, err := put(ctx, tx, t)
				moved = append(moved, Moved{t.Name, n})
				return err
			})
		})
	})
	if err != nil {
		return nil, explain(err)
	}
	_, err = conn.ExecContext(ctx, `ANALYZE`) // or the first days would be slow
	return moved, explain(err)
}

// put fills a table that is empty, and counts what it then holds.
func put(ctx context.Context, tx pgx.Tx, t Table) (int64, error) {
	name := pgx.Identifier{t.Name}
	// Nobody else writes into it before it is all there.
	if _, err := tx.Exec(ctx, `LOCK TABLE `+name.Sanitize()+` IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return 0, err
	}
	var before, after, read int64
	count := `SELECT COUNT(*) FROM ` + name.Sanitize()
	if err := tx.QueryRow(ctx, count).Scan(&before); err != nil {
		return 0, err
	}
	if before > 0 {
		return 0, fmt.Errorf("%w (%d in %s)", ErrNotEmpty, before, t.Name)
	}
	rows := &copied{table: t, values: make(chan []any), done: make(chan struct{})}
	go rows.read()
	_, err := tx.CopyFrom(ctx, name, t.Columns, rows)
	close(rows.done)
	for range rows.values { // until the reader has ended
	}
	if err = errors.Join(err, rows.err); err != nil {
		return 0, fmt.Errorf("table %s: %w", t.Name, err)
	}
	read = rows.count
	if err := tx.QueryRow(ctx, count).Scan(&after); err != nil {
		return 0, err
	}
	if after != read {
		return 0, fmt.Errorf("table %s: %d rows were read, and %d arrived", t.Name, read, after)
	}
	return after, nil
}

// copied gives the rows of a table to COPY, which asks for one after the other.
type copied struct {
	table  Table
	values chan []any
	done   chan struct{} // closed when no more rows are wanted
	now    []any
	count  int64
	err    error // valid once values is closed
}

var errEnough = errors.New("no more rows are wanted")

func (c *copied) read() {
	defer close(c.values)
	err := c.table.Rows(func(values []any) error {
		select {
		case c.values <- prepared(c.table, values):
			return nil
		case <-c.done:
			return errEnough
		}
	})
	if !errors.Is(err, errEnough) {
		c.err = err
	}
}

// prepared is a row as the server takes it. Leases stay behind: the processes
// that have them are on the file.
func prepared(t Table, values []any) []any {
	row := slices.Clone(values)
	for i, value := range row {
		switch text, isText := value.(string); {
		case isText:
			row[i] = clean(text)
		case t.Columns[i] == "owner":
			row[i] = int64(0)
		}
	}
	return row
}

// Next implements pgx.CopyFromSource.
func (c *copied) Next() bool {
	row, more := <-c.values
	if more {
		c.now = row
		c.count++
	}
	return more
}

// Values implements pgx.CopyFromSource.
func (c *copied) Values() ([]any, error) { return c.now, nil }

// Err implements pgx.CopyFromSource. It is asked when Next was false.
func (c *copied) Err() error { return c.err }
