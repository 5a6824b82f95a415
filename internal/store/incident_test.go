package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// copyOf is a message of a campaign that is to be filed or held.
func copyOf(campaign, digest string, action complaint.Action, seen time.Time) complaint.Entry {
	e := entry(digest, action)
	e.Seen = seen
	e.Key = complaint.Key{
		Fingerprint: campaign, About: "192.0.2.0/24", Contact: desk, Since: seen.Add(-time.Hour),
	}
	return e
}

func past(t *testing.T, s *store.Store, k complaint.Key, day time.Time) complaint.Past {
	t.Helper()
	past, err := s.Past(t.Context(), k, day)
	if err != nil {
		t.Fatal(err)
	}
	return past
}

func TestTwoProgramsFileAnIncidentOnce(t *testing.T) {
	path := storetest.Name(t)
	programs := []*store.Store{open(t, path), open(t, path)}
	const copies = 20
	var filed, merged sync.Map
	var wait sync.WaitGroup
	for i, s := range programs {
		for n := range copies {
			wait.Go(func() {
				e := copyOf("pills", fmt.Sprint(i, "-", n), complaint.Sent, noon)
				sub := relay.Submission{ID: relay.NewID(), Envelope: relay.Envelope{To: []string{desk}}, Message: e.Complaint.Raw}
				kept, err := recordOne(t, s, e, mailbox.Place{}, &sub)
				switch {
				case err != nil:
					t.Error(err)
				case kept.Action == complaint.Sent:
					filed.Store(kept.Digest, kept.QueueID)
				case kept.Action == complaint.Merged && kept.QueueID == "" && kept.Complaint == nil:
					merged.Store(kept.Digest, kept.Incident)
				default:
					t.Errorf("%s is %s", kept.Digest, kept.Action)
				}
			})
		}
	}
	wait.Wait()
	if n := queued(t, programs[0]); n != 1 {
		t.Fatalf("%d complaints are queued", n)
	}
	var first string
	filed.Range(func(digest, _ any) bool { first = digest.(string); return true })
	merged.Range(func(digest, incident any) bool {
		if incident != first {
			t.Errorf("%v counts in %v, not in %v", digest, incident, first)
		}
		return true
	})
	got, err := programs[1].Entry(t.Context(), first)
	if err != nil || got.Copies != len(programs)*copies || got.Reference != "inc-"+first {
		t.Errorf("%d copies, %q, %v", got.Copies, got.Reference, err)
	}
}

func TestPast(t *testing.T) {
	s := openNew(t)
	key := copyOf("pills", "", complaint.Held, noon).Key
	if diff := cmp.Diff(complaint.Past{}, past(t, s, key, time.Time{})); diff != "" {
		t.Error("of an empty ledger:", diff)
	}
	record(t, s, copyOf("pills", "a", complaint.Held, noon), mailbox.Place{})
	opened := &complaint.Opened{ID: "a", Reference: "inc-a", Action: complaint.Held, On: noon, Copies: 1}
	if diff := cmp.Diff(complaint.Past{Opened: opened}, past(t, s, key, noon.Add(-24*time.Hour))); diff != "" {
		t.Error("held:", diff)
	}
	sub := relay.Submission{ID: relay.NewID(), Envelope: relay.Envelope{To: []string{desk}}, Message: []byte("x"), Queued: noon.Add(time.Minute)}
	if err := s.Approve(t.Context(), "a", sub); err != nil {
		t.Fatal(err)
	}
	opened.Action, opened.On = complaint.Sent, noon.Add(time.Minute)
	want := complaint.Past{Opened: opened, FiledLast: opened.On, FiledDay: 1, DayBegan: opened.On}
	if diff := cmp.Diff(want, past(t, s, key, noon)); diff != "" {
		t.Error("approved:", diff)
	}
	want.FiledDay, want.DayBegan = 0, time.Time{}
	if diff := cmp.Diff(want, past(t, s, key, noon.Add(time.Hour))); diff != "" {
		t.Error("an hour later:", diff)
	}
	for name, change := range map[string]func(*complaint.Key){
		"another campaign":        func(k *complaint.Key) { k.Fingerprint = "watches" },
		"an incident that is old": func(k *complaint.Key) { k.Since = noon.Add(time.Second) },
	} {
		other := key
		change(&other)
		if diff := cmp.Diff(complaint.Past{FiledLast: opened.On}, past(t, s, other, noon.Add(time.Hour))); diff != "" {
			t.Error(name+":", diff)
		}
	}
	elsewhere := key
	elsewhere.About = "198.51.100.0/24"
	elsewhere.Fingerprint = "watches"
	if diff := cmp.Diff(complaint.Past{FiledDay: 1, DayBegan: opened.On}, past(t, s, elsewhere, noon)); diff != "" {
		t.Error("another network:", diff)
	}
}

