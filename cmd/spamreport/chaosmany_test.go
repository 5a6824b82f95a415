package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// deed is a command that runs beside others on one store, and how it may end.
type deed struct {
	args []string
	may  []int // exit statuses besides 0
}

// deeds are what people, timers and machines do at once. A sweep beside another
// one ends at once where the store is a file (75).
func deeds(w *chaosWorld, round int) []deed {
	all := []deed{
		{[]string{"sweep", "--quiet"}, []int{exitTemporary}},
		{[]string{"sweep", "--quiet"}, []int{exitTemporary}},
		{[]string{"relay", "retry", "--quiet"}, []int{exitTemporary}},
		{[]string{"relay", "retry", "--quiet"}, []int{exitTemporary}},
		// Of what both would approve, each is told what the other has done.
		{[]string{"review", "approve", "--quiet", "all"}, []int{exitTemporary, exitFailed}},
		{[]string{"review", "approve", "--quiet", "all"}, []int{exitTemporary, exitFailed}},
		{[]string{"history", "--json"}, nil},
		{[]string{"prune"}, nil},
		{[]string{"relay", "queue", "--all", "--json"}, nil},
	}
	if w.sql == nil {
		all = append(all, deed{[]string{"backup", filepath.Join(w.dir, fmt.Sprintf("backup%d.db", round))}, nil})
	}
	return append(all, deed{[]string{"status"}, nil})
}

// TestTenProcessesOnOneStoreFileEachComplaintOnce has everything happen at once:
// sweeps, a relay that stays, deliveries, approvals, reading, pruning, a backup.
// Some of it is killed.
func TestTenProcessesOnOneStoreFileEachComplaintOnce(t *testing.T) {
	t.Parallel()
	n := rounds(t, 4)
	chaosDatabases(t, func(t *testing.T, o chaosOptions) {
		o.review = true
		w := newChaosWorld(t, o)
		w.must("sweep") // makes the tables
		stop := w.relay()
		kills, runs := 0, 0
		for round := range n {
			w.arrive(3 + rand.IntN(5))
			all := deeds(w, round)
			runs += len(all)
			kills += w.atOnce(all, round%2 == 1)
		}
		w.settledReview()
		stop()
		cost := w.addsUp()
		summary(t, "%d processes, %d kills, %d messages, %d complaints, %d lost, %d repeated",
			runs, kills, len(w.spam), cost.complaints, cost.lost, cost.repeated)
		if cost.repeated > kills {
			t.Errorf("%d complaints were repeated by %d kills", cost.repeated, kills)
		}
	})
}

// atOnce runs commands beside each other, and may kill one of them.
func (w *chaosWorld) atOnce(all []deed, kill bool) (kills int) {
	w.t.Helper()
	victim := -1
	if kill {
		victim = rand.IntN(6) // one that writes
	}
	var running sync.WaitGroup
	var mu sync.Mutex
	for i, d := range all {
		running.Go(func() {
			ctx, cancel := context.WithCancel(w.t.Context())
			defer cancel()
			cmd := w.commandContext(ctx, d.args...)
			out := &lockedBuffer{}
			cmd.Stdout, cmd.Stderr = out, out
			if err := cmd.Start(); err != nil {
				w.t.Error(err)
				return
			}
			if i == victim {
				time.AfterFunc(time.Duration(rand.Int64N(int64(200*time.Millisecond))), cancel)
			}
			err := cmd.Wait()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
			case ctx.Err() != nil:
				kills++
			case !d.allows(cmd.ProcessState.ExitCode()):
				w.t.Errorf("%s: %v\n%s", strings.Join(d.args, " "), err, out)
			}
		})
	}
	running.Wait()
	return kills
}

func (d deed) allows(status int) bool {
	for _, may := range d.may {
		if status == may {
			return true
		}
	}
	return false
}

// settledReview is settled where complaints wait for approval.
func (w *chaosWorld) settledReview() {
	w.t.Helper()
	w.settled()
	if status, said := w.run("review", "approve", "--quiet", "all"); status != 0 {
		w.t.Fatalf("approve: exit status %d\n%s", status, said)
	}
	w.settled()
}
