package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

func TestAContactThatIsNeverMailedLosesWhatWaitsForIt(t *testing.T) {
	path := storetest.Name(t)
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	upper, other := entry("b", complaint.Held), entry("c", complaint.Held)
	upper.Contact, other.Contact = strings.ToUpper(desk), "abuse@other.example"
	for _, e := range []complaint.Entry{entry("a", complaint.Held), upper, other, entry("d", complaint.Sent)} {
		record(t, s, e, mailbox.Place{})
	}
	if n, err := s.Never(t.Context(), "Abuse@ISP.example"); err != nil || n != 2 {
		t.Fatalf("dropped %d, %v", n, err)
	}
	if n, err := s.Never(t.Context(), desk); err != nil || n != 0 {
		t.Fatalf("once more: dropped %d, %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	held, err := s.Held(t.Context())
	if err != nil || len(held) != 1 || held[0].Digest != "c" {
		t.Errorf("held %v, %v", held, err)
	}
	dropped, err := s.Entry(t.Context(), "a")
	if err != nil || dropped.Action != complaint.Dropped || !strings.Contains(dropped.Why, "never") {
		t.Errorf("%+v, %v", dropped, err)
	}
	if sent, err := s.Entry(t.Context(), "d"); err != nil || sent.Action != complaint.Sent {
		t.Errorf("%+v, %v", sent, err)
	}
}

func TestTheNeverMailListIsReadAndShortened(t *testing.T) {
	s := openNew(t)
	if _, err := s.Never(t.Context(), "Abuse@ISP.example"); err != nil {
		t.Fatal(err)
	}
	list, err := s.NeverContacts(t.Context())
	if err != nil || len(list) != 1 || list[0].Address != desk || list[0].Since.IsZero() {
		t.Errorf("list %v, %v", list, err)
	}
	var got []bool
	for _, address := range []string{desk, "ABUSE@isp.example", "abuse@other.example", ""} {
		never, err := s.IsNever(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, never)
	}
	if diff := cmp.Diff([]bool{true, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
	for i, want := range []bool{true, false} {
		if was, err := s.Relent(t.Context(), "ABUSE@isp.example"); err != nil || was != want {
			t.Errorf("time %d: %v, %v", i, was, err)
		}
	}
	if never, err := s.IsNever(t.Context(), desk); err != nil || never {
		t.Errorf("still there: %v", err)
	}
}

func TestOnlyWhatIsHeldIsReworded(t *testing.T) {
	s := openNew(t)
	held := record(t, s, entry("a", complaint.Held), mailbox.Place{})
	sent := record(t, s, entry("b", complaint.Sent), mailbox.Place{})
	after := *held.Complaint
	after.Text, after.Raw = "Dear all", []byte("Subject: Spam\r\n\r\nDear all\r\n")
	if err := s.Reword(t.Context(), "a", after); err != nil {
		t.Fatal(err)
	}
	got, err := s.Entry(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&after, got.Complaint); diff != "" {
		t.Error(diff)
	}
	if err := s.Reword(t.Context(), "b", *sent.Complaint); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("what is sent: %v", err)
	}
	if err := s.Reword(t.Context(), "z", after); !errors.Is(err, complaint.ErrUnknown) {
		t.Errorf("what is unknown: %v", err)
	}
}
