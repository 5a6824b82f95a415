package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// The interfaces of those who use a store.
var (
	_ pipeline.Ledger   = (*store.Store)(nil)
	_ pipeline.Progress = (*store.Store)(nil)
)

// noon is when these tests take place.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openNew(t testing.TB) *store.Store {
	t.Helper()
	return open(t, storetest.Name(t))
}

// submission is a message of so many octets to the recipients.
func submission(size int, to ...string) relay.Submission {
	return relay.Submission{
		ID:       relay.NewID(),
		Envelope: relay.Envelope{From: "me@example.org", To: to},
		Message:  append([]byte("Subject: x\r\n\r\n"), strings.Repeat("x", size)...),
		Queued:   noon,
	}
}

func TestTheDatabaseIsForItsOwnerOnly(t *testing.T) {
	storetest.SQLiteOnly(t)
	path := filepath.Join(t.TempDir(), "state of mine?", "spamreport.db")
	s := open(t, path)
	if err := s.Queue().Enqueue(t.Context(), submission(10, "a@x.example")); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{"": 0o700 | fs.ModeDir, ".db": 0o600, ".db-wal": 0o600, ".db-shm": 0o600, ".db-lock": 0o600}
	for suffix, mode := range want {
		name := filepath.Join(filepath.Dir(path), "spamreport"+suffix)
		if suffix == "" {
			name = filepath.Dir(path)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, want %v (%v)", name, info.Mode(), mode, err)
		}
	}
}

func TestWhatIsWrongWithADatabaseIsSaid(t *testing.T) {
	storetest.SQLiteOnly(t)
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want error
		hint string
	}{
		{"some other file", func(t *testing.T, path string) {
			write(t, path, strings.Repeat("This is a letter. ", 100))
		}, store.ErrForeign, "not a database of spamreport"},
		{"the database of another program", func(t *testing.T, path string) {
			execute(t, path, `CREATE TABLE bookmarks (url TEXT)`)
		}, store.ErrForeign, "not a database of spamreport"},
		{"a database of a newer version", func(t *testing.T, path string) {
			makeDatabase(t, path)
			execute(t, path, `INSERT INTO schema_version (version_id, is_applied) VALUES (999, 1)`)
		}, store.ErrNewer, "version 999"},
		{"a damaged database", func(t *testing.T, path string) {
			makeDatabase(t, path)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, string(text[:100])+strings.Repeat("garbage", len(text)/7))
		}, store.ErrDamaged, "restore a backup"},
		{"a folder in its place", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, nil, "is a directory"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "spamreport.db")
			test.make(t, path)
			for name, open := range map[string]func(context.Context, string, store.Options) (*store.Store, error){
				"Open": store.Open, "OpenReadOnly": store.OpenReadOnly,
			} {
				s, err := open(t.Context(), path, store.Options{})
				if err == nil {
					_ = s.Close()
					t.Fatalf("%s: no error", name)
				}
				t.Log(err)
				if test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("%s: %v, want %v", name, err, test.want)
				}
				if name == "Open" && !strings.Contains(err.Error(), test.hint) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: the message %q lacks %q or the path", name, err, test.hint)
				}
			}
		})
	}
}

func makeDatabase(t *testing.T, path string) {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// raw opens a database without the store.
func raw(t *testing.T, name string) (*sql.DB, goose.Dialect) {
	t.Helper()
	driver, dialect := "sqlite", goose.DialectSQLite3
	if store.IsPostgres(name) {
		driver, dialect = "pgx", goose.DialectPostgres
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db, dialect
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, _ := raw(t, path)
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// downgrade takes a database back to an older version of the schema.
func downgrade(t *testing.T, path string, version int64) {
	t.Helper()
	db, dialect := raw(t, path)
	provider, err := goose.NewProvider(dialect, db, os.DirFS("migrations"),
		goose.WithTableName("schema_version"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	if err := provider.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReadingLeavesNothingBehind(t *testing.T) {
	storetest.SQLiteOnly(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "spamreport.db")
	if _, err := store.OpenReadOnly(t.Context(), path, store.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a database that is not there: %v", err)
	}
	if names := list(t, dir); len(names) != 0 {
		t.Fatalf("reading made %v", names)
	}
	makeDatabase(t, path)
	before := list(t, dir)
	s, err := store.OpenReadOnly(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Entry(t.Context(), "x"); !errors.Is(err, complaint.ErrUnknown) {
		t.Errorf("reading: %v", err)
	}
	_, err = s.Record(t.Context(), []pipeline.Filing{{Entry: complaint.Entry{Digest: "x", Action: complaint.Skipped}}}, mailbox.Place{})
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing: %v", err)
	}
	if after := list(t, dir); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Errorf("before %v, after %v", before, after)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func TestReadingWhileAnotherWrites(t *testing.T) {
	path := storetest.Name(t)
	writer := open(t, path)
	reader, err := store.OpenReadOnly(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	_, err = writer.Record(t.Context(), []pipeline.Filing{{Entry: complaint.Entry{Digest: "x", Action: complaint.Skipped, Seen: noon}}}, mailbox.Place{})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := reader.Entry(t.Context(), "x"); err != nil || e.Action != complaint.Skipped {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestSeveralProgramsStartAtOnce(t *testing.T) {
	path := storetest.Bare(t, filepath.Join(t.TempDir(), "spamreport.db"))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := store.Open(context.Background(), path, store.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			for range 5 {
				if err := s.Queue().Enqueue(context.Background(), submission(100, "a@x.example")); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	items, err := open(t, path).Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 40 {
		t.Errorf("%d messages, %v", len(items), err)
	}
}

func TestAFailedWriteDoesNotTakeOthersAlong(t *testing.T) {
	s := openNew(t)
	twice := submission(10, "a@x.example")
	if err := s.Queue().Enqueue(t.Context(), twice); err != nil {
		t.Fatal(err)
	}
	// Many writes share a commit; every second one repeats a queue id.
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			sub := submission(10, "a@x.example")
			if i%2 == 0 {
				sub.ID = twice.ID
			}
			if err := s.Queue().Enqueue(context.Background(), sub); (err != nil) != (i%2 == 0) {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	all.Wait()
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 51 {
		t.Errorf("%d messages, %v", len(items), err)
	}
}

func TestAWriteThatIsGivenUpIsNotDone(t *testing.T) {
	s := openNew(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Queue().Enqueue(ctx, submission(10, "a@x.example")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if items, err := s.Queue().List(t.Context(), relay.Filter{}); err != nil || len(items) != 0 {
		t.Errorf("%v, %v", items, err)
	}
}

func TestAfterCloseNothingIsAccepted(t *testing.T) {
	s := storetest.New(t, store.Options{})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Queue().Enqueue(t.Context(), submission(10, "a@x.example")); err == nil {
		t.Error("accepted")
	}
}

// A database that is just being made has no tables yet.
func TestAFileWithoutTablesHoldsNothingYet(t *testing.T) {
	storetest.SQLiteOnly(t)
	path := filepath.Join(t.TempDir(), "spamreport.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenReadOnly(t.Context(), path, store.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that there is none", err)
	}
}
