package store_test

import (
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
	"spamreport/relay/guard"
	"spamreport/relay/limit"
)

// wall is a clock that somebody sets.
type wall struct{ at time.Time }

func (w *wall) now() time.Time { return w.at }

func (w *wall) jump(d time.Duration) time.Time {
	w.at = w.at.Add(d)
	return w.at
}

// A clock that is far ahead, until somebody sets it right.
const ahead = 10 * 365 * 24 * time.Hour

func TestWhatAWrongClockPutOffComesBackWhenItIsSetRight(t *testing.T) {
	later := relay.Outcome{Recipient: "a@x.example", State: relay.Retrying, Reply: relay.Reply{Code: 450}}
	for name, tc := range map[string]struct {
		putOff func(t *testing.T, s *store.Store, w *wall)
		wait   time.Duration // how long it still has to wait
	}{
		"queued in the future": {putOff: func(*testing.T, *store.Store, *wall) {}},
		"to be tried again in the future": {
			putOff: func(t *testing.T, s *store.Store, w *wall) {
				lease(t, s, w.at, 10)
				o := later
				o.Next = w.at.Add(30 * time.Minute)
				if err := s.Queue().Settle(t.Context(), "1", w.at, []relay.Outcome{o}); err != nil {
					t.Fatal(err)
				}
			},
			wait: 30 * time.Minute,
		},
		"put off until a day of the future": {
			putOff: func(t *testing.T, s *store.Store, w *wall) {
				lease(t, s, w.at, 10)
				d := relay.Delay{ID: "1", Recipients: []string{"a@x.example"}, Until: w.at.Add(12 * time.Hour), Limit: true}
				if err := s.Queue().PutOff(t.Context(), w.at, d); err != nil {
					t.Fatal(err)
				}
			},
			wait: 12 * time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &wall{noon.Add(ahead)}
			s := storetest.New(t, store.Options{Now: w.now})
			enqueue(t, s, "1", w.at, "a@x.example")
			tc.putOff(t, s, w)
			w.jump(-ahead)
			if got := lease(t, s, w.at, 10); tc.wait > 0 && got != "" {
				t.Errorf("it did not wait as long as was meant: %s", got)
			} else if tc.wait > 0 {
				w.jump(tc.wait - time.Second)
				if got := lease(t, s, w.at, 10); got != "" {
					t.Errorf("it did not wait as long as was meant: %s", got)
				}
				if got := lease(t, s, w.jump(time.Second), 10); got != "1:a@x.example" {
					t.Errorf("it is not due any more: %q", got)
				}
			} else if got != "1:a@x.example" {
				t.Errorf("it is not due: %q", got)
			}
			items, err := s.Queue().List(t.Context(), relay.Filter{})
			if err != nil || len(items) != 1 || items[0].Queued.After(w.at) {
				t.Errorf("%+v, %v", items, err)
			}
		})
	}
}

// Machines on one database do not agree about the second.
func TestAClockThatIsMinutesAheadChangesNothing(t *testing.T) {
	w := &wall{noon}
	s := storetest.New(t, store.Options{Now: w.now})
	enqueue(t, s, "1", w.at.Add(10*time.Minute), "a@x.example")
	if got := lease(t, s, w.at, 10); got != "" {
		t.Errorf("leased %s", got)
	}
}

func TestALimitOfAWrongDayDoesNotKeepMailFromTheRightOne(t *testing.T) {
	w := &wall{noon.Add(ahead)}
	s := storetest.New(t, store.Options{Now: w.now})
	rates, err := limit.Parse("1/day")
	if err != nil {
		t.Fatal(err)
	}
	take := func(id string) (full bool) {
		t.Helper()
		quotas, err := s.Take(t.Context(), w.at, guard.Claim{
			ID: id, User: "alice", Recipients: []relay.Pending{{Address: "a@x.example", Domain: "x.example"}},
			Limits: limit.Limits{All: rates, Zone: time.UTC}, Why: func(limit.Quota) string { return "full" },
		})
		if err != nil {
			t.Fatal(err)
		}
		return quotas[0] != nil
	}
	for _, id := range []string{"1", "2", "3"} {
		enqueueFrom(t, s, id, w.at)
	}
	if take("1") || !take("2") {
		t.Fatal("one a day is not what was counted")
	}
	w.jump(-ahead)
	if take("2") || !take("3") {
		t.Error("the limit of the right day does not hold")
	}
	w.jump(ahead) // and wrong again: what was counted there is still counted
	if !take("3") {
		t.Error("the wrong day was forgotten")
	}
}

// enqueueFrom queues a message of a user.
func enqueueFrom(t *testing.T, s *store.Store, id string, at time.Time) {
	t.Helper()
	err := s.Queue().Enqueue(t.Context(), relay.Submission{
		ID: id, Envelope: relay.Envelope{From: "alice@example.org", To: []string{"a@x.example"}}, Message: []byte("x"),
		Queued: at, Submitter: "alice",
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAChoreThatAWrongClockDidIsDoneAgain(t *testing.T) {
	w := &wall{noon.Add(ahead)}
	s := storetest.New(t, store.Options{Now: w.now})
	mine := func() bool { t.Helper(); return does(t, s) }
	if !mine() || mine() {
		t.Fatal("it is not done once")
	}
	w.jump(-ahead)
	if !mine() || mine() {
		t.Error("set right, it is not done once")
	}
	w.jump(-3 * time.Hour)
	if !mine() || mine() {
		t.Error("set back by hours, it is not done once")
	}
}

func TestAMessageThatAWrongClockDeferredIsTakenUpAgain(t *testing.T) {
	w := &wall{noon.Add(ahead)}
	s := storetest.New(t, store.Options{Now: w.now})
	e := entry("a", complaint.Deferred)
	e.Seen, e.NotBefore = w.at, w.at.Add(6*time.Hour)
	record(t, s, e, mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 1, UID: 1})
	deferred := func() int {
		t.Helper()
		uids, err := s.DeferredUIDs(t.Context(), "home", "Junk", 1, w.at)
		if err != nil {
			t.Fatal(err)
		}
		return len(uids)
	}
	if deferred() != 0 {
		t.Error("it does not wait")
	}
	w.jump(-ahead)
	if deferred() != 1 {
		t.Error("set right, it is not taken up")
	}
}
