package main

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// TestADatabaseServerThatStopsAnywhereLosesNothing stops PostgreSQL in the
// middle of a sweep, as an administrator does and as a crash does, beside a
// relay that goes on all the time. A sweep either gets over it or says that it
// is to be tried again.
func TestADatabaseServerThatStopsAnywhereLosesNothing(t *testing.T) {
	n := rounds(t, 4)
	server := servertest.StartPostgres(t)
	w := newChaosWorld(t, chaosOptions{postgres: server})
	w.arrive(4)
	a := newAssassin(w)
	a.learn("sweep")

	serve := w.command("relay", "serve", "--quiet")
	log := &lockedBuffer{}
	serve.Stderr = log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Process.Kill() })

	survived := 0
	for i := range n {
		w.arrive(1 + rand.IntN(5))
		status, said := w.sweepWhile(a, func() {
			if i%2 == 0 {
				server.Interrupt(t)
			} else {
				server.Crash(t)
			}
			if err := server.Start(); err != nil {
				t.Error(err)
			}
		})
		switch {
		case status == 0:
			survived++
		case status != exitTemporary || !strings.Contains(said, "database") || strings.Contains(said, "goroutine"):
			t.Errorf("sweep: exit status %d\n%s", status, said)
		}
	}
	w.settled()
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("the relay ended with %v\n%s", err, log)
	}
	cost := w.addsUp()
	summary(t, "%d stops, %d sweeps got over it, %d messages, %d complaints, %d lost, %d repeated",
		n, survived, len(w.spam), cost.complaints, cost.lost, cost.repeated)
	if cost.repeated > n {
		t.Errorf("%d complaints were repeated by %d stops", cost.repeated, n)
	}
}

// sweepWhile sweeps, and does something at a moment that a witness sees.
func (w *chaosWorld) sweepWhile(a *assassin, do func()) (status int, said string) {
	w.t.Helper()
	name := a.names[rand.IntN(len(a.names))]
	done := make(chan struct{})
	a.witnesses[name].After(1+rand.Int64N(a.reach[name]), func() {
		go func() { // whoever is on the line goes on meanwhile
			defer close(done)
			do()
		}()
	})
	status, said = w.run("sweep")
	a.witnesses[name].After(0, nil)
	select {
	case <-done:
	case <-time.After(100 * time.Millisecond):
		select {
		case <-done:
		default:
			w.t.Logf("the sweep ended before %s was as far", name)
		}
	}
	return status, said
}

// settled sweeps until nothing is left to do: leases of what died are free a
// while after a server was restarted.
func (w *chaosWorld) settled() {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		status, said := w.run("sweep")
		_, queue := w.run("relay", "queue", "--json")
		if status == 0 && queue == "" {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("it is not settled: exit status %d\n%s\n%s", status, said, queue)
		}
	}
}
