package servertest

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Exec runs a statement in a database.
func (p *Postgres) Exec(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// URL is where a database is.
func (p *Postgres) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("spamreport"), Host: Loopback(p.port), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Address is where the server listens, host:port.
func (p *Postgres) Address() string { return Loopback(p.port) }

// Database makes a database that lives as long as the test, unless there is
// one of this name, and returns where it is.
func (p *Postgres) Database(t testing.TB, name string) string {
	t.Helper()
	return p.Copy(t, name, "template1")
}

// Copy is Database with what is in another one, which nobody may have open.
func (p *Postgres) Copy(t testing.TB, name, from string) string {
	t.Helper()
	err := p.Exec(t.Context(), "postgres", `CREATE DATABASE "`+name+`" TEMPLATE "`+from+`"`)
	if err != nil && !isDuplicate(err) {
		t.Fatal(err)
	}
	if err == nil {
		t.Cleanup(func() {
			// A test that stopped the server has nothing to drop.
			_ = p.Exec(context.Background(), "postgres", `DROP DATABASE IF EXISTS "`+name+`" WITH (FORCE)`)
		})
	}
	return p.URL(name)
}

func isDuplicate(err error) bool {
	var e interface{ SQLState() string }
	const duplicateDatabase = "42P04"
	return errors.As(err, &e) && e.SQLState() == duplicateDatabase
}
