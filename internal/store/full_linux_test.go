package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// smallDisk mounts a file system of a few megabytes, or skips the test.
func smallDisk(t *testing.T, flags uintptr) string {
	t.Helper()
	storetest.SQLiteOnly(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a small file system")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, "size=2m"); err != nil {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskLosesNothingThatWasAccepted(t *testing.T) {
	path := filepath.Join(smallDisk(t, 0), "spamreport.db")
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var accepted []string
	for {
		sub := submission(50_000, desk)
		if err = s.Queue().Enqueue(t.Context(), sub); err != nil {
			break
		}
		accepted = append(accepted, sub.ID)
	}
	if !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("the error is %v", err)
	}
	t.Log(err)
	if len(accepted) < 5 {
		t.Fatalf("only %d messages fit", len(accepted))
	}
	check := func(s *store.Store, when string) {
		t.Helper()
		items, err := s.Queue().List(t.Context(), relay.Filter{})
		if err != nil || len(items) != len(accepted) {
			t.Fatalf("%s: %d messages, want %d (%v)", when, len(items), len(accepted), err)
		}
		for i, id := range accepted {
			message, err := s.Queue().Message(t.Context(), id)
			if err != nil || len(message) < 50_000 || items[i].ID != id {
				t.Errorf("%s: message %s: %d octets, %v", when, id, len(message), err)
			}
		}
	}
	check(s, "on the full disk")
	_ = s.Close() // has no room to tidy up, which may be an error or not
	s = open(t, path)
	check(s, "after opening it again")
}

func TestAfterAMessageThatDidNotFitOthersAreToldAtOnceForAMoment(t *testing.T) {
	now := time.Now()
	path := filepath.Join(smallDisk(t, 0), "spamreport.db")
	s, err := store.Open(t.Context(), path, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Room(3 << 20); err != nil {
		t.Errorf("before anything was refused: %v", err)
	}
	if err := s.Queue().Enqueue(t.Context(), submission(3<<20, desk)); !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("3 MB on a disk of 2: %v", err)
	}
	for _, tt := range []struct {
		octets int64
		full   bool
	}{{3 << 20, true}, {4 << 20, true}, {0, true}, {3<<20 - 1000, true}, {2 << 20, false}} {
		if err := s.Room(tt.octets); errors.Is(err, store.ErrDiskFull) != tt.full {
			t.Errorf("room for %d octets: %v, want full: %v", tt.octets, err, tt.full)
		}
	}
	now = now.Add(2 * time.Second)
	if err := s.Room(4 << 20); err != nil {
		t.Errorf("a moment later it is not tried again: %v", err)
	}
}

func TestAFullDiskRefusesOnlyWhatDoesNotFit(t *testing.T) {
	s := open(t, filepath.Join(smallDisk(t, 0), "spamreport.db"))
	// They share commits: the large ones must not take the small ones along.
	var mu sync.Mutex
	accepted := make(map[string]bool)
	refused := 0
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			sub := submission(1+i%2*200_000, desk)
			err := s.Queue().Enqueue(context.Background(), sub)
			mu.Lock()
			defer mu.Unlock()
			accepted[sub.ID] = err == nil
			if err != nil {
				refused++
				if !errors.Is(err, store.ErrDiskFull) {
					t.Errorf("the error is %v", err)
				}
			}
		})
	}
	all.Wait()
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil || refused == 0 || len(items) != 60-refused {
		t.Errorf("%d kept, %d refused, %v", len(items), refused, err)
	}
	for _, item := range items {
		if !accepted[item.ID] {
			t.Errorf("%s was refused and is kept", item.ID)
		}
	}
}

func TestADiskThatIsFullFromTheStart(t *testing.T) {
	dir := smallDisk(t, 0)
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	_ = filler.Close()
	s, err := store.Open(t.Context(), filepath.Join(dir, "spamreport.db"), store.Options{})
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	if !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("the error is %v", err)
	}
}

func TestADiskThatCannotBeWritten(t *testing.T) {
	dir := smallDisk(t, 0)
	path := filepath.Join(dir, "spamreport.db")
	makeDatabase(t, path)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("cannot remount: %v", err)
	}
	if _, err := store.Open(t.Context(), path, store.Options{}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("opening it for writing: %v", err)
	}
	s, err := store.OpenReadOnly(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Summary(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAFullQueueIsStillDelivered(t *testing.T) {
	s := open(t, filepath.Join(smallDisk(t, 0), "spamreport.db"))
	q := s.Queue()
	// Twice: what was delivered makes room for as many again.
	for round := range 2 {
		accepted := 0
		for ; ; accepted++ {
			if err := q.Enqueue(t.Context(), submission(10_000, desk)); errors.Is(err, store.ErrDiskFull) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if accepted < 20 {
			t.Fatalf("round %d: only %d messages fit", round, accepted)
		}
		delivered := 0
		for {
			jobs, err := q.Lease(t.Context(), noon, 8)
			if err != nil {
				t.Fatalf("round %d: after %d deliveries: %v", round, delivered, err)
			}
			if len(jobs) == 0 {
				break
			}
			for _, job := range jobs {
				sent := []relay.Outcome{{Recipient: desk, State: relay.Delivered}}
				if err := q.Settle(t.Context(), job.ID, noon, sent); err != nil {
					t.Fatalf("round %d: after %d deliveries: %v", round, delivered, err)
				}
				delivered++
			}
		}
		if delivered != accepted {
			t.Errorf("round %d: %d accepted, %d delivered", round, accepted, delivered)
		}
	}
}
