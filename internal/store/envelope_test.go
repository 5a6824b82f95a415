package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

func submit(t *testing.T, q relay.Queue, sub relay.Submission) {
	t.Helper()
	sub.Message = []byte("Subject: x\r\n\r\nx\r\n")
	if sub.Queued.IsZero() {
		sub.Queued = noon
	}
	if err := q.Enqueue(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
}

func TestALeasedJobHasTheWholeEnvelope(t *testing.T) {
	q := openNew(t).Queue()
	submit(t, q, relay.Submission{
		ID: "A", Submitter: "printer",
		Envelope: relay.Envelope{
			From: "a@example.org", To: []string{`"odd@local"@Isp.Example`, "c@example.net"}, UTF8: true,
			DSN:    relay.DSN{Return: "HDRS", Envelope: "order 7"},
			Notify: []relay.Receipt{{Notify: "SUCCESS,DELAY", Original: "rfc822;b@example.com"}, {}},
		},
	})
	jobs, err := q.Lease(t.Context(), noon, 8)
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	want := relay.Job{
		ID: "A", From: "a@example.org", Queued: noon, Submitter: "printer", UTF8: true,
		DSN: relay.DSN{Return: "HDRS", Envelope: "order 7"},
		Recipients: []relay.Pending{
			{Address: `"odd@local"@Isp.Example`, Domain: "isp.example", Receipt: relay.Receipt{Notify: "SUCCESS,DELAY", Original: "rfc822;b@example.com"}},
			{Address: "c@example.net", Domain: "example.net"},
		},
	}
	jobs[0].Queued = jobs[0].Queued.UTC()
	if diff := cmp.Diff(want, jobs[0]); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAPersonWaitsForOvertakesBulk(t *testing.T) {
	q := openNew(t).Queue()
	to := relay.Envelope{From: "a@example.org", To: []string{"b@example.net"}}
	submit(t, q, relay.Submission{ID: "A", Envelope: to, Priority: relay.Bulk})
	submit(t, q, relay.Submission{ID: "B", Envelope: to, Priority: relay.Bulk})
	submit(t, q, relay.Submission{ID: "C", Envelope: to, Priority: relay.Normal})
	var order string
	for range 3 {
		jobs, err := q.Lease(t.Context(), noon, 1)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("%d jobs, %v", len(jobs), err)
		}
		order += jobs[0].ID
	}
	if order != "CAB" {
		t.Errorf("order %s", order)
	}
}

// A queue of before the envelope was kept whole goes on, and its recipients
// have their domains.
func TestAQueueOfAnOlderVersionIsDelivered(t *testing.T) {
	path := storetest.Name(t)
	makeDatabase(t, path)
	downgrade(t, path, 5)
	execute(t, path, `
		INSERT INTO relay_message (id, sender, size, queued) VALUES ('A', 'a@example.org', 1, 1);
		INSERT INTO relay_recipient (queue_id, recipient, state, next_attempt, updated) VALUES ('A', '"x@y"@Isp.Example', 'queued', 1, 1)`)
	jobs, err := open(t, path).Queue().Lease(t.Context(), noon, 8)
	if err != nil || len(jobs) != 1 || jobs[0].Recipients[0].Domain != "isp.example" {
		t.Errorf("%+v, %v", jobs, err)
	}
}
