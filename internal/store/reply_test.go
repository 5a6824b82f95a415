package store_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/suppress"
)

func replyTo(digest, key string) followup.Reply {
	return followup.Reply{
		Digest: key, Complaint: digest, Kind: bounce.Ticket, Ticket: "ABUSE-7", URL: "https://isp.example/form",
		From: "Desk <abuse@isp.example>", Subject: "Re: Spam; DROP TABLE reply --", Received: noon.Add(time.Hour),
	}
}

// goneReply is a bounce that says that the desk does not exist.
func goneReply(digest, key string) followup.Reply {
	r := replyTo(digest, key)
	r.Kind, r.Class, r.Reason, r.Ticket, r.URL = bounce.Bounced, bounce.Hard, bounce.UserUnknown, "", ""
	r.Status, r.Diagnostic, r.Recipient, r.Gone = "5.1.1", "550 5.1.1 no such user", desk, desk
	return r
}

func recordReply(t *testing.T, s *store.Store, r followup.Reply, want bool) {
	t.Helper()
	if fresh, err := s.RecordReply(t.Context(), r); err != nil || fresh != want {
		t.Errorf("reply %s: new %v, want %v; %v", r.Digest, fresh, want, err)
	}
}

func waiting(t *testing.T, s *store.Store) []complaint.Entry {
	t.Helper()
	list, err := s.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func historyOf(t *testing.T, s *store.Store, digest string) store.HistoryRow {
	t.Helper()
	rows, err := s.History(t.Context(), store.HistoryFilter{Digest: digest})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0]
}

func TestAReplyIsKeptOnce(t *testing.T) {
	s := openNew(t)
	if first, err := s.FirstFiled(t.Context()); err != nil || !first.IsZero() {
		t.Errorf("the first of none was filed on %v, %v", first, err)
	}
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	record(t, s, entry("b", complaint.Sent), mailbox.Place{})
	if first, err := s.FirstFiled(t.Context()); err != nil || !first.Equal(noon) {
		t.Errorf("the first was filed on %v, %v", first, err)
	}
	want := replyTo("a", "r1")
	recordReply(t, s, want, true)
	want.Incident = "inc-a"
	other := replyTo("b", "r1") // the same message, whatever is said of it
	recordReply(t, s, other, false)
	got, err := s.Replies(t.Context(), "")
	if diff := cmp.Diff([]followup.Reply{want}, got, cmpopts.IgnoreFields(followup.Reply{}, "Recorded")); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	if none, err := s.Replies(t.Context(), "b"); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := s.RecordReply(t.Context(), replyTo("unknown", "r2")); err == nil {
		t.Error("a reply to nothing was kept")
	}
}

func TestComplaintsAreFoundByTheirNames(t *testing.T) {
	s := openNew(t)
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	record(t, s, entry("b", complaint.Sent), mailbox.Place{})
	for name, tc := range map[string]struct {
		answers, incidents []string
		want               string
		byID               bool
	}{
		"by Message-ID":         {[]string{"<x@y.example>", "<b@me.example>"}, []string{"inc-a"}, "b", true},
		"by incident":           {[]string{"<x@y.example>"}, []string{"inc-x", "inc-a"}, "a", false},
		"by none of them":       {[]string{"<x@y.example>"}, []string{"' OR '1' = '1"}, "", false},
		"by nothing whatsoever": {nil, nil, "", false},
	} {
		got, err := s.ComplaintOf(t.Context(), tc.answers, tc.incidents)
		if got.Digest != tc.want || got.ByID != tc.byID || (tc.want == "") != errors.Is(err, complaint.ErrUnknown) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if tc.want != "" && !cmp.Equal(got.To, []string{desk, "noc@isp.example"}) {
			t.Errorf("%s: it went to %v", name, got.To)
		}
	}
}

func TestAContactThatBouncedIsSuppressedUntilItIsLifted(t *testing.T) {
	now := noon
	s := storetest.New(t, store.Options{Now: func() time.Time { return now }})
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	deliverAll(t, s, now)
	suppressed := func(want bool) {
		t.Helper()
		got, err := s.Suppressed(t.Context(), now, strings.ToUpper(desk))
		if e, is := got[desk]; is != want || err != nil || want && (e.Reason != suppress.Hard || e.Source != "550 5.1.1 no such user") {
			t.Errorf("suppressed: %v, %v", got, err)
		}
	}
	suppressed(false)
	recordReply(t, s, goneReply("a", "r1"), true)
	suppressed(true)
	if n, err := s.Lift(t.Context(), strings.ToUpper(desk)); n != 1 || err != nil {
		t.Errorf("lifted %d, %v", n, err)
	}
	suppressed(false)
	recordReply(t, s, goneReply("a", "r1"), false) // the same message again says nothing new
	suppressed(false)
	recordReply(t, s, goneReply("a", "r2"), true)
	suppressed(true)
	now = noon.AddDate(0, 0, 180)
	suppressed(false)
}

