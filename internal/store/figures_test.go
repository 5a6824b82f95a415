package store_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/relay/bounce"
)

func TestFigures(t *testing.T) {
	s := openNew(t)
	add := func(digest, prefix, country string, action complaint.Action, at time.Time) {
		t.Helper()
		e := entry(digest, action)
		e.Network, e.Country, e.Prefix, e.Seen, e.Received = "NET", country, netip.Prefix{}, at, at
		if prefix != "" {
			e.Prefix = netip.MustParsePrefix(prefix)
		}
		if action == complaint.Skipped {
			e.Complaint, e.Contact, e.Network = nil, "", ""
		}
		record(t, s, e, mailbox.Place{})
	}
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for i := range 4 {
		add(fmt.Sprint("a", i), "192.0.2.0/24", "DE", complaint.Sent, day(i))
	}
	add("b", "198.51.100.0/24", "de", complaint.Sent, day(9))
	add("c", "", "", complaint.Skipped, day(5))
	answer := func(digest string, kind bounce.Kind, after time.Duration) {
		r := replyTo(digest, fmt.Sprint(digest, kind, after))
		e, err := s.Entry(t.Context(), digest)
		if err != nil {
			t.Fatal(err)
		}
		r.Kind, r.Received = kind, e.Seen.Add(after)
		recordReply(t, s, r, true)
	}
	answer("a0", bounce.Ticket, time.Hour)
	answer("a0", bounce.Answer, 9*time.Hour)
	answer("a1", bounce.Answer, 3*time.Hour)
	answer("a2", bounce.Bounced, time.Minute)
	answer("b", bounce.AutoReply, -time.Minute) // clocks differ

	a := store.Figure{Key: "192.0.2.0/24", Name: "NET", Spam: 4, Complaints: 4, Answers: 2, People: 2, Median: 2 * time.Hour, LastSpam: day(3)}
	b := store.Figure{Key: "198.51.100.0/24", Name: "NET", Spam: 1, Complaints: 1, Answers: 1, LastSpam: day(9)}
	c := store.Figure{Spam: 1, LastSpam: day(5)}
	both := store.Figure{Spam: 5, Complaints: 5, Answers: 3, People: 2, Median: time.Hour, LastSpam: day(9)}
	contact, country := both, both
	contact.Key, country.Key = desk, "DE"
	for by, want := range map[store.Grouping][]store.Figure{
		store.ByNetwork: {a, b, c}, store.ByContact: {contact, c}, store.ByCountry: {country, c},
	} {
		got, err := s.Figures(t.Context(), by, store.FigureFilter{})
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.Figure{})); diff != "" || err != nil {
			t.Errorf("by %s: %s, %v", by, diff, err)
		}
	}
}
