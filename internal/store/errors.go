package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a database, for callers that say what to do about it.
var (
	ErrDamaged     = errors.New("the database is damaged: restore a backup, or move it away to start anew")
	ErrForeign     = errors.New("it is not a database of spamreport")
	ErrNewer       = errors.New("the database belongs to a newer spamreport: use that version")
	ErrOlder       = errors.New("the database belongs to an older spamreport and must be upgraded first: run any command that writes, such as sweep")
	ErrDiskFull    = errors.New("the disk is full")
	ErrReadOnly    = errors.New("the database cannot be written")
	ErrBusy        = errors.New("the database is locked by another program")
	ErrUnreachable = errors.New("the database server cannot be reached")
	ErrLogin       = errors.New("the database server refuses the log-in: check the user and the password")
	ErrNoDatabase  = errors.New("the server has no such database: make it with createdb")
	ErrAccess      = errors.New("the database cannot be opened: check the permissions of the file and its folder")
)

// meanings says what SQLite's result codes mean to a person: the primary ones,
// and variants that mean something else.
var meanings = map[int]error{
	sqlite3.SQLITE_IOERR_SHMSIZE: ErrDiskFull, // no room for the index of the log, 32 KB

	sqlite3.SQLITE_CORRUPT:  ErrDamaged,
	sqlite3.SQLITE_NOTADB:   ErrForeign,
	sqlite3.SQLITE_FULL:     ErrDiskFull,
	sqlite3.SQLITE_READONLY: ErrReadOnly,
	sqlite3.SQLITE_BUSY:     ErrBusy,
	sqlite3.SQLITE_LOCKED:   ErrBusy,
	sqlite3.SQLITE_CANTOPEN: ErrAccess,
	sqlite3.SQLITE_PERM:     ErrAccess,
}

// states says what PostgreSQL's codes mean to a person: five characters, or the
// two of a class.
var states = map[string]error{
	"08": ErrUnreachable, "53300": ErrUnreachable,
	"57P01": ErrUnreachable, "57P02": ErrUnreachable, "57P03": ErrUnreachable,
	"25P03": ErrUnreachable, // the session was idle in a transaction
	"25006": ErrReadOnly, "42501": ErrReadOnly,
	"28": ErrLogin, "3D000": ErrNoDatabase,
	"40": ErrBusy, "55P03": ErrBusy, "57014": ErrBusy,
	"53100": ErrDiskFull,
	"XX001": ErrDamaged, "XX002": ErrDamaged,
}

// explain puts the meaning of a database error in front of it.
func explain(err error) error {
	if meaning := meaningOf(err); meaning != nil && !errors.Is(err, meaning) {
		return fmt.Errorf("%w (%w)", meaning, cause(err))
	}
	return err
}

// cause is what a server or the network said, without the list of addresses
// that pgconn puts before it, each on a line.
func cause(err error) error {
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var network *net.OpError
	switch {
	case !errors.As(err, &connect):
		return err
	case errors.As(err, &server):
		return server
	case errors.As(err, &network):
		return network
	}
	return err
}

func meaningOf(err error) error {
	var file *sqlite.Error
	var server *pgconn.PgError
	switch {
	case errors.As(err, &file):
		code := file.Code()
		return cmp.Or(meanings[code], meanings[code&0xff]) // the low octet is the primary code; the rest tells variants apart
	case errors.As(err, &server):
		return cmp.Or(states[server.Code], states[server.Code[:min(2, len(server.Code))]])
	case errors.Is(err, context.Canceled):
		return nil // who asked gave up, which says nothing of the server
	case lost(err):
		return ErrUnreachable
	}
	return nil
}

// lost reports whether a connection to a server could not be made or broke.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || err != nil && pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF)
}

// Passing reports whether an error of the database may go away by itself, so
// that the same can be tried again later.
func Passing(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy) || errors.Is(err, ErrDiskFull)
}

// passing reports whether a transaction failed by no fault of its own.
func passing(err error) bool {
	var file *sqlite.Error
	if err == nil || errors.As(err, &file) {
		return false // SQLite waits by itself
	}
	meant := explain(err)
	return errors.Is(meant, ErrBusy) || errors.Is(meant, ErrUnreachable)
}
