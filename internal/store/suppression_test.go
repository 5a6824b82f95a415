package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
	"spamreport/relay/suppress"
)

// deliverTo hands a message over to one recipient, with this outcome.
func deliverTo(t *testing.T, s *store.Store, now time.Time, o relay.Outcome) {
	t.Helper()
	sub := submission(10, o.Recipient)
	sub.Queued = now
	q := s.Queue()
	if err := q.Enqueue(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	jobs, err := q.Lease(t.Context(), now, 1)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("lease: %v, %v", jobs, err)
	}
	if err := q.Settle(t.Context(), jobs[0].ID, now, []relay.Outcome{o}); err != nil {
		t.Fatal(err)
	}
}

func isSuppressed(t *testing.T, s *store.Store, now time.Time, address string) bool {
	t.Helper()
	got, err := s.Suppressed(t.Context(), now, address)
	if err != nil {
		t.Fatal(err)
	}
	return len(got) == 1
}

func TestARefusalSuppressesAnAddressThatDoesNotExist(t *testing.T) {
	for _, tc := range []struct {
		name  string
		state relay.State
		reply relay.Reply
		want  bool
	}{
		{"nobody there", relay.Failed, relay.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}, true},
		{"delivered", relay.Delivered, relay.Reply{Code: 250, Text: "user unknown"}, false},
		{"tried again", relay.Retrying, relay.Reply{Code: 450, Status: "4.1.1", Text: "no such user"}, false},
		{"the smarthost wants a login", relay.Failed, relay.Reply{Code: 550, Status: "5.7.1", Text: "relay access denied"}, false},
		{"a block", relay.Failed, relay.Reply{Code: 550, Status: "5.1.1", Text: "blocked using zen.spamhaus.org"}, false},
		{"given up", relay.Failed, relay.Reply{Text: "given up after 120h0m0s: no such host"}, false},
		{"refused by this relay itself", relay.Failed, relay.Reply{Code: 550, Status: "5.1.1", Text: "not sent: a@b is on the suppression list"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := openNew(t)
			deliverTo(t, s, noon, relay.Outcome{Recipient: "Zoe@Example.net", State: tc.state, Reply: tc.reply})
			if got := isSuppressed(t, s, noon, "zoe@example.NET"); got != tc.want {
				t.Errorf("suppressed: %v", got)
			}
		})
	}
}

func TestWhatAPersonSaidIsNotReplacedByABounce(t *testing.T) {
	s := openNew(t)
	manual := suppress.Entry{Address: "zoe@example.net", Reason: suppress.Manual, Source: "asked us to", Since: noon}
	if err := s.Suppress(t.Context(), manual); err != nil {
		t.Fatal(err)
	}
	deliverTo(t, s, noon, relay.Outcome{Recipient: "zoe@example.net", State: relay.Failed, Reply: relay.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}})
	deliverTo(t, s, noon, relay.Outcome{Recipient: "amy@example.net", State: relay.Failed, Reply: relay.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}})
	complaint := suppress.Entry{Address: "amy@example.net", Reason: suppress.Complaint, Since: noon.Add(time.Hour)}
	if err := s.Suppress(t.Context(), complaint); err != nil {
		t.Fatal(err)
	}
	got, err := s.Suppressions(t.Context(), noon.AddDate(10, 0, 0))
	if err != nil || fmt.Sprint(got) != fmt.Sprint([]suppress.Entry{complaint, manual}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAnUpgradeKeepsWhoWasRefusedBefore(t *testing.T) {
	path := storetest.Name(t)
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gone, blocked := relay.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}, relay.Reply{Code: 554, Status: "5.7.1", Text: "blocked using zen.spamhaus.org"}
	deliverTo(t, s, noon, relay.Outcome{Recipient: "Gone@example.net", State: relay.Failed, Reply: gone})
	deliverTo(t, s, noon, relay.Outcome{Recipient: "blocked@example.net", State: relay.Failed, Reply: blocked})
	deliverTo(t, s, noon, relay.Outcome{Recipient: "back@example.net", State: relay.Failed, Reply: gone})
	deliverTo(t, s, noon.Add(time.Hour), relay.Outcome{Recipient: "back@example.net", State: relay.Delivered, Reply: relay.Reply{Code: 250}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, 8)

	s = open(t, path)
	for address, want := range map[string]bool{"gone@example.net": true, "blocked@example.net": false, "back@example.net": false} {
		if got := isSuppressed(t, s, noon.AddDate(0, 1, 0), address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if isSuppressed(t, s, noon.AddDate(0, 7, 0), "gone@example.net") {
		t.Error("an old refusal never ends")
	}
}

func TestAListOfAnyLengthIsHonoured(t *testing.T) {
	for _, length := range []int{1, 500, 501, 1000} {
		s := storetest.New(t, store.Options{})
		now := time.Now()
		var entries []suppress.Entry
		for n := range length {
			entries = append(entries, suppress.Entry{Address: fmt.Sprintf("gone%d@example.net", n), Reason: suppress.Manual, Since: now})
		}
		if err := s.Suppress(t.Context(), entries...); err != nil {
			t.Fatal(err)
		}
		last := fmt.Sprintf("Gone%d@example.net", length-1)
		if !isSuppressed(t, s, now, last) || isSuppressed(t, s, now, "there@example.net") {
			t.Errorf("with %d entries the list is not honoured", length)
		}
		if _, err := s.Lift(t.Context(), last); err != nil || isSuppressed(t, s, now, last) {
			t.Errorf("with %d entries one that was lifted counts still (%v)", length, err)
		}
	}
}

func TestWhatAnotherProcessListsIsHonouredAMomentLater(t *testing.T) {
	storetest.SQLiteOnly(t) // two stores of one file
	path := filepath.Join(t.TempDir(), "spamreport.db")
	s, other := open(t, path), open(t, path)
	now := time.Now()
	if isSuppressed(t, s, now, desk) {
		t.Fatal("listed from the start")
	}
	if err := other.Suppress(t.Context(), suppress.Entry{Address: desk, Reason: suppress.Manual, Since: now}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !isSuppressed(t, s, now, desk); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never counts")
		}
	}
}