func TestWhenAComplaintWasFiledIsKnownAfterAnUpgrade(t *testing.T) {
	path := storetest.Name(t)
	s := open(t, path)
	record(t, s, copyOf("pills", "a", complaint.Sent, noon), mailbox.Place{})
	key := copyOf("watches", "", complaint.Sent, noon).Key
	want := past(t, s, key, noon.Add(-24*time.Hour))
	if want.FiledLast.IsZero() {
		t.Fatal("nothing was filed")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, 13)
	if diff := cmp.Diff(want, past(t, open(t, path), key, noon.Add(-24*time.Hour))); diff != "" {
		t.Error(diff)
	}
}

func TestAnOldIncidentMakesRoom(t *testing.T) {
	s := openNew(t)
	for i, want := range []complaint.Action{complaint.Sent, complaint.Merged, complaint.Sent, complaint.Merged} {
		e := copyOf("pills", fmt.Sprint(i), complaint.Sent, noon.Add(time.Duration(i)*45*time.Minute))
		if kept := record(t, s, e, mailbox.Place{}); kept.Action != want {
			t.Errorf("copy %d is %s, want %s: %s", i, kept.Action, want, kept.Why)
		}
	}
	for i, want := range []int{2, 0, 2, 0} {
		if got, err := s.Entry(t.Context(), fmt.Sprint(i)); err != nil || got.Copies != want {
			t.Errorf("the complaint about copy %d speaks of %d, want %d; %v", i, got.Copies, want, err)
		}
	}
}

