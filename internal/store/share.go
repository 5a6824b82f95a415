package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Share divides turns among the processes that want the same ones, so that
// each has about as many as the others: it takes what is free up to its fair
// part, and gives away what is above that as soon as another process has less.
//
// Processes know of each other by a lock that each of them holds for as long as
// it lives, and of who has less than its part by another; PostgreSQL counts the
// holders. There is no leader, no clock and no table: what a process had is
// free as soon as its session ends, and a look later the others have it.
type Share struct {
	sessions *sessions // nil: there are no others
	names    int
	members  int64 // the lock that every process holds
	hungry   int64 // the lock of those with less than their part
	changed  chan struct{}
	stop     context.CancelFunc
	ended    sync.WaitGroup

	mu      sync.Mutex
	conn    *sql.Conn // in which all turns are held; nil while the server is away
	held    []*Shift  // in the order in which they were taken
	waiting map[string]chan *Shift
	looks   int  // since the last overtime
	hunger  bool // the others are told that this process has less than its part
}

// How a share is looked after.
const (
	shareEvery = time.Second // between two looks
	// overtime is every how many looks a process that has its part takes what
	// nobody else does: another one may have its part and not get to it.
	overtime = 10
)

// Share begins to take part in what these names stand for. All processes that
// give the same names divide them.
func (s *Store) Share(names []string) *Share {
	sh := &Share{sessions: s.sessions, names: len(names), waiting: map[string]chan *Shift{}, changed: make(chan struct{}, 1)}
	if s.sessions == nil {
		return sh
	}
	group := sha256.New()
	for _, name := range slices.Sorted(slices.Values(names)) {
		_, _ = fmt.Fprintf(group, "%q", name) // a hash does not fail
	}
	sh.members = s.sessions.key(fmt.Sprintf("members %x", group.Sum(nil)))
	sh.hungry = s.sessions.key(fmt.Sprintf("hungry %x", group.Sum(nil)))
	ctx, stop := context.WithCancel(context.Background())
	sh.stop = stop
	sh.ended.Go(func() { sh.keep(ctx) })
	return sh
}

// Close gives up every turn.
func (sh *Share) Close() {
	if sh.stop != nil {
		sh.stop()
		sh.ended.Wait()
	}
}

// Await waits for the turn of one of the names, until ctx ends.
func (sh *Share) Await(ctx context.Context, name string) (*Shift, error) {
	if sh.sessions == nil {
		return newShift(nil, 0), nil
	}
	got := make(chan *Shift, 1)
	sh.mu.Lock()
	sh.waiting[name] = got
	sh.mu.Unlock()
	sh.look()
	select {
	case shift := <-got:
		return shift, nil
	case <-ctx.Done():
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	delete(sh.waiting, name)
	select {
	case shift := <-got: // at the same moment
		sh.giveBack(shift)
	default:
	}
	return nil, ctx.Err()
}

func (sh *Share) look() {
	select {
	case sh.changed <- struct{}{}:
	default:
	}
}

// keep looks after the share until ctx ends.
func (sh *Share) keep(ctx context.Context) {
	tick := time.NewTicker(shareEvery)
	defer tick.Stop()
	for {
		if err := sh.balance(ctx); err != nil {
			sh.lose(err) // at the next tick in a new session
		}
		select {
		case <-ctx.Done():
			sh.lose(errClosed)
			return
		case <-tick.C:
			sh.looks++
		case <-sh.changed:
		}
	}
}

// balance takes or gives away what is to be.
func (sh *Share) balance(ctx context.Context) error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := sh.join(ctx); err != nil {
		return err
	}
	members, others, err := sh.count(ctx)
	if err != nil {
		return err
	}
	fair := (sh.names + members - 1) / members
	if others > 0 && len(sh.held) > fair {
		for _, shift := range sh.held[fair:] {
			shift.over(errPassedOn)
		}
	}
	if err := sh.takeUpTo(ctx, fair); err != nil {
		return err
	}
	return sh.say(ctx, len(sh.held) < fair && len(sh.waiting) > 0)
}

// join opens the session.
func (sh *Share) join(ctx context.Context) error {
	if sh.conn != nil {
		return nil
	}
	conn, err := sh.sessions.db.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock_shared($1)`, sh.members); err != nil {
		_ = conn.Close()
		return err
	}
	sh.conn = conn
	return nil
}

// count counts the processes that there are, and the others of them that have
// less than their part.
func (sh *Share) count(ctx context.Context) (members, hungry int, err error) {
	err = sh.conn.QueryRowContext(ctx, `
		SELECT COUNT(CASE WHEN key = $1 THEN 1 END), COUNT(CASE WHEN key = $2 AND pid <> pg_backend_pid() THEN 1 END)
		FROM (SELECT pid, (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
			WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ShareLock' AND granted
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks`,
		sh.members, sh.hungry).Scan(&members, &hungry)
	return max(members, 1), hungry, err
}

// takeUpTo takes free turns that are waited for.
func (sh *Share) takeUpTo(ctx context.Context, fair int) error {
	if sh.looks >= overtime {
		sh.looks, fair = 0, sh.names
	}
	names := make([]string, 0, len(sh.waiting))
	for name := range sh.waiting {
		names = append(names, name)
	}
	// Not all processes should try the same one first.
	rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		if len(sh.held) >= fair {
			return nil
		}
		key := sh.sessions.key("turn " + name)
		var free bool
		if err := sh.conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&free); err != nil {
			return err
		}
		if !free {
			continue
		}
		shift := newShift(sh, key)
		sh.held = append(sh.held, shift)
		sh.waiting[name] <- shift
		delete(sh.waiting, name)
	}
	return nil
}

// say tells the others whether this process has less than its part.
func (sh *Share) say(ctx context.Context, hungry bool) error {
	statement := `SELECT pg_advisory_unlock_shared($1)`
	if hungry {
		statement = `SELECT pg_advisory_lock_shared($1)`
	}
	if hungry == sh.hunger {
		return nil
	}
	sh.hunger = hungry
	_, err := sh.conn.ExecContext(ctx, statement, sh.hungry)
	return err
}
