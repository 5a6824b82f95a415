package store_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/relay"
)

// everything is each row of a store as JSON, sorted.
func everything(t *testing.T, s *store.Store) (rows []string) {
	t.Helper()
	err := s.Everything(t.Context(), func(table store.Table) error {
		return table.Rows(func(values []any) error {
			row := map[string]any{"table": table.Name}
			for i, column := range table.Columns {
				row[column] = values[i]
			}
			text, err := json.Marshal(row)
			rows = append(rows, string(text))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

// inUse is a file with a row in most tables.
func inUse(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "spamreport.db")
	s, err := store.Open(t.Context(), file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, action := range []complaint.Action{complaint.Sent, complaint.Held, complaint.Deferred, complaint.Skipped} {
		record(t, s, entry(string(action), action), mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 7, UID: uint32(i + 1)})
	}
	setTrust(t, s, "home", learned("home", "mx.example.org", 30))
	recordReply(t, s, goneReply("sent", "r1"), true)
	enqueue(t, s, "1", noon, "a@x.example", "b@x.example")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEverythingMovesToAServer(t *testing.T) {
	postgresOnly(t)
	file := inUse(t)
	from, to := open(t, file), openNew(t)
	moved, err := store.Transfer(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(t, from), everything(t, to)); diff != "" {
		t.Error(diff)
	}
	rows := map[string]int64{}
	for _, m := range moved {
		rows[m.Table] = m.Rows
	}
	if rows["message"] != 4 || rows["sighting"] != 4 || rows["relay_recipient"] != 3 || rows["reply"] != 1 {
		t.Errorf("%v", rows)
	}
	// What waits goes on there.
	jobs, err := to.Queue().Lease(t.Context(), noon, 10)
	if err != nil || len(jobs) != 2 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	if _, err := store.Transfer(t.Context(), from, to); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("once more: %v", err)
	}
}

func TestALeaseDoesNotMove(t *testing.T) {
	postgresOnly(t)
	from, to := open(t, inUse(t)), openNew(t)
	if got := lease(t, from, noon, 1); got == "" {
		t.Fatal("nothing leased")
	}
	if _, err := store.Transfer(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
	jobs, err := to.Queue().Lease(t.Context(), noon, 10)
	if err != nil || len(jobs) != 2 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
}

func TestAFileThatAnotherProcessUsesDoesNotMove(t *testing.T) {
	postgresOnly(t)
	file := inUse(t)
	from, to := open(t, file), openNew(t)
	other, err := store.Open(t.Context(), file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Transfer(t.Context(), from, to); !errors.Is(err, store.ErrInUse) {
		t.Errorf("%v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Transfer(t.Context(), from, to); err != nil {
		t.Errorf("after it ended: %v", err)
	}
}

func TestEverythingIsEveryTable(t *testing.T) {
	s := openNew(t)
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	names := map[string]bool{}
	err := s.Everything(t.Context(), func(table store.Table) error {
		names[table.Name] = true
		return nil // without reading its rows
	})
	if err != nil || !names["message"] || !names["relay_message"] || !names["chore"] || names["schema_version"] || len(names) < 15 {
		t.Errorf("%v, %v", names, err)
	}
	if items, err := s.Queue().List(t.Context(), relay.Filter{}); err != nil || len(items) != 1 {
		t.Errorf("%d, %v", len(items), err)
	}
}
