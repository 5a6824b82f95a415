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
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options adjust a store. The zero value is what is wanted.
type Options struct {
	Now func() time.Time // the clock; time.Now when nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	read   *sql.DB
	write  *sql.DB // one connection: SQLite has one writer; nil when read-only
	queue  chan write
	done   chan struct{} // closed when the writer has ended
	owners *owners
	path   string // empty in memory
	now    func() time.Time
	told   atomic.Pointer[func(writes int)] // of each commit

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

// Open opens the database at path, which is made when it does not exist: the
// file for its owner only, in a folder for its owner only, since complaints
// quote other people's mail.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, explain(err))
	}
	return s, nil
}

func open(ctx context.Context, path string, o Options) (*Store, error) {
	if strings.Contains(path, "://") {
		return nil, errors.New("only SQLite, a file on this machine, is supported yet")
	}
	if err := create(path); err != nil {
		return nil, err
	}
	owners, err := openOwners(path + "-lock")
	if err != nil {
		return nil, err
	}
	s := newStore(o, sqliteURL(path, "rwc"))
	s.owners, s.path = owners, path
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	// Two programs that start at once must not both make the tables.
	err = owners.exclusively(func() error { return migrate(ctx, s.write) })
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// OpenMemory opens a database that lives in memory and ends with Close: for
// trying things out, and for a dry run where there is no database yet.
func OpenMemory(ctx context.Context, o Options) (*Store, error) {
	s := newStore(o, "file::memory:?_pragma=foreign_keys(1)")
	// Each connection would be a database of its own.
	_ = s.read.Close()
	s.read = s.write
	s.owners = &owners{id: 1} // alone in it
	if err := migrate(ctx, s.write); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("database in memory: %w", explain(err))
	}
	return s, nil
}

func newStore(o Options, dsn string) *Store {
	s := &Store{now: o.Now, queue: make(chan write, maxBatch), done: make(chan struct{})}
	if s.now == nil {
		s.now = time.Now
	}
	s.read, s.write = openSQLite(dsn), openSQLite(dsn+"&_txlock=immediate")
	s.write.SetMaxOpenConns(1)
	go s.writer()
	return s
}

// OpenReadOnly opens a database that nothing is written to, for dry runs. A
// file that does not exist is an error that is fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, path string, o Options) (*Store, error) {
	s, err := openReadOnly(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, explain(err))
	}
	return s, nil
}

func openReadOnly(ctx context.Context, path string, o Options) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	dsn := sqliteURL(path, "ro")
	// Reading a database in WAL mode makes two files beside it, unless it is
	// said to be immutable. It is, when nobody has it open: the last one who
	// closes it removes the log.
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		dsn += "&immutable=1"
	}
	s := &Store{now: o.Now, read: openSQLite(dsn), owners: &owners{}}
	if s.now == nil {
		s.now = time.Now
	}
	if err := checkVersion(ctx, s.read); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
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
		close(s.queue)
		<-s.done
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