func TestOneComplaintAboutSeveralMessages(t *testing.T) {
	s := openNew(t)
	record(t, s, copyOf("loans", "before", complaint.Sent, noon), mailbox.Place{})
	for i, digest := range []string{"a", "b", "c", "d"} {
		e := copyOf("pills", digest, complaint.Deferred, noon)
		e.Complaint = nil
		record(t, s, e, mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 1, UID: uint32(i + 1)})
	}
	entries := []complaint.Entry{
		copyOf("pills", "a", complaint.Sent, noon), copyOf("pills", "b", complaint.WouldSend, noon),
		copyOf("watches", "c", complaint.WouldSend, noon), copyOf("loans", "d", complaint.WouldSend, noon),
	}
	sub := relay.Submission{ID: relay.NewID(), Envelope: relay.Envelope{To: []string{desk}}, Message: []byte("x"), Queued: noon}
	kept, err := s.RecordTogether(t.Context(), pipeline.Filing{Entry: entries[0], Submission: &sub}, entries[1:])
	if err != nil || kept.Action != complaint.Sent || queued(t, s) != 2 {
		t.Fatalf("%+v, %v", kept, err)
	}
	for digest, want := range map[string]struct {
		action    complaint.Action
		incident  string
		reference string
		copies    int
	}{
		"a":      {complaint.Sent, "a", "inc-a", 3},
		"b":      {complaint.Merged, "a", "inc-a", 0},
		"c":      {complaint.Merged, "c", "inc-a", 0},
		"d":      {complaint.Merged, "before", "inc-before", 0},
		"before": {complaint.Sent, "before", "inc-before", 2},
	} {
		got, err := s.Entry(t.Context(), digest)
		if err != nil || got.Action != want.action || got.Incident != want.incident || got.Reference != want.reference || got.Copies != want.copies {
			t.Errorf("%s: %s in %s of %s, %d copies, %v", digest, got.Action, got.Incident, got.Reference, got.Copies, err)
		}
	}
	uids, err := s.UnmarkedUIDs(t.Context(), "home", "Junk", 1)
	if diff := cmp.Diff([]uint32{1, 2, 3, 4}, uids); diff != "" || err != nil {
		t.Errorf("to be marked: %s, %v", diff, err)
	}
	// A further copy of any of them is one more of the same complaint.
	if kept := record(t, s, copyOf("watches", "e", complaint.Sent, noon), mailbox.Place{}); kept.Action != complaint.Merged || kept.Incident != "c" {
		t.Errorf("%+v", kept)
	}

	// Again, after another program did it: nothing happens.
	sub.ID = relay.NewID()
	entries[1] = copyOf("more", "f", complaint.WouldSend, noon)
	again, err := s.RecordTogether(t.Context(), pipeline.Filing{Entry: entries[0], Submission: &sub}, entries[1:])
	if err != nil || again.QueueID != kept.QueueID || queued(t, s) != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := s.Entry(t.Context(), "f"); err == nil {
		t.Error("a message was filed under a complaint that does not speak of it")
	}
}

func TestHeldCopiesAreMarkedOnceTheirComplaintIsFiled(t *testing.T) {
	s := openNew(t)
	for i, digest := range []string{"a", "b"} {
		record(t, s, copyOf("pills", digest, complaint.Held, noon), mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 1, UID: uint32(i + 1)})
	}
	check := func(want []uint32) {
		t.Helper()
		uids, err := s.UnmarkedUIDs(t.Context(), "home", "Junk", 1)
		if diff := cmp.Diff(want, uids, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("to be marked: %s, %v", diff, err)
		}
	}
	check(nil)
	sub := relay.Submission{ID: relay.NewID(), Envelope: relay.Envelope{To: []string{desk}}, Message: []byte("x")}
	if err := s.Approve(t.Context(), "a", sub); err != nil {
		t.Fatal(err)
	}
	check([]uint32{1, 2})
}

func TestWhatIsMergedIntoNothingIsRefused(t *testing.T) {
	s := openNew(t)
	e := entry("x", complaint.Merged)
	e.Complaint = nil
	if _, err := recordOne(t, s, e, mailbox.Place{}, nil); err == nil {
		t.Error("recorded")
	}
}

// A database of before incidents were kept is upgraded; what was filed then is
// no incident, and a copy of it opens one.
func TestADatabaseWithoutIncidentsIsUpgraded(t *testing.T) {
	path := storetest.Name(t)
	makeDatabase(t, path)
	downgrade(t, path, 2)
	execute(t, path, `
		INSERT INTO message (digest, message_id, subject, sender, source, network, contact, action, why, queue_id, seen, filed)
		VALUES ('old', '', '', '', '', '', 'abuse@isp.example', 'sent', 'because', 'q', 1, 1)`)
	s := open(t, path)
	if got, err := s.Entry(t.Context(), "old"); err != nil || got.Action != complaint.Sent || got.Copies != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if cases, err := s.Cases(t.Context(), "old"); err != nil || len(cases) != 1 || cases[0].Kind != complaint.KindSource {
		t.Errorf("%+v, %v", cases, err)
	}
	if kept := record(t, s, copyOf("pills", "new", complaint.Sent, noon), mailbox.Place{}); kept.Action != complaint.Sent {
		t.Errorf("%+v", kept)
	}
}
