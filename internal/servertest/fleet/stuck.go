package fleet

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Hold begins a transaction of the test's own, in which a statement locks
// something, so that whoever needs that is stuck until release.
func (f *Fleet) Hold(statement string, args ...any) (release func()) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.Database)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err = conn.Exec(f.t.Context(), "BEGIN"); err == nil {
		_, err = conn.Exec(f.t.Context(), statement, args...)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.holders = append(f.holders, int32(conn.PgConn().PID()))
	release = func() { _ = conn.Close(context.Background()) } // which rolls back
	f.t.Cleanup(release)
	return release
}

// Stuck waits until a member waits for what is held, and returns it. Members wait
// for each other as well, for a moment.
func (f *Fleet) Stuck() (stuck *Member) {
	f.t.Helper()
	f.Until("a member waits for what is held", func(conn *pgx.Conn) (bool, error) {
		names, err := counts(f.t.Context(), conn, `SELECT application_name, COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pg_blocking_pids(pid) && $1 GROUP BY application_name`, f.holders)
		at := slices.IndexFunc(f.members, func(m *Member) bool { return names[m.Name] > 0 })
		if at >= 0 {
			stuck = f.members[at]
		}
		return at >= 0, err
	})
	return stuck
}

// Until waits until something is so in the database, two minutes at most.
func (f *Fleet) Until(what string, is func(conn *pgx.Conn) (bool, error)) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.Database)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		yes, err := is(conn) // an error: there are no tables yet, perhaps
		if yes {
			return
		}
		if time.Now().After(deadline) {
			for _, m := range f.members {
				f.t.Logf("%s said:\n%s", m.Name, m.Log())
			}
			f.t.Fatalf("it never came about that %s: %v", what, err)
		}
	}
}

// Count is the one number that a query gives.
func Count(ctx context.Context, conn *pgx.Conn, query string, args ...any) (n int, err error) {
	err = conn.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}
