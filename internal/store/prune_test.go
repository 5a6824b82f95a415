package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

const day = 24 * time.Hour

// pruned shows what pruning did: "2 replies, …".
func pruned(t *testing.T, s *store.Store, r store.Retention, dryRun bool) string {
	t.Helper()
	all, err := s.Prune(t.Context(), r, dryRun)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, p := range all {
		text = append(text, fmt.Sprintf("%d %s", p.Rows, p.What))
	}
	return strings.Join(text, ", ")
}

// years is a store with a message of each action and age, complaints and all.
func years(t *testing.T, now *time.Time) *store.Store {
	t.Helper()
	s := storetest.New(t, store.Options{Now: func() time.Time { return *now }})
	for _, age := range []int{10, 100, 1000} {
		for _, action := range []complaint.Action{complaint.Sent, complaint.Held, complaint.Deferred, complaint.Skipped} {
			e := entry(fmt.Sprintf("%s-%d", action, age), action)
			if action != complaint.Sent && action != complaint.Held {
				e.Complaint = nil
			}
			e.Seen = noon.AddDate(0, 0, -age)
			*now = e.Seen
			record(t, s, e, mailbox.Place{})
		}
	}
	*now = noon
	return s
}

func TestWhatIsOlderThanItIsKeptIsDropped(t *testing.T) {
	now := noon
	s := years(t, &now)
	deliverAll(t, s, noon)
	keep := store.Retention{Texts: 50 * day, Ledger: 500 * day, Relay: 50 * day}
	// Held and deferred messages wait, however old they are.
	const want = "2 texts of complaints, 2 messages of the ledger, 2 messages of the relay"
	if got := pruned(t, s, keep, true); got != want {
		t.Errorf("would prune %q, want %q", got, want)
	}
	if got := pruned(t, s, keep, false); got != want {
		t.Errorf("pruned %q, want %q", got, want)
	}
	const nothing = "0 texts of complaints, 0 messages of the ledger, 0 messages of the relay"
	if got := pruned(t, s, keep, false); got != nothing {
		t.Errorf("once more: pruned %q", got)
	}
	for digest, text := range map[string]bool{"sent-10": true, "sent-100": false, "held-1000": true} {
		e, err := s.Entry(t.Context(), digest)
		if err != nil || e.Complaint == nil || (e.Complaint.Text != "") != text {
			t.Errorf("%s: %+v, %v", digest, e.Complaint, err)
		}
	}
	for _, digest := range []string{"sent-1000", "skipped-1000"} {
		if _, err := s.Entry(t.Context(), digest); !errors.Is(err, complaint.ErrUnknown) {
			t.Errorf("%s: %v", digest, err)
		}
	}
	if _, err := s.Entry(t.Context(), "deferred-1000"); err != nil {
		t.Error(err)
	}
}

func TestWithoutRetentionEverythingStays(t *testing.T) {
	now := noon
	if got := pruned(t, years(t, &now), store.Retention{}, false); got != "" {
		t.Errorf("pruned %q", got)
	}
}

func TestWhatIsNotDeliveredYetIsKept(t *testing.T) {
	now := noon
	s := years(t, &now)
	got := pruned(t, s, store.Retention{Texts: day, Ledger: day, Relay: day}, false)
	if got != "0 texts of complaints, 3 messages of the ledger, 0 messages of the relay" { // what was skipped
		t.Errorf("pruned %q", got)
	}
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 3 {
		t.Errorf("%d in the queue, %v", len(items), err)
	}
}

func TestABackupIsWholeWhileOthersWrite(t *testing.T) {
	storetest.SQLiteOnly(t)
	s := openNew(t)
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = s.Queue().Enqueue(t.Context(), submission(1000, desk))
			}
		}
	}()
	file := filepath.Join(t.TempDir(), "copy.db")
	err := s.Backup(t.Context(), file)
	close(stop)
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := open(t, file).Entry(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	if err := s.Backup(t.Context(), file); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
}

func TestAServerMakesItsOwnBackups(t *testing.T) {
	postgresOnly(t)
	if err := openNew(t).Backup(t.Context(), filepath.Join(t.TempDir(), "copy.db")); !errors.Is(err, store.ErrServerBackup) {
		t.Errorf("%v", err)
	}
}
