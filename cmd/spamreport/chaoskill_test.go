package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"spamreport/internal/servertest"
	"spamreport/internal/servertest/fleet"
)

// witness sees how far a run of the program is.
type witness interface {
	// Passed is how far things went so far.
	Passed() int64
	// After has do called when they went n further; nil takes it back.
	After(n int64, do func())
}

// growth watches a file grow: the log of SQLite, to which every transaction is
// written before it counts. It looks as often as it can.
type growth struct {
	file string

	mu sync.Mutex
	at int64
	do func()
}

func newGrowth(t *testing.T, file string) *growth {
	g := &growth{file: file}
	go func() {
		for t.Context().Err() == nil {
			g.look()
			time.Sleep(50 * time.Microsecond)
		}
	}()
	return g
}

func (g *growth) Passed() int64 {
	info, err := os.Stat(g.file)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (g *growth) After(n int64, do func()) {
	now := g.Passed()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at, g.do = now+n, do
}

func (g *growth) look() {
	now := g.Passed()
	g.mu.Lock()
	do := g.do
	if do == nil || now < g.at {
		g.mu.Unlock()
		return
	}
	g.do = nil
	g.mu.Unlock()
	do()
}

// clock is the witness who sees nothing but the time, in microseconds.
type clock struct {
	began time.Time
	timer *time.Timer
}

func (c *clock) Passed() int64 { return time.Since(c.began).Microseconds() }

func (c *clock) After(n int64, do func()) {
	if c.timer != nil {
		c.timer.Stop()
	}
	if do != nil {
		c.timer = time.AfterFunc(time.Duration(n)*time.Microsecond, do)
	}
}

// assassin kills runs of the program. It has a witness for each stage, learns
// how far each sees a run go, and picks a moment on the way there.
type assassin struct {
	w         *chaosWorld
	names     []string
	witnesses map[string]witness
	reach     map[string]int64 // how far an undisturbed run goes
	kills     map[string]int
}

func newAssassin(w *chaosWorld) *assassin {
	a := &assassin{w: w, witnesses: map[string]witness{}, reach: map[string]int64{}, kills: map[string]int{}}
	add := func(name string, of witness) { a.names, a.witnesses[name] = append(a.names, name), of }
	add("mailbox", w.imap)
	add("registry", w.rdap)
	add("smarthost", w.smtp)
	add("time", &clock{began: time.Now()})
	if w.sql != nil {
		add("database", w.sql)
	} else {
		add("database", newGrowth(w.t, w.store+"-wal"))
	}
	return a
}

// learn runs the program to its end.
func (a *assassin) learn(args ...string) {
	a.w.t.Helper()
	before := map[string]int64{}
	for name, of := range a.witnesses {
		before[name] = of.Passed()
	}
	highest := a.highest()
	a.w.must(args...)
	for name, of := range a.witnesses {
		a.reach[name] = max(a.reach[name], of.Passed()-before[name], 1)
	}
	a.reach["database"] = max(a.reach["database"], highest())
}

// highest follows how far the database gets meanwhile: SQLite removes its log
// at the end.
func (a *assassin) highest() (stop func() int64) {
	done := make(chan struct{})
	result := make(chan int64)
	of := a.witnesses["database"]
	before := of.Passed()
	go func() {
		most := int64(0)
		for {
			select {
			case <-done:
				result <- most
				return
			case <-time.After(time.Millisecond):
				most = max(most, of.Passed()-before)
			}
		}
	}()
	return func() int64 { close(done); return <-result }
}

// strike runs the program and kills it at a moment that one of the named
// witnesses sees. It reports whether the program was still there.
func (a *assassin) strike(names []string, args ...string) (killed bool) {
	a.w.t.Helper()
	name := names[rand.IntN(len(names))]
	of := a.witnesses[name]
	cmd := a.w.command(args...)
	var mu sync.Mutex
	of.After(1+rand.Int64N(a.reach[name]), func() {
		mu.Lock()
		defer mu.Unlock()
		killed = cmd.Process != nil && cmd.Process.Kill() == nil
	})
	mu.Lock()
	err := cmd.Start()
	mu.Unlock()
	if err != nil {
		a.w.t.Fatal(err)
	}
	err = cmd.Wait()
	of.After(0, nil)
	mu.Lock()
	defer mu.Unlock()
	var exit *exec.ExitError
	if err != nil && (!asExit(err, &exit) || exit.Exited()) {
		a.w.t.Errorf("%v ended by itself: %v", args, err)
	}
	if killed = killed && err != nil; killed {
		a.kills[name]++
	}
	return killed
}

// delivering are the witnesses of a run that only delivers.
var delivering = []string{"smarthost", "time", "database"}

// round lets mail come in, and strikes; every fifth time at a delivery of what
// the sweeps before left behind.
func (a *assassin) round(i int) (killed bool) {
	a.w.arrive(1 + rand.IntN(5))
	if i%5 == 4 {
		return a.strike(delivering, "relay", "retry")
	}
	return a.strike(a.names, "sweep")
}

// chaosDatabases runs a test on SQLite and on PostgreSQL.
func chaosDatabases(t *testing.T, test func(*testing.T, chaosOptions)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, chaosOptions{})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, chaosOptions{postgres: servertest.SharedPostgres(t)})
	})
}

// TestAProgramKilledAnywhereFilesEachComplaintOnce kills sweeps, and deliveries
// of what they left behind, while they read the mailbox, ask the registry,
// write to the database, and hand complaints over.
func TestAProgramKilledAnywhereFilesEachComplaintOnce(t *testing.T) {
	t.Parallel()
	const few, settleEvery = 20, 25
	n := rounds(t, few)
	chaosDatabases(t, func(t *testing.T, o chaosOptions) {
		w := newChaosWorld(t, o)
		a := newAssassin(w)
		w.arrive(4)
		a.learn("sweep")
		runs := 0
		for kills := 0; kills < n; runs++ {
			if runs > 5*n {
				t.Fatalf("only %d of %d runs were killed", kills, runs)
			}
			if !a.round(runs) {
				continue
			}
			if kills++; kills%settleEvery == 0 {
				w.alone()
				w.must("sweep")
				if cost := w.addsUp(); t.Failed() || cost.repeated > kills {
					t.Fatalf("after %d kills: %+v", kills, cost)
				}
			}
		}
		w.alone()
		w.must("sweep")
		cost := w.addsUp()
		summary(t, "%d runs, %d kills (%s), %d messages, %d complaints, %d lost, %d repeated",
			runs, n, a.toll(), len(w.spam), cost.complaints, cost.lost, cost.repeated)
		if cost.repeated > n {
			t.Errorf("%d complaints were repeated by %d kills", cost.repeated, n)
		}
	})
}

// alone waits until PostgreSQL has noticed that a process was killed: a sweep
// passes over what it seems to be at.
func (w *chaosWorld) alone() {
	w.t.Helper()
	if w.sql == nil {
		return
	}
	conn, err := pgx.Connect(w.t.Context(), w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		others, err := fleet.Count(w.t.Context(), conn, `SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`)
		if err == nil && others == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d sessions of a process that was killed, %v", others, err)
		}
	}
}

func (a *assassin) toll() (text string) {
	for i, name := range a.names {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", name, a.kills[name])
	}
	return text
}
