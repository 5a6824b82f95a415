package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

func learned(account, rule string, messages int) store.TrustRow {
	return store.TrustRow{Account: account, Rule: rule, Messages: messages, Sample: 40, Learned: noon}
}

func setTrust(t *testing.T, s *store.Store, account string, rows ...store.TrustRow) {
	t.Helper()
	if err := s.SetTrust(t.Context(), account, rows); err != nil {
		t.Fatal(err)
	}
}

func checkTrust(t *testing.T, s *store.Store, account string, want ...store.TrustRow) {
	t.Helper()
	got, err := s.Trust(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trust of account %q: %s", account, diff)
	}
}

func TestLearnedHostsAreKeptPerAccountTheCommonestFirst(t *testing.T) {
	path := storetest.Name(t)
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkTrust(t, s, "home")
	mx, store1, work := learned("home", "mx.example.org", 30), learned("home", "203.0.113.20/32", 38), learned("work", "mx.example.com", 40)
	setTrust(t, s, "home", mx, store1)
	setTrust(t, s, "work", work)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	checkTrust(t, again, "home", store1, mx)
	checkTrust(t, again, "", store1, mx, work)
	checkTrust(t, again, "elsewhere")
	if got := mx.Share(); got != 0.75 {
		t.Errorf("share %v", got)
	}
}

func TestLearningAgainRenewsTheFiguresAndKeepsTheRest(t *testing.T) {
	s := openNew(t)
	old, renewed := learned("home", "mx.example.org", 30), learned("home", "mx.example.org", 10)
	other := learned("home", "lists.example.net", 20)
	renewed.Learned = noon.Add(24 * time.Hour)
	setTrust(t, s, "home", old, other)
	setTrust(t, s, "home", renewed)
	checkTrust(t, s, "home", other, renewed)
}

func TestForgettingTakesOneAccountsRulesOnly(t *testing.T) {
	s := openNew(t)
	for _, account := range []string{"home", "work"} {
		setTrust(t, s, account, learned(account, "a.example.org", 30), learned(account, "b.example.org", 20))
	}
	if err := s.ForgetTrust(t.Context(), "home", "a.example.org", "never.example.org"); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetTrust(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	checkTrust(t, s, "home", learned("home", "b.example.org", 20))
	checkTrust(t, s, "work", learned("work", "a.example.org", 30), learned("work", "b.example.org", 20))
}

func TestLearnedHostsAreNotWrittenThroughAReader(t *testing.T) {
	path := storetest.Name(t)
	makeDatabase(t, path)
	s, err := store.OpenReadOnly(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.SetTrust(t.Context(), "home", []store.TrustRow{learned("home", "a.example.org", 9)}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("keep: %v", err)
	}
	if err := s.ForgetTrust(t.Context(), "home", "a.example.org"); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("forget: %v", err)
	}
	checkTrust(t, s, "home")
}

// A database of before there was anything to learn is upgraded, with what is
// in it.
func TestADatabaseOfTheFirstVersionLearns(t *testing.T) {
	path := storetest.Name(t)
	makeDatabase(t, path)
	downgrade(t, path, 1)
	execute(t, path, `INSERT INTO folder_cursor (account, folder, uidvalidity, uid) VALUES ('home', 'Junk', 7, 42)`)
	if _, err := store.OpenReadOnly(t.Context(), path, store.Options{}); !errors.Is(err, store.ErrOlder) {
		t.Errorf("reading it: %v", err)
	}
	s := open(t, path)
	setTrust(t, s, "home", learned("home", "a.example.org", 30))
	checkTrust(t, s, "home", learned("home", "a.example.org", 30))
	if _, uid, err := s.Cursor(context.Background(), "home", "Junk"); err != nil || uid != 42 {
		t.Errorf("cursor %d, %v", uid, err)
	}
}
