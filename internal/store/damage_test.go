package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

func TestADamagedTextIsNoticedAndConcernsNoOther(t *testing.T) {
	storetest.SQLiteOnly(t)
	path := filepath.Join(t.TempDir(), "spamreport.db")
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const octets = 20_000 // several pages
	var ids []string
	for _, letter := range []string{"a", "b", "c"} {
		sub := submission(10, desk)
		sub.Message = []byte("Subject: x\r\n\r\n" + strings.Repeat(letter, octets))
		if err := s.Queue().Enqueue(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, sub.ID)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, strings.Repeat("b", 100), strings.Repeat("b", 99)+"?")

	q := open(t, path).Queue()
	for i, id := range ids {
		message, err := q.Message(t.Context(), id)
		if damaged := i == 1; errors.Is(err, relay.ErrDamaged) != damaged || !damaged && (err != nil || len(message) < octets) {
			t.Errorf("message %d: %d octets, %v", i, len(message), err)
		}
	}
}

// change replaces octets in a file, as a bad disk would.
func change(t *testing.T, path, from, to string) {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(octets, []byte(from), []byte(to), 1)
	if bytes.Equal(changed, octets) {
		t.Fatalf("%q is not in %s", from, path)
	}
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
}
