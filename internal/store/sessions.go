package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// sessions are what tells processes on one server from another: locks that
// PostgreSQL holds for a session and frees when its connection ends, however
// that happens. Each process holds the lock of its owner number while it lives.
type sessions struct {
	db     *sql.DB
	schema string // locks are the same for the whole database
	booted int64  // when the server started, in milliseconds since 1970
	id     int64  // 0 until begin
	stop   context.CancelFunc
	ended  sync.WaitGroup
}

// How the lock of an owner number is kept.
const (
	lookAfter = 5 * time.Second // how often it is checked that the session lives
	// comeBack is how long processes have to take their numbers again after the
	// server was restarted.
	comeBack = 30 * time.Second
	// drawBits are the bits of an owner number that are drawn; those above them
	// are the time at which the server had started.
	drawBits = 22
)

// serverStart is when the server started, in milliseconds since 1970.
const serverStart = `FLOOR(EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000)::bigint`

func newSessions(ctx context.Context, db *sql.DB) (*sessions, error) {
	db.SetMaxIdleConns(0) // a session is for one lock
	p := &sessions{db: db}
	var schema sql.NullString
	err := db.QueryRowContext(ctx, `SELECT current_schema(), `+serverStart).Scan(&schema, &p.booted)
	if err == nil && !schema.Valid {
		err = errors.New("the database has no schema that this user may use: create one, or set search_path in the URL")
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	p.schema = schema.String
	return p, nil
}

// begin draws an owner number and upgrades the database while no other process
// does.
func (p *sessions) begin(ctx context.Context, upgrade func() error) error {
	if err := p.exclusively(ctx, upgrade); err != nil {
		return err
	}
	// The time is part of the number: what was drawn before the server started
	// lost its lock by the restart, and its process may live.
	var conn *sql.Conn
	for err := ErrTaken; errors.Is(err, ErrTaken); {
		p.id = p.booted<<drawBits | rand.Int64N(1<<drawBits) // #nosec G404 -- apart from others, not secret
		if conn, err = p.hold(ctx, p.id); err != nil && !errors.Is(err, ErrTaken) {
			return err
		}
	}
	ctx, p.stop = context.WithCancel(context.Background())
	p.ended.Go(func() { p.keep(ctx, conn) })
	return nil
}

// keep holds the lock of the owner number, in a new session when one is lost.
func (p *sessions) keep(ctx context.Context, conn *sql.Conn) {
	tick := time.NewTicker(lookAfter)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			release(conn, p.id)
			return
		case <-tick.C:
		}
		if conn != nil && conn.PingContext(ctx) == nil {
			continue
		}
		if conn != nil {
			_ = conn.Close()
		}
		conn, _ = p.hold(ctx, p.id) // or at the next tick
	}
}

// releaseTimeout bounds how long the end of a session is waited for. The server
// frees the lock in any case, but by itself it does so a little later.
const releaseTimeout = 2 * time.Second

// release frees a lock and ends its session.
func release(conn *sql.Conn, key int64) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), releaseTimeout)
	defer cancel()
	_, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, key)
	_ = conn.Close()
}

// hold takes a lock for as long as the returned session is open.
func (p *sessions) hold(ctx context.Context, key int64) (*sql.Conn, error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var held bool
	err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&held)
	if err == nil && !held {
		err = ErrTaken
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// key is the number of the lock with a name. Owner numbers are positive.
func (p *sessions) key(name string) int64 {
	sum := sha256.Sum256([]byte(p.schema + "\x00" + name))
	return -1 - int64(binary.BigEndian.Uint64(sum[:])>>1)
}

// The locks that are not of owners.
const (
	upgradeLock = "upgrade"
	ledgerLock  = "ledger"
)

// exclusively runs f while no other process does.
func (p *sessions) exclusively(ctx context.Context, f func() error) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, p.key(upgradeLock)); err != nil {
		return err
	}
	return f()
}

func (p *sessions) number() int64 { return p.id }

// gone implements owners. A number whose lock is free is nobody's, but after
// the server was restarted those who were there before get a while to come back.
func (p *sessions) gone(ctx context.Context, tx *sql.Tx, leases []lease, _ int64) ([]int64, error) {
	var gone []int64
	for _, l := range leases {
		if l.owner == p.id {
			continue
		}
		var free, settled bool
		err := tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock($1),
			$2 >= `+serverStart+` OR now() - pg_postmaster_start_time() > make_interval(secs => $3)`,
			l.owner, l.owner>>drawBits, comeBack.Seconds()).Scan(&free, &settled)
		if err != nil {
			return nil, fmt.Errorf("look for owner %d: %w", l.owner, err)
		}
		if free && settled {
			gone = append(gone, l.owner)
		}
	}
	return gone, nil
}

func (p *sessions) close() error {
	if p.stop != nil {
		p.stop()
		p.ended.Wait()
	}
	return p.db.Close()
}