func deliverAll(t *testing.T, s *store.Store, now time.Time) {
	t.Helper()
	jobs, err := s.Queue().Lease(t.Context(), now, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		var out []relay.Outcome
		for _, to := range job.Recipients {
			out = append(out, relay.Outcome{Recipient: to.Address, State: relay.Delivered, Reply: relay.Reply{Code: 250}})
		}
		if err := s.Queue().Settle(t.Context(), job.ID, now, out); err != nil {
			t.Fatal(err)
		}
	}
}

// anew is an entry as it goes to the next contact, with what is queued.
func anew(e complaint.Entry) (complaint.Entry, *relay.Submission) {
	next := *e.Complaint
	next.To, next.Cc, next.MessageID = []string{"noc@isp.example"}, nil, "<again-"+e.Digest+"@me.example>"
	e.Complaint, e.Contact, e.Action, e.Why = &next, "noc@isp.example", complaint.Sent, "queued anew"
	return e, &relay.Submission{
		ID: relay.NewID(), Envelope: relay.Envelope{From: next.From, To: next.To}, Message: next.Raw, Queued: e.Seen,
	}
}

func TestAComplaintGoesToAnotherContactOnce(t *testing.T) {
	s := openNew(t)
	record(t, s, copyOf("pills", "a", complaint.Sent, noon), mailbox.Place{})
	record(t, s, copyOf("pills", "copy", complaint.Sent, noon), mailbox.Place{})
	recordReply(t, s, goneReply("a", "r1"), true)
	recordReply(t, s, goneReply("a", "r1"), false)
	recordReply(t, s, goneReply("a", "the same news from another server"), true)
	list := waiting(t, s)
	if len(list) != 1 || list[0].Digest != "a" || list[0].Complaint == nil || len(list[0].Complaint.Raw) == 0 {
		t.Fatalf("waiting: %+v", list)
	}
	e, sub := anew(list[0])
	if err := s.Readdressed(t.Context(), e, sub); err != nil {
		t.Fatal(err)
	}
	if again, sub := anew(list[0]); s.Readdressed(t.Context(), again, sub) == nil {
		t.Error("another program filed it a second time")
	}
	if n := queued(t, s); n != 2 { // none is delivered yet
		t.Errorf("%d messages are queued", n)
	}
	got, err := s.Entry(t.Context(), "a")
	if err != nil || got.Contact != "noc@isp.example" || got.QueueID != sub.ID || got.Complaint.MessageID != e.Complaint.MessageID || got.Copies != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if state := historyOf(t, s, "a").Life.State; state != followup.Filed {
		t.Errorf("it is %s", state)
	}
	// The cool-down towards the new contact begins with it.
	moved := copyOf("watches", "", complaint.Sent, noon).Key
	before := past(t, s, moved, noon.Add(-24*time.Hour))
	moved.Contact = "noc@isp.example"
	after := past(t, s, moved, noon.Add(-24*time.Hour))
	if !before.FiledLast.IsZero() || after.FiledLast.IsZero() || after.FiledLast != after.DayBegan {
		t.Errorf("to the old contact %v, to the new one %v", before, after)
	}
	// A copy that comes for the new contact counts on it.
	more := copyOf("pills", "more", complaint.Sent, noon)
	more.Key.Contact = "noc@isp.example"
	if kept := record(t, s, more, mailbox.Place{}); kept.Action != complaint.Merged || kept.Incident != "a" {
		t.Errorf("%+v", kept)
	}
	// The next contact is gone, too: that is the end.
	r := goneReply("a", "r2")
	r.Gone = "noc@isp.example"
	recordReply(t, s, r, true)
	if list := waiting(t, s); len(list) != 0 {
		t.Errorf("waiting: %v", list)
	}
	if state := historyOf(t, s, "a").Life.State; state != followup.Bounced {
		t.Errorf("it is %s", state)
	}
}

func TestWhatWasAnsweredDidArrive(t *testing.T) {
	s := openNew(t)
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	recordReply(t, s, replyTo("a", "r1"), true)
	recordReply(t, s, goneReply("a", "r2"), true)
	if isSuppressed(t, s, noon, desk) || len(waiting(t, s)) != 0 {
		t.Error("what arrived is taken for gone")
	}
}

