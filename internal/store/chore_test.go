package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

// does reports whether a store does the chore of each day when it looks now.
func does(t *testing.T, s *store.Store) (done bool) {
	t.Helper()
	err := s.Chore(t.Context(), "prune", day, func(context.Context) error { done = true; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// two opens the same database twice, as two processes do.
func two(t *testing.T, o store.Options) (stores [2]*store.Store) {
	t.Helper()
	name := storetest.Name(t)
	for i := range stores {
		s, err := store.Open(t.Context(), name, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores[i] = s
	}
	return stores
}

func TestAChoreIsDoneByOneProcessADay(t *testing.T) {
	now := noon
	stores := two(t, store.Options{Now: func() time.Time { return now }})
	for _, step := range []struct {
		later time.Duration
		by    int
		mine  bool
	}{{0, 0, true}, {0, 1, false}, {23 * time.Hour, 0, false}, {time.Hour, 1, true}, {0, 0, false}} {
		now = now.Add(step.later)
		if mine := does(t, stores[step.by]); mine != step.mine {
			t.Errorf("process %d at %s: %v", step.by, now, mine)
		}
	}
}

func TestAChoreThatFailedIsDue(t *testing.T) {
	stores := two(t, store.Options{})
	broken := errors.New("broken")
	if err := stores[0].Chore(t.Context(), "prune", day, func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if !does(t, stores[1]) || does(t, stores[0]) {
		t.Error("it is not done once")
	}
}

// TestAChoreIsDoneByOneProcessAtATime: the others do not wait, and know what
// was done when they look again.
func TestAChoreIsDoneByOneProcessAtATime(t *testing.T) {
	postgresOnly(t)
	stores := two(t, store.Options{})
	err := stores[0].Chore(t.Context(), "prune", day, func(context.Context) error {
		if does(t, stores[1]) {
			t.Error("two are at it")
		}
		return nil
	})
	if err != nil || does(t, stores[1]) {
		t.Errorf("it is done again, %v", err)
	}
}
