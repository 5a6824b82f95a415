package pipeline_test

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/relay"
)

// copyOf is copy n of a campaign about something.
func copyOf(what string, n int) string {
	return strings.Replace(spam(n), fmt.Sprintf("offer %d", n), fmt.Sprintf("%s for user %d", what, n), 1)
}

// twoDays has a desk that takes one complaint a day, and runs the first day.
func twoDays(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, copyOf("pills", 1), copyOf("pills", 2), copyOf("watches", 3), copyOf("watches", 4), copyOf("loans", 5), ham)
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: 7 * 24 * time.Hour, PerContactPerDay: 1}
	return r
}

func (r *rig) tomorrow() {
	tomorrow := time.Now().Add(25 * time.Hour)
	r.sweep.Stages.Now = func() time.Time { return tomorrow }
}

// told checks that all five were told of, in two complaints, each once.
func told(t *testing.T, r *rig) {
	t.Helper()
	if got := r.queued(t); got != 2 {
		t.Errorf("%d complaints queued, want 2", got)
	}
	rows, err := r.store.History(t.Context(), store.HistoryFilter{})
	if err != nil {
		t.Fatal(err)
	}
	copies := 0
	for _, row := range rows {
		copies += row.Copies
		if row.Action == complaint.Merged && row.Reference == "" {
			t.Errorf("merged, and nobody knows into what: %+v", row.Entry)
		}
	}
	if copies != 5 {
		t.Errorf("the complaints speak of %d messages, want 5", copies)
	}
	for uid := uint32(1); uid <= 5; uid++ {
		if r.folder.marked[uid] == 0 {
			t.Errorf("message %d is not marked", uid)
		}
	}
	if r.folder.marked[6] != 0 {
		t.Error("a message that was not reported is marked")
	}
}

func TestWhatWaitedGoesOutInOneLetter(t *testing.T) {
	r := twoDays(t)
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	want := map[complaint.Action]int{complaint.Sent: 1, complaint.Merged: 1, complaint.Deferred: 3, complaint.Skipped: 1}
	if got := r.actions(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the first day: %v, want %v", got, want)
	}
	r.tomorrow()
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	want = map[complaint.Action]int{complaint.Sent: 1, complaint.Merged: 2}
	if got := r.actions(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the second day: %v, want %v", got, want)
	}
	told(t, r)
	letter := r.seen[0].Complaint
	for _, line := range []string{"watches for user", "loans for user", "198.51.100.3", "198.51.100.4", "198.51.100.5"} {
		if !strings.Contains(letter.Text, line) {
			t.Errorf("the letter does not say %q:\n%s", line, letter.Text)
		}
	}
	if m, err := mail.ReadMessage(strings.NewReader(string(letter.Raw))); err != nil || !strings.Contains(m.Header.Get("Subject"), "3 more incidents") {
		t.Errorf("%v, subject %q", err, letter.Subject)
	}
}

func TestOneIncidentThatWaitedGetsAnOrdinaryComplaint(t *testing.T) {
	r := twoDays(t)
	r.folder.messages = map[uint32]string{1: copyOf("pills", 1), 2: copyOf("loans", 5), 3: copyOf("loans", 5)}
	for range 2 {
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		r.tomorrow()
	}
	if got := r.seen[0].Complaint; r.queued(t) != 2 || !strings.HasPrefix(got.Subject, "Spam from 198.51.100.5 at ") {
		t.Errorf("%d complaints, %q", r.queued(t), got.Subject)
	}
}

// TestALetterKilledAtAnyStep kills the sweep that sends the letter at each of
// its steps in turn, and lets the next one finish.
func TestALetterKilledAtAnyStep(t *testing.T) {
	whole := twoDays(t)
	if err := whole.run(t); err != nil {
		t.Fatal(err)
	}
	first := whole.folder.steps
	whole.tomorrow()
	if err := whole.run(t); err != nil {
		t.Fatal(err)
	}
	for dieAt := 1; dieAt <= whole.folder.steps; dieAt++ {
		t.Run(fmt.Sprint(dieAt), func(t *testing.T) {
			r := twoDays(t)
			r.folder.dieAt = dieAt
			for day := range 2 {
				if day == 1 {
					r.tomorrow()
				}
				err := r.run(t)
				if dies := (dieAt > first) == (day == 1); dies != errors.Is(err, errKilled) {
					t.Fatalf("day %d: %v", day, err)
				} else if !dies {
					continue
				}
				r.folder.dieAt = 0
				if err := r.run(t); err != nil {
					t.Fatal(err)
				}
			}
			told(t, r)
		})
	}
}

func TestALetterWaitsForApproval(t *testing.T) {
	r := twoDays(t)
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.tomorrow()
	r.sweep.Auto = false
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	held, err := r.store.Held(t.Context())
	if err != nil || len(held) != 1 || held[0].Copies != 3 || r.queued(t) != 1 {
		t.Fatalf("held: %+v, %v", held, err)
	}
	if len(r.folder.marked) != 2 {
		t.Errorf("marked %v before the approval", r.folder.marked)
	}
	r.approve(t, held[0])
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	told(t, r)
}

func TestAnotherProgramFilesTheIncidentMeanwhile(t *testing.T) {
	r := twoDays(t)
	r.folder.messages = map[uint32]string{1: copyOf("pills", 1), 2: copyOf("pills", 2)}
	// Both were examined when nothing was filed yet.
	var cases []pipeline.Case
	for m, err := range r.folder.After(t.Context(), 0, mailbox.FetchOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.sweep.Stages.Examine(t.Context(), m)
		if err != nil || c.Action != complaint.WouldSend {
			t.Fatalf("%+v, %v", c, err)
		}
		cases = append(cases, c)
	}
	for i, want := range []complaint.Action{complaint.Sent, complaint.Merged} {
		c, err := r.sweep.Stages.Settle(t.Context(), cases[i], true)
		if err != nil || c.Action != want || (c.QueueID != "") != (want == complaint.Sent) {
			t.Errorf("%s: %s, %v", c.Action, c.Why, err)
		}
	}
	items, err := r.store.Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 1 {
		t.Errorf("queue %v, %v", items, err)
	}
}

func TestACampaignThatGoesOnIsReportedAgain(t *testing.T) {
	r := newRig(t, copyOf("pills", 1))
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: 24 * time.Hour}
	for uid, want := range []complaint.Action{complaint.Sent, complaint.Merged, complaint.Sent, complaint.Merged} {
		r.folder.messages[uint32(uid+1)] = copyOf("pills", uid+1)
		now := time.Now().Add(time.Duration(uid*20) * time.Hour)
		r.sweep.Stages.Now = func() time.Time { return now }
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		if got := r.actions(); len(r.seen) != 1 || got[want] != 1 {
			t.Errorf("after %d hours: %v, want %s", uid*20, got, want)
		}
	}
}

func TestACopyThatWasReportedElsewhereIsNotCounted(t *testing.T) {
	r := newRig(t, copyOf("pills", 1))
	r.sweep.Stages.Policy = complaint.Policy{MergeFor: time.Hour}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.folder.messages[2] = copyOf("pills", 2)
	r.folder.reported = true
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	rows, err := r.store.History(t.Context(), store.HistoryFilter{Action: complaint.Sent})
	if err != nil || len(rows) != 1 || rows[0].Copies != 1 || r.actions()[complaint.Skipped] != 1 {
		t.Errorf("%+v, %v, %v", rows, r.actions(), err)
	}
}