func TestTheNextContactHasAComplaintAboutTheCampaignAlready(t *testing.T) {
	s := openNew(t)
	record(t, s, copyOf("pills", "a", complaint.Sent, noon), mailbox.Place{})
	b := copyOf("pills", "b", complaint.Sent, noon)
	b.Contact, b.Key.Contact = "noc@isp.example", "noc@isp.example"
	record(t, s, b, mailbox.Place{})
	recordReply(t, s, goneReply("a", "r1"), true)
	e, sub := anew(waiting(t, s)[0])
	if err := s.Readdressed(t.Context(), e, sub); err != nil {
		t.Fatal(err)
	}
	if got := past(t, s, b.Key, noon.Add(-time.Hour)); got.Opened == nil || got.Opened.ID != "b" {
		t.Errorf("%+v", got)
	}
}

func TestAComplaintWithoutAnotherContactEnds(t *testing.T) {
	s := openNew(t)
	record(t, s, entry("a", complaint.Sent), mailbox.Place{})
	recordReply(t, s, goneReply("a", "r1"), true)
	if err := s.GiveUp(t.Context(), "a", "nobody else"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Entry(t.Context(), "a"); err != nil || got.Why != "nobody else" || got.Action != complaint.Sent || len(waiting(t, s)) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if s.GiveUp(t.Context(), "a", "again") == nil {
		t.Error("given up twice")
	}
}

func TestTheHistoryTellsTheLifeOfAComplaint(t *testing.T) {
	now := noon
	s := storetest.New(t, store.Options{Now: func() time.Time { return now }})
	for i, digest := range []string{"a", "b"} {
		e := entry(digest, complaint.Sent)
		e.Prefix, e.Country = netip.MustParsePrefix([]string{"192.0.2.0/24", "198.51.100.0/24"}[i]), "DE"
		e.Received, e.Complaint.Incident = noon.Add(-time.Hour), []string{"SR-AAAA-AAAA", "SR-BBBB-BBBB"}[i]
		record(t, s, e, mailbox.Place{})
	}
	later := entry("later", complaint.Skipped)
	later.Complaint, later.Prefix, later.Seen = nil, netip.MustParsePrefix("192.0.2.0/24"), noon.Add(48*time.Hour)
	later.Received = noon.Add(time.Hour)
	record(t, s, later, mailbox.Place{})
	recordReply(t, s, replyTo("b", "r1"), true)

	a, b := historyOf(t, s, "a"), historyOf(t, s, "b")
	if a.Life.Quiet || !a.Life.LastSpam.Equal(noon.Add(time.Hour)) || a.Life.State != followup.Filed || a.Country != "DE" {
		t.Errorf("%+v", a)
	}
	if !b.Life.Quiet || b.Life.State != followup.Acknowledged || b.Life.Ticket != "ABUSE-7" || b.Life.Replies != 1 {
		t.Errorf("%+v", b.Life)
	}
	if row := historyOf(t, s, "later"); row.Life != (followup.Life{}) {
		t.Errorf("%+v", row.Life)
	}

	for outcome, want := range map[followup.State]followup.State{
		followup.Resolved: followup.Resolved, followup.Ignored: followup.Ignored, "": followup.Acknowledged,
	} {
		if err := s.Conclude(t.Context(), "SR-BBBB-BBBB", outcome); err != nil {
			t.Fatal(err)
		}
		if got := historyOf(t, s, "b").Life.State; got != want {
			t.Errorf("after %q it is %q", outcome, got)
		}
	}
	if err := s.Conclude(t.Context(), "SR-0000-0000", followup.Resolved); !errors.Is(err, store.ErrNoComplaint) {
		t.Error(err)
	}
}

// A database of before replies is upgraded; the networks of its incidents are
// known.
func TestADatabaseWithoutRepliesIsUpgraded(t *testing.T) {
	path := storetest.Name(t)
	s := open(t, path)
	record(t, s, copyOf("pills", "old", complaint.Sent, noon), mailbox.Place{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, 3)
	s = open(t, path)
	if got, err := s.Entry(t.Context(), "old"); err != nil || got.Prefix != netip.MustParsePrefix("192.0.2.0/24") || got.Action != complaint.Sent {
		t.Errorf("%+v, %v", got, err)
	}
	recordReply(t, s, replyTo("old", "r1"), true)
}
