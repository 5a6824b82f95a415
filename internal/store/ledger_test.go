package store_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/relay"
)

const desk = "abuse@isp.example"

// entry is a message in the ledger with every field filled.
func entry(digest string, action complaint.Action) complaint.Entry {
	return complaint.Entry{
		Digest: digest, Spam: digest, MessageID: "<spam@x.example>", Subject: "Win; DROP TABLE message --", From: "\"Ü\" <x@x.example>",
		Source: netip.MustParseAddr("192.0.2.7"), Network: "NET 192.0.2.0/24", Contact: desk,
		Prefix: netip.MustParsePrefix("192.0.2.0/24"), Country: "DE",
		Action: action, Why: "because", Seen: noon, Received: noon.Add(-time.Minute),
		Complaint: &complaint.Complaint{
			Incident: "inc-" + digest, MessageID: "<" + digest + "@me.example>", From: "me@example.org",
			To: []string{desk}, Cc: []string{"noc@isp.example"}, Subject: "Spam", Format: "text", Text: "Dear desk",
			Raw: []byte("Subject: Spam\r\n\r\nDear desk\r\n"),
		},
	}
}

func record(t *testing.T, s *store.Store, e complaint.Entry, place mailbox.Place) complaint.Entry {
	t.Helper()
	var sub *relay.Submission
	if e.Action == complaint.Sent {
		sub = &relay.Submission{
			ID: relay.NewID(), Envelope: relay.Envelope{From: "me@example.org", To: []string{desk}},
			Message: e.Complaint.Raw, Queued: e.Seen,
		}
	}
	kept, err := recordOne(t, s, e, place, sub)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// recordOne records a message with one case.
func recordOne(t *testing.T, s *store.Store, e complaint.Entry, place mailbox.Place, sub *relay.Submission) (complaint.Entry, error) {
	t.Helper()
	kept, err := s.Record(t.Context(), []pipeline.Filing{{Entry: e, Submission: sub}}, place)
	if err != nil {
		return complaint.Entry{}, err
	}
	return kept[0], nil
}

func queued(t *testing.T, s *store.Store) int {
	t.Helper()
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(items)
}

func TestAnEntryComesBackAsItWas(t *testing.T) {
	s := openNew(t)
	for _, action := range []complaint.Action{complaint.Sent, complaint.Held, complaint.Skipped, complaint.Deferred} {
		want := entry(string(action), action)
		if action == complaint.Skipped {
			want.Complaint, want.Source = nil, netip.Addr{}
		}
		kept := record(t, s, want, mailbox.Place{})
		if (kept.QueueID != "") != (action == complaint.Sent) {
			t.Errorf("%s has queue id %q", action, kept.QueueID)
		}
		want.QueueID = kept.QueueID
		got, err := s.Entry(t.Context(), want.Digest)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []complaint.Entry{got, kept} {
			if diff := cmp.Diff(want, e, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
				t.Errorf("%s: %s", action, diff)
			}
		}
	}
	if _, err := s.Entry(t.Context(), "unknown"); !errors.Is(err, complaint.ErrUnknown) {
		t.Errorf("an unknown message: %v", err)
	}
}

func TestAFinalEntryStays(t *testing.T) {
	tests := []struct {
		first, second complaint.Action
		want          complaint.Action
		queued        int
	}{
		{complaint.Deferred, complaint.Sent, complaint.Sent, 1},
		{complaint.Deferred, complaint.Held, complaint.Held, 0},
		{complaint.Deferred, complaint.Deferred, complaint.Deferred, 0},
		{complaint.Sent, complaint.Sent, complaint.Sent, 1},
		{complaint.Sent, complaint.Skipped, complaint.Sent, 1},
		{complaint.Held, complaint.Sent, complaint.Held, 0},
		{complaint.Skipped, complaint.Sent, complaint.Sent, 1},
		{complaint.Dropped, complaint.Sent, complaint.Dropped, 0},
	}
	for _, test := range tests {
		t.Run(string(test.first+" then "+test.second), func(t *testing.T) {
			s := openNew(t)
			record(t, s, entry("x", test.first), mailbox.Place{Account: "a", Folder: "f", UIDValidity: 1, UID: 1})
			kept := record(t, s, entry("x", test.second), mailbox.Place{Account: "a", Folder: "f", UIDValidity: 1, UID: 2})
			if kept.Action != test.want {
				t.Errorf("the entry is %s, want %s", kept.Action, test.want)
			}
			if n := queued(t, s); n != test.queued {
				t.Errorf("%d messages are queued, want %d", n, test.queued)
			}
			if test.want == complaint.Sent {
				uids, err := s.UnmarkedUIDs(t.Context(), "a", "f", 1)
				if diff := cmp.Diff([]uint32{1, 2}, uids); diff != "" || err != nil {
					t.Errorf("places %v, %v", uids, err)
				}
			}
		})
	}
}

func TestRecordIsAllOrNothing(t *testing.T) {
	s := openNew(t)
	e := entry("x", complaint.Sent)
	place := mailbox.Place{Account: "a", Folder: "f", UIDValidity: 1, UID: 1}
	bad := map[string]*relay.Submission{
		"nothing to send":  nil,
		"no recipients":    {ID: "1", Message: []byte("x\r\n")},
		"a bare line feed": {ID: "1", Envelope: relay.Envelope{To: []string{desk}}, Message: []byte("a\nb\r\n")},
		"an address that ends the command": {
			ID: "1", Envelope: relay.Envelope{To: []string{"a@x.example>\r\nDATA"}}, Message: []byte("x\r\n"),
		},
	}
	for name, sub := range bad {
		if _, err := recordOne(t, s, e, place, sub); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := s.Entry(t.Context(), "x"); !errors.Is(err, complaint.ErrUnknown) {
			t.Errorf("%s: an entry was left behind (%v)", name, err)
		}
		if n := queued(t, s); n != 0 {
			t.Errorf("%s: %d messages are queued", name, n)
		}
	}
	for _, action := range []complaint.Action{complaint.WouldSend, complaint.Duplicate, "nonsense"} {
		if _, err := recordOne(t, s, entry("x", action), place, nil); err == nil {
			t.Errorf("%s: recorded as an outcome", action)
		}
	}
}

func TestHeldComplaintsAreApprovedOrDropped(t *testing.T) {
	s := openNew(t)
	for i, digest := range []string{"c", "a", "b"} {
		e := entry(digest, complaint.Held)
		e.Seen = noon.Add(time.Duration(i) * time.Hour)
		record(t, s, e, mailbox.Place{})
	}
	if got := held(t, s); got != "c a b " {
		t.Errorf("held, oldest first: %s", got)
	}
	edited := submission(10, desk)
	if err := s.Approve(t.Context(), "a", edited); err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(t.Context(), "b", "not spam"); err != nil {
		t.Fatal(err)
	}
	if got := held(t, s); got != "c " {
		t.Errorf("still held: %s", got)
	}
	a, err := s.Entry(t.Context(), "a")
	if err != nil || a.Action != complaint.Sent || a.QueueID != edited.ID || string(a.Complaint.Raw) != string(edited.Message) {
		t.Errorf("approved: %+v, %v", a, err)
	}
	if b, err := s.Entry(t.Context(), "b"); err != nil || b.Action != complaint.Dropped || b.Why != "not spam" {
		t.Errorf("dropped: %+v, %v", b, err)
	}
	for digest, want := range map[string]error{"a": store.ErrNotHeld, "b": store.ErrNotHeld, "unknown": complaint.ErrUnknown} {
		if err := s.Approve(t.Context(), digest, submission(10, desk)); !errors.Is(err, want) {
			t.Errorf("approve %s: %v, want %v", digest, err, want)
		}
		if err := s.Drop(t.Context(), digest, ""); !errors.Is(err, want) {
			t.Errorf("drop %s: %v, want %v", digest, err, want)
		}
	}
	if n := queued(t, s); n != 1 {
		t.Errorf("%d messages are queued, want 1", n)
	}
}

func held(t *testing.T, s *store.Store) (digests string) {
	t.Helper()
	entries, err := s.Held(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		digests += e.Digest + " "
	}
	return digests
}

func TestComplaintsToAContactAreCounted(t *testing.T) {
	s := openNew(t)
	for i, digest := range []string{"a", "b", "c"} {
		e := entry(digest, complaint.Sent)
		e.Seen = noon.Add(time.Duration(i-2) * 20 * time.Hour)
		record(t, s, e, mailbox.Place{})
	}
	record(t, s, entry("skipped", complaint.Skipped), mailbox.Place{})
	// They were filed 40 and 20 hours before noon, and at noon.
	for since, want := range map[time.Time]int{
		noon.Add(-41 * time.Hour): 2, noon.Add(-24 * time.Hour): 2, noon: 1, noon.Add(time.Hour): 0,
		noon.Add(-50 * time.Hour): 1, // what is filed more than a day later was filed by a wrong clock
	} {
		past, err := s.Past(t.Context(), complaint.Key{Contact: desk}, since)
		if err != nil || past.FiledDay != want {
			t.Errorf("since %v: %d, want %d (%v)", since, past.FiledDay, want, err)
		}
	}
	if past, err := s.Past(t.Context(), complaint.Key{Contact: "other@isp.example"}, noon.Add(-24*time.Hour)); err != nil || past.FiledDay != 0 {
		t.Errorf("another contact: %+v, %v", past, err)
	}
}

func TestSweepsRememberHowFarTheyCame(t *testing.T) {
	s := openNew(t)
	ctx := context.Background()
	check := func(validity, uid uint32) {
		t.Helper()
		v, u, err := s.Cursor(ctx, "home", "Junk")
		if err != nil || v != validity || u != uid {
			t.Errorf("cursor %d/%d, want %d/%d (%v)", v, u, validity, uid, err)
		}
	}
	check(0, 0)
	at := func(uid uint32) mailbox.Place {
		return mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 7, UID: uid}
	}
	record(t, s, entry("filed", complaint.Sent), at(4_000_000_000))
	record(t, s, entry("filed too", complaint.Sent), at(2))
	record(t, s, entry("later", complaint.Deferred), at(3))
	record(t, s, entry("skipped", complaint.Skipped), at(5))
	if err := s.SetCursor(ctx, "home", "Junk", 7, 5); err != nil {
		t.Fatal(err)
	}
	check(7, 5)

	uids := func(list func(context.Context, string, string, uint32) ([]uint32, error), want ...uint32) {
		t.Helper()
		got, err := list(ctx, "home", "Junk", 7)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("uids %v, want %v (%v)", got, want, err)
		}
	}
	deferred := func(ctx context.Context, account, folder string, validity uint32) ([]uint32, error) {
		return s.DeferredUIDs(ctx, account, folder, validity, noon)
	}
	uids(deferred, 3)
	uids(s.UnmarkedUIDs, 2, 4_000_000_000)
	if err := s.SetMarked(ctx, "home", "Junk", 7, []uint32{2, 3, 99}); err != nil {
		t.Fatal(err)
	}
	uids(s.UnmarkedUIDs, 4_000_000_000)

	// With a new UIDVALIDITY the server has numbered the folder anew.
	if err := s.SetCursor(ctx, "home", "Junk", 8, 1); err != nil {
		t.Fatal(err)
	}
	check(8, 1)
	uids(s.UnmarkedUIDs)
}

