package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"spamreport/relay/submission"
)

// Options adjust a store. The zero value is what is wanted.
type Options struct {
	Now func() time.Time // the clock; time.Now when nil
	// Password is asked for the password of a server; the URL or the user's
	// ~/.pgpass has it when nil.
	Password func(context.Context) (string, error)
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect  *dialect
	read     *sql.DB
	write    *sql.DB    // nil when read-only
	ledger   chan write // in a transaction by themselves, one after the other
	queued   chan write // on the queue alone: side by side where the database can
	writers  sync.WaitGroup
	owners   owners
	sessions *sessions // PostgreSQL's; nil with SQLite
	path     string    // of the file; empty in memory and on a server
	now      func() time.Time
	told     atomic.Pointer[func(writes int)] // of each commit
	users    glance[submission.User]
	listed   glance[shortList]
	short    atomic.Pointer[shortage] // the latest; nil: there was none

	closing sync.RWMutex // held for reading while a write is handed over
	closed  bool
}

// busyTimeout is how long a write waits for another process to finish its own.
const busyTimeout = 20 * time.Second

// logPages is how long the log gets before it is copied into the database: 16
// MB. A message that is delivered by then has the pages of its text used again,
// and copied once.
const logPages = 4000

// readers is how many reads run at once.
const readers = 4

// Open opens a database: the URL of a PostgreSQL server, or the path of a file,
// which is made when it does not exist: for its owner only, in a folder for its
// owner only, since complaints quote other people's mail.
func Open(ctx context.Context, name string, o Options) (*Store, error) {
	return named(name)(open(ctx, name, o))
}

// named puts the name of the database in front of an error.
func named(name string) func(*Store, error) (*Store, error) {
	return func(s *Store, err error) (*Store, error) {
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", Redacted(name), explain(err))
		}
		return s, nil
	}
}

func open(ctx context.Context, path string, o Options) (*Store, error) {
	if IsPostgres(path) {
		return openPostgres(ctx, path, o, false)
	}
	if err := create(path); err != nil {
		return nil, err
	}
	owners, err := openOwners(path + "-lock")
	if err != nil {
		return nil, err
	}
	s := openFile(o, sqliteURL(path, "rwc"))
	s.owners, s.path = owners, path
	s.boundReads()
	// Two programs that start at once must not both make the tables.
	err = owners.exclusively(ctx, func() error { return migrate(ctx, s.write, s.dialect) })
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// OpenMemory opens a database that lives in memory and ends with Close: for
// trying things out, and for a dry run where there is no database yet.
func OpenMemory(ctx context.Context, o Options) (*Store, error) {
	s := openFile(o, "file::memory:?_pragma=foreign_keys(1)")
	// Each connection would be a database of its own.
	_ = s.read.Close()
	s.read = s.write
	s.owners = &fileOwners{id: 1} // alone in it
	if err := migrate(ctx, s.write, s.dialect); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("database in memory: %w", explain(err))
	}
	return s, nil
}

// boundReads keeps what reads a file open: a connection begins with reading the
// schema.
func (s *Store) boundReads() {
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
}

func openFile(o Options, dsn string) *Store {
	s := &Store{dialect: &sqliteDialect, now: o.Now, read: openSQLite(dsn)}
	if s.now == nil {
		s.now = time.Now
	}
	write := openSQLite(dsn + "&_txlock=immediate")
	write.SetMaxOpenConns(1) // SQLite has one writer
	s.start(write)
	return s
}

// OpenReadOnly opens a database that nothing is written to, for dry runs. A
// file that does not exist is an error that is fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, name string, o Options) (*Store, error) {
	return named(name)(openReadOnly(ctx, name, o))
}

func openReadOnly(ctx context.Context, path string, o Options) (*Store, error) {
	if IsPostgres(path) {
		return openPostgres(ctx, path, o, true)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, pathless(err)
	}
	dsn := sqliteURL(path, "ro")
	// Reading a database in WAL mode makes two files beside it, unless it is
	// said to be immutable. It is, when nobody has it open: the last one who
	// closes it removes the log.
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		dsn += "&immutable=1"
	}
	s := &Store{dialect: &sqliteDialect, now: o.Now, read: openSQLite(dsn), owners: &fileOwners{}}
	s.boundReads()
	if s.now == nil {
		s.now = time.Now
	}
	if err := readable(ctx, s); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// readable is an error that is fs.ErrNotExist for a database without tables:
// nothing was stored yet, as if it was not there.
func readable(ctx context.Context, s *Store) error {
	err := checkVersion(ctx, s.read, s.dialect)
	if errors.Is(err, errEmpty) {
		return fs.ErrNotExist
	}
	return err
}

// sqliteURL is the data source name of a file.
func sqliteURL(path, mode string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = url.Values{
		"mode": {mode},
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
			"foreign_keys(1)",
			"synchronous(FULL)", // a commit is on disk when it returns
			fmt.Sprintf("wal_autocheckpoint(%d)", logPages),
		},
	}.Encode()
	if mode != "ro" {
		u.RawQuery += "&_journal_mode=WAL"
	}
	return u.String()
}

// create makes the folder and the file with tight permissions before SQLite
// would make it with the umask's.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Close waits for the writes under way and closes the database. Leases that
// are still held are void from then on.
func (s *Store) Close() error {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	if s.write != nil {
		close(s.ledger)
		if s.queued != s.ledger {
			close(s.queued)
		}
		s.writers.Wait()
		errs = append(errs, s.write.Close())
	}
	if s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	errs = append(errs, s.owners.close())
	return explain(errors.Join(errs...))
}

// millis and fromMillis are how times are kept: milliseconds since 1970, and
// NULL for none.
func millis(t time.Time) int64 { return t.UnixMilli() }

// toBit is how a truth is kept.
func toBit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func nullMillis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return millis(t)
}

func fromMillis(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}
