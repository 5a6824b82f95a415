// Package storetest opens stores for tests, on the database that the test run
// is for: SQLite, or PostgreSQL with SPAMREPORT_TEST_DATABASE=postgres. One
// suite of tests so says what both must do.
package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"spamreport/internal/servertest"
	"spamreport/internal/store"
)

// Variable selects the database that the tests run on.
const Variable = "SPAMREPORT_TEST_DATABASE"

// Postgres reports whether this run is for PostgreSQL.
func Postgres() bool { return os.Getenv(Variable) == "postgres" }

// At names the database of a test: the file at path, or a database on a server
// that stands for it. The same path is the same database for the whole test.
// On a server its tables are made already, since that takes a while.
func At(t testing.TB, path string) string {
	t.Helper()
	if !Postgres() {
		return path
	}
	server := servertest.SharedPostgres(t)
	if err := withTables(server); err != nil {
		t.Fatal(err)
	}
	return server.Copy(t, nameOf(path), template)
}

// Bare is At without tables.
func Bare(t testing.TB, path string) string {
	t.Helper()
	if !Postgres() {
		return path
	}
	return servertest.SharedPostgres(t).Database(t, nameOf(path))
}

func nameOf(path string) string {
	sum := sha256.Sum256([]byte(path))
	return "test_" + hex.EncodeToString(sum[:10])
}

// template is a database with tables and nothing in them.
const template = "with_tables"

var made struct {
	sync.Mutex
	done bool
}

func withTables(server *servertest.Postgres) error {
	made.Lock()
	defer made.Unlock()
	if made.done {
		return nil
	}
	ctx := context.Background()
	if err := server.Exec(ctx, "postgres", `CREATE DATABASE `+template); err != nil {
		return err
	}
	s, err := store.Open(ctx, server.URL(template), store.Options{})
	if err != nil {
		return err
	}
	made.done = true
	return s.Close()
}

// Name names an empty database of the test.
func Name(t testing.TB) string {
	t.Helper()
	return At(t, filepath.Join(t.TempDir(), "spamreport.db"))
}

// New opens an empty store that ends with the test.
func New(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	open := func() (*store.Store, error) { return store.OpenMemory(t.Context(), o) }
	if Postgres() {
		name := Name(t)
		open = func() (*store.Store, error) { return store.Open(t.Context(), name, o) }
	}
	s, err := open()
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

// SQLiteOnly skips a test about the file of SQLite.
func SQLiteOnly(t testing.TB) {
	t.Helper()
	if Postgres() {
		t.Skip("about the file of SQLite")
	}
}