func TestHistoryJoinsTheLedgerAndTheDelivery(t *testing.T) {
	s := openNew(t)
	for i, digest := range []string{"old", "new"} {
		e := entry(digest, complaint.Sent)
		e.Seen = noon.Add(time.Duration(i) * time.Hour)
		sub := submission(10, desk, "noc@isp.example")
		sub.ID, sub.Queued = digest+"-id", e.Seen
		if _, err := recordOne(t, s, e, mailbox.Place{}, &sub); err != nil {
			t.Fatal(err)
		}
	}
	record(t, s, entry("skipped", complaint.Skipped), mailbox.Place{})
	settle(t, s, "new-id", relay.Delivered, relay.Failed)
	settle(t, s, "old-id", relay.Delivered, relay.Delivered)

	rows, err := s.History(t.Context(), store.HistoryFilter{})
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []struct {
		digest string
		state  relay.State
	}{{"new", relay.Failed}, {"old", relay.Delivered}, {"skipped", ""}} {
		if got := rows[i]; got.Digest != want.digest || got.Delivery.State != want.state {
			t.Errorf("row %d: %s %q, want %v", i, got.Digest, got.Delivery.State, want)
		}
	}
	if got := rows[0]; got.Delivery.Reply.Text != "said so" || !got.Filed.Equal(noon.Add(time.Hour)) || got.Complaint.Incident != "inc-new" {
		t.Errorf("the newest row: %+v", got)
	}

	filters := map[string]struct {
		filter store.HistoryFilter
		want   int
	}{
		"limit counts messages": {store.HistoryFilter{Limit: 2}, 2},
		"since":                 {store.HistoryFilter{Since: noon.Add(time.Minute)}, 1},
		"action":                {store.HistoryFilter{Action: complaint.Skipped}, 1},
		"contact":               {store.HistoryFilter{Contact: desk}, 3},
		"another contact":       {store.HistoryFilter{Contact: "x"}, 0},
		"digest":                {store.HistoryFilter{Digest: "old"}, 1},
		"all together":          {store.HistoryFilter{Limit: 5, Since: noon, Action: complaint.Sent, Contact: desk, Digest: "new"}, 1},
	}
	for name, f := range filters {
		if rows, err := s.History(t.Context(), f.filter); err != nil || len(rows) != f.want {
			t.Errorf("%s: %d rows, want %d (%v)", name, len(rows), f.want, err)
		}
	}

	sum, err := s.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := store.Summary{
		Messages:   map[complaint.Action]int{complaint.Sent: 2, complaint.Skipped: 1},
		Further:    map[complaint.Action]int{},
		Deliveries: map[relay.State]int{relay.Delivered: 3, relay.Failed: 1},
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Error(diff)
	}
}

// settle leases a message and gives its two recipients these states.
func settle(t *testing.T, s *store.Store, id string, first, second relay.State) {
	t.Helper()
	later := noon.Add(24 * time.Hour)
	jobs, err := s.Queue().Lease(t.Context(), later, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		if job.ID != id {
			back := relay.Delay{ID: job.ID}
			for _, to := range job.Recipients {
				back.Recipients = append(back.Recipients, to.Address)
			}
			if err := s.Queue().PutOff(t.Context(), later, back); err != nil {
				t.Fatal(err)
			}
			continue
		}
		err := s.Queue().Settle(t.Context(), id, later, []relay.Outcome{
			{Recipient: job.Recipients[0].Address, State: first},
			{Recipient: job.Recipients[1].Address, State: second, Reply: relay.Reply{Code: 550, Text: "said so"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
