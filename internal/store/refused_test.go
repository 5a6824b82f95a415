package store_test

import (
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

func TestTheLastDeliveryToAnAddressSaysWhetherItIsRefused(t *testing.T) {
	s := storetest.New(t, store.Options{})
	t.Cleanup(func() { _ = s.Close() })
	q := s.Queue()
	clock := time.Now()
	deliver := func(to string, state relay.State, reply relay.Reply) {
		t.Helper()
		clock = clock.Add(time.Minute)
		sub := relay.Submission{
			ID: relay.NewID(), Envelope: relay.Envelope{From: "me@example.org", To: []string{to}},
			Message: []byte("Subject: x\r\n\r\nx\r\n"), Queued: clock,
		}
		if err := q.Enqueue(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		jobs, err := q.Lease(t.Context(), clock, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("lease: %v, %v", jobs, err)
		}
		err = q.Settle(t.Context(), jobs[0].ID, clock, []relay.Outcome{{Recipient: to, State: state, Reply: reply}})
		if err != nil {
			t.Fatal(err)
		}
	}
	gone := relay.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
	deliver("Gone@example.net", relay.Failed, gone)
	deliver("fine@example.net", relay.Delivered, relay.Reply{Code: 250})
	deliver("back@example.net", relay.Failed, gone)
	deliver("back@example.net", relay.Delivered, relay.Reply{Code: 250})
	deliver("left@example.net", relay.Delivered, relay.Reply{Code: 250})
	deliver("left@example.net", relay.Failed, gone)

	got, err := s.Refused(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["gone@example.net"].Reply != gone || got["left@example.net"].Reply != gone {
		t.Errorf("refused: %v", got)
	}
}
