package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

func enqueue(t *testing.T, s *store.Store, id string, at time.Time, to ...string) {
	t.Helper()
	sub := submission(10, to...)
	sub.ID, sub.Queued = id, at
	if err := s.Queue().Enqueue(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
}

// lease leases what is due and returns it as "id:recipient,recipient …".
func lease(t *testing.T, s *store.Store, now time.Time, limit int) string {
	t.Helper()
	jobs, err := s.Queue().Lease(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, job := range jobs {
		var to []string
		for _, p := range job.Recipients {
			to = append(to, p.Address)
		}
		text = append(text, job.ID+":"+strings.Join(to, ","))
	}
	return strings.Join(text, " ")
}

func TestALeaseIsExclusiveUntilItsOwnerIsGone(t *testing.T) {
	path := storetest.Name(t)
	first, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, path)
	enqueue(t, first, "1", noon, "a@x.example", "b@x.example", "a@x.example")
	if got := lease(t, first, noon, 10); got != "1:a@x.example,b@x.example" {
		t.Errorf("leased %q", got)
	}
	for name, s := range map[string]*store.Store{"the same": first, "another": second} {
		if got := lease(t, s, noon.Add(240*time.Hour), 10); got != "" {
			t.Errorf("%s process leased %q again", name, got)
		}
	}
	err = second.Queue().Settle(t.Context(), "1", noon, []relay.Outcome{{Recipient: "a@x.example", State: relay.Delivered}})
	if err == nil {
		t.Error("another process recorded an outcome")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, second, noon, 10); got != "1:a@x.example,b@x.example" {
		t.Errorf("after the owner had gone: %q", got)
	}
}

func TestLeasesComeInTurn(t *testing.T) {
	s := openNew(t)
	enqueue(t, s, "c", noon.Add(2*time.Minute), "a@x.example")
	enqueue(t, s, "a", noon, "a@x.example")
	enqueue(t, s, "b", noon.Add(time.Minute), "a@x.example")
	enqueue(t, s, "later", noon.Add(time.Hour), "a@x.example")
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("r%03d@x.example", i))
	}
	enqueue(t, s, "0", noon.Add(-time.Hour), many...)
	if got := lease(t, s, noon.Add(30*time.Minute), 1); !strings.HasPrefix(got, "0:r000") || strings.Count(got, ",") != 499 {
		t.Errorf("the message to many: %.80s", got)
	}
	if got := lease(t, s, noon.Add(30*time.Minute), 2); got != "a:a@x.example b:a@x.example" {
		t.Errorf("first %q", got)
	}
	if got := lease(t, s, noon.Add(30*time.Minute), 2); got != "c:a@x.example" {
		t.Errorf("then %q", got)
	}
	back := []relay.Delay{{ID: "a", Recipients: []string{"a@x.example"}}, {ID: "c", Recipients: []string{"a@x.example"}}}
	if err := s.Queue().PutOff(t.Context(), noon, back...); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, s, noon.Add(30*time.Minute), 9); got != "a:a@x.example c:a@x.example" {
		t.Errorf("after giving back %q", got)
	}
}

