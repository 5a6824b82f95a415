package store

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// IsPostgres reports whether a database is named by the URL of a PostgreSQL
// server; otherwise it is a file of SQLite.
func IsPostgres(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// Redacted is the name of a database without a password, to be shown.
func Redacted(name string) string {
	if !IsPostgres(name) {
		return name
	}
	u, err := url.Parse(name)
	if err != nil {
		return "postgres://…" // the error would quote it
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path} // the query may hold a password, too
	return shown.String()
}

// Exposed reports whether somebody on the way to the database server could read
// along or pretend to be it: the connection leaves this machine, and the URL
// (or PGSSLMODE) does not want a certificate that names the server.
func Exposed(name string) bool {
	if !IsPostgres(name) {
		return false
	}
	cfg, err := pgx.ParseConfig(name)
	if err != nil {
		return false // opening it says so
	}
	outside := func(host string) bool {
		addr, err := netip.ParseAddr(host)
		return !strings.HasPrefix(host, "/") && host != "localhost" && (err != nil || !addr.IsLoopback())
	}
	weak := func(host string, c *tls.Config) bool {
		return outside(host) && (c == nil || c.InsecureSkipVerify)
	}
	return weak(cfg.Host, cfg.TLSConfig) || slices.ContainsFunc(cfg.Fallbacks, func(f *pgconn.FallbackConfig) bool {
		return weak(f.Host, f.TLSConfig)
	})
}

// Bounds of what a session may keep others waiting for.
const (
	// A session that begins a transaction and falls silent (a machine that was
	// suspended) is ended by the server, and what it had locked is free.
	idleInTransaction = time.Minute
	// connectTimeout bounds one attempt to reach the server.
	connectTimeout = 10 * time.Second
)

// openPostgres opens a database on a server.
func openPostgres(ctx context.Context, name string, o Options, readOnly bool) (*Store, error) {
	cfg, err := postgresConfig(ctx, name, o, readOnly)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: &postgresDialect, now: o.Now, read: pool(cfg, readers)}
	if s.now == nil {
		s.now = time.Now
	}
	sessions, err := newSessions(ctx, pool(cfg, 0))
	if err != nil {
		return nil, errors.Join(err, s.read.Close())
	}
	s.owners, s.sessions = sessions, sessions
	if readOnly {
		err = readable(ctx, s)
	} else {
		s.start(pool(cfg, s.dialect.ledgerWriters+s.dialect.queueWriters))
		err = sessions.begin(ctx, func() error { return migrate(ctx, s.write, s.dialect) })
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func postgresConfig(ctx context.Context, name string, o Options, readOnly bool) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(name)
	if err != nil {
		// Its text is careful with passwords, but not with those in the query.
		return nil, errors.New("the URL is wrong: write postgres://user@host:port/database, and the password elsewhere")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	for key, value := range map[string]string{
		"application_name":                    "spamreport",
		"default_transaction_isolation":       "read committed",
		"idle_in_transaction_session_timeout": milliseconds(idleInTransaction),
		"lock_timeout":                        milliseconds(busyTimeout),
	} {
		if _, given := cfg.RuntimeParams[key]; !given {
			cfg.RuntimeParams[key] = value
		}
	}
	if readOnly {
		cfg.RuntimeParams["default_transaction_read_only"] = "on"
	}
	if o.Password == nil {
		return cfg, nil
	}
	if cfg.Password != "" {
		return nil, errors.New("the URL holds a password, and another one is given: remove one of them")
	}
	cfg.Password, err = o.Password(ctx)
	return cfg, err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// pool opens connections as they are needed; limit 0 means no limit.
func pool(cfg *pgx.ConnConfig, limit int) *sql.DB {
	db := sql.OpenDB(cleanConnector{stdlib.GetConnector(*cfg)})
	db.SetMaxOpenConns(limit)
	if limit > 0 {
		db.SetMaxIdleConns(limit)
	}
	return db
}
