package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"modernc.org/sqlite"
)

// openSQLite prepares a pool. Nothing is opened before the first use, so the
// only error is in the name.
//
// Its connections keep their statements: compiling one takes longer than
// running most of those of the queue, and database/sql compiles anew for every
// call within a transaction.
func openSQLite(dsn string) *sql.DB {
	base, err := sqlite.NewConnector(dsn)
	if err != nil {
		panic(err) // the name is made here
	}
	return sql.OpenDB(connector{base})
}

type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	base, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{sqliteConn: base.(sqliteConn), kept: make(map[string]*statement)}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// maxKept bounds the statements that a connection keeps. Some are put together
// from parts, so their number is not known.
const maxKept = 200

// connection keeps statements by their text. Like every driver.Conn it serves
// one goroutine at a time.
type connection struct {
	sqliteConn
	kept map[string]*statement
}

// statement is one that is kept. A statement has one set of results, so it
// serves one query at a time; running says that one is being read.
type statement struct {
	driver.Stmt
	running bool
}

// Close implements driver.Conn.
func (c *connection) Close() error {
	c.forget()
	return c.sqliteConn.Close()
}

// forget closes all statements that are not running.
func (c *connection) forget() {
	for query, s := range c.kept {
		if !s.running {
			_ = s.Close() // frees memory, nothing else
			delete(c.kept, query)
		}
	}
}

// statement returns the statement of a query, or driver.ErrSkip when the query
// is running already: database/sql then compiles another.
func (c *connection) statement(ctx context.Context, query string) (*statement, error) {
	if s := c.kept[query]; s != nil {
		if s.running {
			return nil, driver.ErrSkip
		}
		return s, nil
	}
	if len(c.kept) >= maxKept {
		c.forget()
	}
	compiled, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: compiled}
	c.kept[query] = s
	return s, nil
}

// ExecContext implements driver.ExecerContext.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.running = true
	return &results{rows, s}, nil
}

// results are the rows of a statement that is kept.
type results struct {
	driver.Rows
	of *statement
}

// Close implements driver.Rows.
func (r *results) Close() error {
	r.of.running = false
	return r.Rows.Close()
}