func TestWhatIsPutOffIsNotDueBeforeItsTimeAndCountsNoAttempt(t *testing.T) {
	s := openNew(t)
	enqueue(t, s, "1", noon, "now@x.example", "wait@y.example", "other@z.example")
	lease(t, s, noon, 1)
	until := noon.Add(time.Minute)
	err := s.Queue().PutOff(t.Context(), noon, relay.Delay{ID: "1", Recipients: []string{"wait@y.example"}, Until: until, Why: "over the limit"},
		relay.Delay{ID: "1", Recipients: []string{"now@x.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := lease(t, s, noon, 9); got != "1:now@x.example" {
		t.Errorf("due now: %q", got)
	}
	if got := lease(t, s, until, 9); got != "1:wait@y.example" {
		t.Errorf("due then: %q, and the third is still leased", got)
	}
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		want := ""
		if i.Recipient == "wait@y.example" {
			want = "over the limit"
		}
		if i.State != relay.Queued || i.Attempts != 0 || i.Reply.Text != want {
			t.Errorf("%+v", i)
		}
	}
}

func TestEachRecipientHasAStateOfItsOwn(t *testing.T) {
	s := openNew(t)
	q := s.Queue()
	enqueue(t, s, "1", noon, "done@x.example", "later@x.example", "never@x.example")
	lease(t, s, noon, 1)
	next := noon.Add(5 * time.Minute)
	later := relay.Reply{Code: 450, Status: "4.2.0", Text: strings.Repeat("long ", 1000)}
	err := q.Settle(t.Context(), "1", noon, []relay.Outcome{
		{Recipient: "done@x.example", State: relay.Delivered, Reply: relay.Reply{Code: 250}},
		{Recipient: "later@x.example", State: relay.Retrying, Reply: later, Next: next},
		{Recipient: "never@x.example", State: relay.Failed, Reply: relay.Reply{Code: 550, Status: "5.1.1", Text: "no"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if due, err := q.NextDue(t.Context()); err != nil || !due.Equal(next) {
		t.Errorf("next due %v, %v", due, err)
	}
	if got := lease(t, s, next.Add(-time.Second), 1); got != "" {
		t.Errorf("too early: %q", got)
	}
	if got := lease(t, s, next, 1); got != "1:later@x.example" {
		t.Errorf("then %q", got)
	}
	items, err := q.List(t.Context(), relay.Filter{ID: "1", States: []relay.State{relay.Retrying}})
	if err != nil || len(items) != 1 {
		t.Fatalf("%v, %v", items, err)
	}
	later.Text = later.Text[:1000]
	want := relay.Item{
		ID: "1", From: "me@example.org", Recipient: "later@x.example", Size: 24, State: relay.Retrying, Attempts: 1,
		Queued: noon, Next: next, Updated: noon, Reply: later, Leased: true,
	}
	if diff := cmp.Diff(want, items[0]); diff != "" {
		t.Error(diff)
	}
}

func TestTheBodyIsKeptWhileAnyoneNeedsIt(t *testing.T) {
	s := openNew(t)
	q := s.Queue()
	enqueue(t, s, "1", noon, "a@x.example", "b@x.example")
	gone := func() bool {
		t.Helper()
		_, err := q.Message(t.Context(), "1")
		if err != nil && !errors.Is(err, relay.ErrNotQueued) {
			t.Fatal(err)
		}
		return err != nil
	}
	lease(t, s, noon, 1)
	outcome := func(to string, state relay.State) {
		t.Helper()
		if err := q.Settle(t.Context(), "1", noon, []relay.Outcome{{Recipient: to, State: state}}); err != nil {
			t.Fatal(err)
		}
	}
	outcome("a@x.example", relay.Delivered)
	if gone() {
		t.Error("gone while one waits")
	}
	outcome("b@x.example", relay.Failed)
	if gone() {
		t.Error("gone while one failed")
	}
	if _, err := q.Drop(t.Context(), noon, "1"); err != nil {
		t.Fatal(err)
	}
	if !gone() {
		t.Error("kept when nobody waits")
	}
	if _, err := q.Message(t.Context(), "unknown"); !errors.Is(err, relay.ErrNotQueued) {
		t.Errorf("an unknown message: %v", err)
	}
}

func TestTheQueueIsAdministered(t *testing.T) {
	type action func(context.Context, time.Time, ...string) (int, error)
	const a, b = "a@x.example", "b@x.example"
	tests := []struct {
		name string
		do   func(*store.Queue) action
		ids  []string
		n    int   // recipients that change
		err  error // with the message "1"
		due  string
	}{
		{"hold one", func(q *store.Queue) action { return q.Hold }, []string{"1"}, 1, nil, "2:" + a},
		{"hold all", func(q *store.Queue) action { return q.Hold }, nil, 3, nil, ""},
		{"drop one", func(q *store.Queue) action { return q.Drop }, []string{"1"}, 1, nil, "2:" + a},
		{"drop never means all", func(q *store.Queue) action { return q.Drop }, nil, 0, nil, "1:" + a + " 2:" + a},
		{"drop what failed", func(q *store.Queue) action { return q.Drop }, []string{"failed"}, 1, nil, "1:" + a + " 2:" + a},
		{"retry what failed", func(q *store.Queue) action { return q.Retry }, []string{"failed"}, 1, nil, "1:" + a + " 2:" + a + " failed:" + a},
		{"retry what waits", func(q *store.Queue) action { return q.Retry }, []string{"waits"}, 1, nil, "1:" + a + " 2:" + a + " waits:" + a},
		{"retry all, but not what failed", func(q *store.Queue) action { return q.Retry }, nil, 3, nil, "1:" + a + " 2:" + a + " waits:" + a},
		{"release what is held", func(q *store.Queue) action { return q.Release }, []string{"held"}, 1, nil, "1:" + a + " 2:" + a + " held:" + a},
		{"release what is not held", func(q *store.Queue) action { return q.Release }, []string{"1"}, 0, relay.ErrNotQueued, "1:" + a + " 2:" + a},
		{"a message that is being delivered", func(q *store.Queue) action { return q.Drop }, []string{"leased"}, 0, relay.ErrNotQueued, "1:" + a + " 2:" + a},
		{"one good name and one bad change nothing", func(q *store.Queue) action { return q.Hold }, []string{"1", "unknown"}, 0, relay.ErrNotQueued, "1:" + a + " 2:" + a},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := openNew(t)
			q := s.Queue()
			for _, id := range []string{"failed", "waits"} {
				enqueue(t, s, id, noon, a)
			}
			lease(t, s, noon, 2)
			for id, o := range map[string]relay.Outcome{
				"failed": {State: relay.Failed}, "waits": {State: relay.Retrying, Next: noon.Add(time.Hour)},
			} {
				o.Recipient = a
				if err := q.Settle(t.Context(), id, noon, []relay.Outcome{o}); err != nil {
					t.Fatal(err)
				}
			}
			enqueue(t, s, "held", noon, a)
			if _, err := q.Hold(t.Context(), noon, "held"); err != nil {
				t.Fatal(err)
			}
			enqueue(t, s, "leased", noon, b)
			lease(t, s, noon, 1)
			enqueue(t, s, "1", noon, a)
			enqueue(t, s, "2", noon, a)

			n, err := test.do(q)(t.Context(), noon, test.ids...)
			if !errors.Is(err, test.err) || err == nil && n != test.n {
				t.Errorf("%d changed, %v; want %d, %v", n, err, test.n, test.err)
			}
			if got := lease(t, s, noon, 100); got != test.due {
				t.Errorf("due %q, want %q", got, test.due)
			}
		})
	}
}

// What a lease costs in a long queue is measured by bench/growth.
func TestALongQueueIsLeasedPieceByPiece(t *testing.T) {
	if testing.Short() {
		t.Skip("a large queue")
	}
	s := openNew(t)
	fillQueue(t, s, 5000)
	leased := make(map[string]bool)
	for range 20 {
		got := strings.Fields(lease(t, s, noon.Add(time.Hour), 8))
		if len(got) != 8 {
			t.Fatalf("leased %q", got)
		}
		for _, one := range got {
			if leased[one] {
				t.Errorf("%s was leased twice", one)
			}
			leased[one] = true
		}
	}
}
