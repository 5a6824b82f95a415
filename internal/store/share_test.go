package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

// worker is a process that wants all the turns of a list and works through
// whatever it gets, as the watches of a process do.
type worker struct {
	store *store.Store
	share *store.Share
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu  sync.Mutex
	has map[string]bool
}

// work starts a worker on the database with the name. atWork counts who has
// each turn, over all workers of a test.
func work(t *testing.T, name string, turns []string, atWork *roster) *worker {
	t.Helper()
	s, err := store.Open(t.Context(), name, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	w := &worker{store: s, share: s.Share(turns), stop: stop, has: map[string]bool{}}
	for _, turn := range turns {
		w.work.Go(func() {
			for {
				shift, err := w.share.Await(ctx, turn)
				if err != nil {
					return
				}
				w.note(turn, true)
				atWork.begin(turn)
				inShift, end := shift.Within(ctx)
				<-inShift.Done()
				atWork.end(turn)
				w.note(turn, false)
				end()
				shift.End()
			}
		})
	}
	t.Cleanup(w.close)
	return w
}

func (w *worker) note(turn string, has bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if has {
		w.has[turn] = true
	} else {
		delete(w.has, turn)
	}
}

func (w *worker) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.has)
}

func (w *worker) close() {
	w.stop()
	w.work.Wait()
	w.share.Close()
	_ = w.store.Close()
}

// roster notices when two have one turn at the same time.
type roster struct {
	t  *testing.T
	mu sync.Mutex
	at map[string]int
}

func (r *roster) begin(turn string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at[turn]++; r.at[turn] > 1 {
		r.t.Errorf("two have %s", turn)
	}
}

func (r *roster) end(turn string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at[turn]--
}

func newRoster(t *testing.T) *roster { return &roster{t: t, at: map[string]int{}} }

func turns(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("folder home/%d", i))
	}
	return names
}

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

func has(w *worker, n int) func() bool { return func() bool { return w.count() == n } }

func TestProcessesShareTurnsOutEvenly(t *testing.T) {
	postgresOnly(t)
	name, all := storetest.Name(t), newRoster(t)
	first := work(t, name, turns(7), all)
	eventually(t, "the only one has all", has(first, 7))
	second := work(t, name, turns(7), all)
	eventually(t, "a second one gets its part", has(second, 3))
	eventually(t, "and the first has the rest", has(first, 4))
	third := work(t, name, turns(7), all)
	eventually(t, "so does a third one", func() bool {
		return third.count() >= 1 && first.count()+second.count()+third.count() == 7 && max(first.count(), second.count(), third.count()) == 3
	})
	first.close()
	eventually(t, "who stays takes over what one had that goes", func() bool {
		return second.count()+third.count() == 7 && second.count() >= 3 && third.count() >= 3
	})
}

func TestOneTurnStaysWhereItIs(t *testing.T) {
	postgresOnly(t)
	name, all := storetest.Name(t), newRoster(t)
	first := work(t, name, turns(1), all)
	eventually(t, "the first has it", has(first, 1))
	second := work(t, name, turns(1), all)
	time.Sleep(3 * time.Second) // several looks
	if first.count() != 1 || second.count() != 0 {
		t.Errorf("first %d, second %d", first.count(), second.count())
	}
	first.close()
	eventually(t, "the second takes over", has(second, 1))
}

func TestProcessesWithOtherFoldersAreNoneToShareWith(t *testing.T) {
	postgresOnly(t)
	name, all := storetest.Name(t), newRoster(t)
	first := work(t, name, turns(4), all)
	eventually(t, "the first has all", has(first, 4))
	other := work(t, name, turns(6), all)
	eventually(t, "the other has what the first does not want", has(other, 2))
	if first.count() != 4 {
		t.Errorf("the first has %d", first.count())
	}
}

// One process cannot get to a mailbox and so does not take its turn, though it
// would be its part.
func TestWhatNobodyElseTakesIsTakenAboveOnesPart(t *testing.T) {
	postgresOnly(t)
	name, all := storetest.Name(t), newRoster(t)
	lame := open(t, name)
	share := lame.Share(turns(4))
	defer share.Close()
	able := work(t, name, turns(4), all)
	eventually(t, "all are worked on", has(able, 4))
}

func TestAServerThatHangsOrDiesEndsEveryShift(t *testing.T) {
	for what, strike := range map[string]func(*testing.T, *servertest.Postgres) (repair func()){
		"hangs": func(t *testing.T, server *servertest.Postgres) func() { return server.Freeze(t) },
		"dies": func(t *testing.T, server *servertest.Postgres) func() {
			server.Crash(t)
			return func() {
				if err := server.Start(); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			server, name := ownServer(t)
			w := work(t, name, turns(3), newRoster(t))
			eventually(t, "it has all", has(w, 3))
			repair := strike(t, server)
			eventually(t, "its shifts are over", has(w, 0))
			repair()
			eventually(t, "it has all again", has(w, 3))
		})
	}
}
