package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with a database, for callers that say what to do about it.
var (
	ErrDamaged  = errors.New("the database is damaged: restore a backup, or move it away to start anew")
	ErrForeign  = errors.New("the file is not a database of spamreport")
	ErrNewer    = errors.New("the database belongs to a newer spamreport: use that version")
	ErrOlder    = errors.New("the database belongs to an older spamreport and must be upgraded first: run any command that writes, such as sweep")
	ErrDiskFull = errors.New("the disk is full")
	ErrReadOnly = errors.New("the database cannot be written")
	ErrBusy     = errors.New("the database is locked by another program")
	ErrAccess   = errors.New("the database cannot be opened: check the permissions of the file and its folder")
)

// meanings says what SQLite's primary result codes mean to a person.
var meanings = map[int]error{
	sqlite3.SQLITE_CORRUPT:  ErrDamaged,
	sqlite3.SQLITE_NOTADB:   ErrForeign,
	sqlite3.SQLITE_FULL:     ErrDiskFull,
	sqlite3.SQLITE_READONLY: ErrReadOnly,
	sqlite3.SQLITE_BUSY:     ErrBusy,
	sqlite3.SQLITE_LOCKED:   ErrBusy,
	sqlite3.SQLITE_CANTOPEN: ErrAccess,
	sqlite3.SQLITE_PERM:     ErrAccess,
}

// explain puts the meaning of a database error in front of it.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	// The low octet is the primary code; the rest tells variants apart.
	if meaning, ok := meanings[e.Code()&0xff]; ok && !errors.Is(err, meaning) {
		return fmt.Errorf("%w (%w)", meaning, err)
	}
	return err
}
