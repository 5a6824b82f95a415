package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/pressly/goose/v3"
)

// dialect is what the two databases do differently. Everything else is written
// once, in the SQL that they have in common.
type dialect struct {
	goose goose.Dialect
	// catalogue counts the tables, and those of them with the name $1.
	catalogue string
	// tables lists their names.
	tables string
	// snapshot begins a transaction that sees one moment throughout.
	snapshot *sql.TxOptions
	// forUpdate, at the end of a SELECT within a transaction, locks its rows, and
	// the next statement sees what whoever had them locked before has done.
	forUpdate string
	// skipLocked, at the end of a SELECT within a transaction, locks its rows
	// and leaves out what another transaction has locked.
	skipLocked string
	// queueWriters is how many transactions on the queue run side by side. With
	// none they go through the writer of the ledger.
	queueWriters int
	// ledgerWriters is how many transactions on the ledger run side by side, each
	// in sections of its own.
	ledgerWriters int
	// fewLocks is how many locks of a transaction on the ledger are still few; 0:
	// there are none.
	fewLocks int
	// patience is how long a write is tried again that failed by no fault of
	// its own: two transactions got in each other's way, or the server is gone.
	patience time.Duration
	// longest bounds one transaction, since a server may fall silent; 0: no bound.
	longest time.Duration
}

var sqliteDialect = dialect{
	goose:     goose.DialectSQLite3,
	catalogue: `SELECT COUNT(*), COALESCE(SUM(name = $1), 0) FROM sqlite_master WHERE type = 'table'`,
	tables:    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
}

var postgresDialect = dialect{
	goose: goose.DialectPostgres,
	catalogue: `SELECT COUNT(*), COUNT(CASE WHEN table_name = $1 THEN 1 END) FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
	tables: `SELECT table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`,
	snapshot:      &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	forUpdate:     ` FOR NO KEY UPDATE`,
	skipLocked:    ` FOR NO KEY UPDATE SKIP LOCKED`,
	queueWriters:  4,
	ledgerWriters: 4,
	fewLocks:      12,
	patience:      busyTimeout,
	longest:       2 * time.Minute,
}

// bounded is the context of one transaction.
func (d *dialect) bounded() (context.Context, context.CancelFunc) {
	if d.longest == 0 {
		return context.Background(), func() {}
	}
	return context.WithTimeout(context.Background(), d.longest)
}

// brief is the context of a query for a few rows by their key. A file answers
// before anybody gives up on it, and to watch a context takes goroutines that
// cost more than such a query. A server may fall silent.
func (d *dialect) brief(ctx context.Context) context.Context {
	if d.longest == 0 {
		return context.WithoutCancel(ctx)
	}
	return ctx
}
