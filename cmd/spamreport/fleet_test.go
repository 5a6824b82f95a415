package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"spamreport/internal/servertest/fleet"
)

// newFleet is a fleet of this test binary, as it is of the program.
func newFleet(t *testing.T, o fleet.Options) *fleet.Fleet {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Program, o.Env, o.Connections = program, append(o.Env, testMain+"=1"), atOnce
	return fleet.New(t, o)
}

// fromEnv is a number that make chaos sets, or a small one.
func fromEnv(t *testing.T, name string, few int) int {
	t.Helper()
	words := os.Getenv(name)
	if words == "" {
		return few
	}
	n, err := strconv.Atoi(words)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestTwoServesFileEachComplaintOnce kills one of two processes again and
// again while mail comes in. CHAOS_MESSAGES and CHAOS_ROUNDS say how much of
// each; make chaos sets them.
func TestTwoServesFileEachComplaintOnce(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills processes many times")
	}
	messages, rounds := fromEnv(t, "CHAOS_MESSAGES", 600), fromEnv(t, chaosRounds, 10)
	f := newFleet(t, fleet.Options{
		Corpus:   fleet.Corpus{Messages: messages, Networks: min(500, messages/10), Limit: messages / 75},
		Accounts: 4, Folders: 3,
	})
	both := []*fleet.Member{f.Start(), f.Start()}
	for range rounds {
		f.Place(messages / rounds)
		time.Sleep(rand.N(time.Second))
		both[rand.N(2)].Restart()
	}
	f.Place(messages)
	a := f.Await()
	for _, m := range both {
		m.Stop()
	}
	f.Check(a, rounds*atOnce)
	if n, want := f.Marked(), f.Corpus.Expect(messages).Marked; n != want {
		t.Errorf("%d messages carry the mark, not %d", n, want)
	}
	if !t.Failed() {
		summary(t, "%d messages, %d kills, each complaint filed once", messages, rounds)
	}
}

// TestAFleetOutlivesADatabaseThatDies kills the server of the database, as a want
// of memory would, while two members are at work.
func TestAFleetOutlivesADatabaseThatDies(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills servers many times")
	}
	const messages, kills = 400, 2
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: messages, Networks: 40, Limit: 8}, Accounts: 3, Folders: 2,
	})
	both := []*fleet.Member{f.Start(), f.Start()}
	for range kills {
		f.Place(messages / kills)
		f.Working()
		f.Postgres.Crash(t)
		if err := f.Postgres.Start(); err != nil {
			t.Fatal(err)
		}
	}
	a := f.Await()
	for _, m := range both {
		m.Stop()
	}
	f.Check(a, kills*len(both)*atOnce)
}

// TestWhatAKilledProcessDidIsTakenOver has the one that came first, and has
// the folders and the leader's tasks, die while the other one is there.
func TestWhatAKilledProcessDidIsTakenOver(t *testing.T) {
	t.Parallel()
	const messages = 200
	f := newFleet(t, fleet.Options{
		Corpus: fleet.Corpus{Messages: messages, Networks: 20, Limit: 20}, Accounts: 1, Folders: 1,
	})
	first := f.Start()
	f.Place(messages / 2)
	f.Working()
	second := f.Start()
	first.Kill()
	f.Place(messages / 2)
	a := f.Await()
	second.Stop()
	f.Check(a, atOnce)
}
