package main

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// TestADatabaseServerThatStopsAnywhereLosesNothing stops PostgreSQL in the
// middle of a sweep, as an administrator does and as a crash does, beside a
// relay that goes on all the time. A sweep either gets over it or says that it
// is to be tried again.
func TestADatabaseServerThatStopsAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	n := rounds(t, 3)
	server := servertest.StartPostgres(t)
	w := newChaosWorld(t, chaosOptions{postgres: server})
	w.arrive(4)
	a := newAssassin(w)
	a.learn("sweep")

	stop := w.relay()

	survived := 0
	for stops := 0; stops < n; {
		w.arrive(1 + rand.IntN(5))
		status, said, struck := w.sweepWhile(a, func() {
			if stops%2 == 0 {
				server.Interrupt(t)
			} else {
				server.Crash(t)
			}
			if err := server.Start(); err != nil {
				t.Error(err)
			}
		})
		if struck {
			stops++
		}
		switch {
		case status == 0 && struck:
			survived++
		case status != 0 && (status != exitTemporary || !strings.Contains(said, "database")):
			t.Fatalf("sweep: exit status %d\n%s", status, said)
		}
	}
	w.settled()
	stop()
	cost := w.addsUp()
	summary(t, "%d stops, %d sweeps got over it, %d messages, %d complaints, %d lost, %d repeated",
		n, survived, len(w.spam), cost.complaints, cost.lost, cost.repeated)
	if cost.repeated > n {
		t.Errorf("%d complaints were repeated by %d stops", cost.repeated, n)
	}
}

// sweepWhile sweeps, and does something at a moment that a witness sees, unless
// the sweep is over by then.
func (w *chaosWorld) sweepWhile(a *assassin, do func()) (status int, said string, struck bool) {
	w.t.Helper()
	of := a.names[rand.IntN(len(a.names))]
	var mu sync.Mutex
	var over bool
	done := make(chan struct{})
	a.witnesses[of].After(1+rand.Int64N(a.reach[of]), func() {
		mu.Lock()
		defer mu.Unlock()
		if struck = !over; struck {
			go func() { // those on the line go on meanwhile
				defer close(done)
				do()
			}()
		}
	})
	status, said = w.run("sweep")
	a.witnesses[of].After(0, nil)
	mu.Lock()
	defer mu.Unlock()
	if over = true; struck {
		<-done
	}
	return status, said, struck
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
