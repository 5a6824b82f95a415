package guard_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/guard"
	"spamreport/relay/limit"
	"spamreport/relay/submission"
	"spamreport/relay/suppress"
)

// noon is when these tests begin.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// office is a relay with its database and a clock that is set by hand.
type office struct {
	*testing.T
	store *store.Store
	guard *guard.Guard
	now   time.Time
}

func newOffice(t *testing.T, path, rate string) *office {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := &office{T: t, store: s, now: noon}
	o.guard = &guard.Guard{
		Book: s, Limits: limit.Limits{All: rates(t, rate), Zone: time.UTC}, Now: func() time.Time { return o.now },
	}
	return o
}

func database(t *testing.T) string { return filepath.Join(t.TempDir(), "spamreport.db") }

func rates(t *testing.T, s string) []limit.Rate {
	t.Helper()
	r, err := limit.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// submit queues one message.
func (o *office) submit(user string, to ...string) {
	o.Helper()
	err := o.store.Queue().Enqueue(o.Context(), o.submission(user, to...))
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) submission(user string, to ...string) relay.Submission {
	return relay.Submission{
		ID: relay.NewID(), Submitter: user, Queued: o.now, Message: []byte("Subject: x\r\n\r\nx\r\n"),
		Envelope: relay.Envelope{From: "me@example.org", To: to},
	}
}

// deliver does what a courier does: everything that is due, each message with
// this reply. It returns how many recipients were tried.
func (o *office) deliver(reply relay.Reply) (tried int) {
	o.Helper()
	for {
		jobs, err := o.store.Queue().Lease(o.Context(), o.now, 8)
		if err != nil {
			o.Fatal(err)
		}
		if len(jobs) == 0 {
			return tried
		}
		for _, job := range jobs {
			tried += o.carry(job, reply)
		}
	}
}

func (o *office) carry(job relay.Job, reply relay.Reply) (tried int) {
	o.Helper()
	verdicts, err := o.guard.Admit(o.Context(), o.now, job)
	if err != nil {
		o.Fatal(err)
	}
	var outcomes, done []relay.Outcome
	var waits []relay.Delay
	admitted := job
	admitted.Recipients = nil
	for i, v := range verdicts {
		outcome := relay.Outcome{Recipient: job.Recipients[i].Address, State: relay.Delivered, Reply: reply}
		switch {
		case v.Refuse != relay.Reply{}:
			outcome.State, outcome.Reply = relay.Failed, v.Refuse
		case !v.Wait.IsZero():
			waits = append(waits, relay.Delay{ID: job.ID, Recipients: []string{outcome.Recipient}, Until: v.Wait, Why: v.Why, Limit: true})
			continue
		default:
			tried++
			if reply.Code/100 == 4 {
				outcome.State, outcome.Next = relay.Retrying, o.now.Add(5*time.Minute)
			}
			done = append(done, outcome)
			admitted.Recipients = append(admitted.Recipients, job.Recipients[i])
		}
		outcomes = append(outcomes, outcome)
	}
	if err := o.store.Queue().Settle(o.Context(), job.ID, o.now, outcomes); err != nil {
		o.Fatal(err)
	}
	if err := o.store.Queue().PutOff(o.Context(), o.now, waits...); err != nil {
		o.Fatal(err)
	}
	if len(done) > 0 {
		o.guard.Done(o.Context(), o.now, admitted, done)
	}
	return tried
}

var ok = relay.Reply{Code: 250}

func (o *office) expect(what string, got, want int) {
	o.Helper()
	if got != want {
		o.Errorf("%s: %d, not %d", what, got, want)
	}
}

// used is what is counted in the quotas, as "all 3, user alice 1".
func (o *office) used() string {
	o.Helper()
	quotas := o.guard.Limits.Every(o.now)
	used, err := o.store.Used(o.Context(), quotas)
	if err != nil {
		o.Fatal(err)
	}
	var parts []string
	for i, q := range quotas {
		parts = append(parts, fmt.Sprintf("%s %d/%d", q.Scope, used[i], q.Most))
	}
	return strings.Join(parts, ", ")
}

func TestWhatIsOverTheLimitWaitsUntilTheWindowEnds(t *testing.T) {
	o := newOffice(t, database(t), "3/day")
	for i := range 8 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	o.expect("on the first day", o.deliver(ok), 3)
	o.now = o.now.Add(11*time.Hour + 59*time.Minute)
	o.expect("a minute before midnight", o.deliver(ok), 0)
	items, err := o.store.Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 5 {
		t.Fatalf("%d wait, %v", len(items), err)
	}
	for _, i := range items {
		if i.Attempts != 0 || !i.Next.Equal(noon.Add(12*time.Hour)) {
			t.Errorf("%s: %d attempts, next %s", i.Recipient, i.Attempts, i.Next)
		}
		if i.Reply != items[0].Reply {
			t.Errorf("%s: %s", i.Recipient, i.Reply)
		}
	}
	if want := "waits: the limit of 3 recipients a day is reached; it starts anew at 2026-11-25 00:00 UTC"; items[0].Reply.Text != want {
		t.Errorf("it says %q", items[0].Reply.Text)
	}
	o.now = o.now.Add(time.Minute)
	o.expect("on the second day", o.deliver(ok), 3)
	o.now = o.now.Add(24 * time.Hour)
	o.expect("on the third day", o.deliver(ok), 2)
}

func TestRecipientsAreCountedAndNotMessages(t *testing.T) {
	o := newOffice(t, database(t), "3/day")
	o.submit("alice", "a@example.net", "b@example.net", "c@example.net", "d@example.net", "e@example.net")
	o.expect("of one message", o.deliver(ok), 3)
	if got := o.used(); got != "all 3/3" {
		t.Error(got)
	}
}

func TestAnAttemptThatIsToBeRepeatedGivesItsPlaceBack(t *testing.T) {
	o := newOffice(t, database(t), "2/day")
	o.submit("alice", "a@example.net", "b@example.net")
	o.expect("tried", o.deliver(relay.Reply{Code: 450}), 2)
	if got := o.used(); got != "all 0/2" {
		t.Error(got)
	}
	o.now = o.now.Add(time.Hour)
	o.expect("tried again", o.deliver(ok), 2)
	if got := o.used(); got != "all 2/2" {
		t.Error(got)
	}
}

func TestUsersAndDestinationsHaveLimitsOfTheirOwn(t *testing.T) {
	o := newOffice(t, database(t), "")
	o.guard.Limits.Users = map[string][]limit.Rate{"alice": rates(t, "2/day")}
	o.guard.Limits.Domains = map[string][]limit.Rate{"slow.example": rates(t, "1/hour")}
	for i := range 4 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
		o.submit("bob", fmt.Sprintf("b%d@Slow.example", i))
		o.submit("bob", fmt.Sprintf("b%d@example.net", i))
	}
	o.expect("at once", o.deliver(ok), 2+1+4)
	o.now = o.now.Add(time.Hour)
	o.expect("an hour later", o.deliver(ok), 1)
	o.now = noon.AddDate(0, 0, 1)
	o.expect("a day later", o.deliver(ok), 2+1)
}

func TestAFullQuotaPutsOffEverythingThatWaitsForItAtOnce(t *testing.T) {
	o := newOffice(t, database(t), "1/day")
	for i := range 300 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	o.expect("tried", o.deliver(ok), 1)
	jobs, err := o.store.Queue().Lease(t.Context(), o.now, 1000)
	if err != nil || len(jobs) != 0 {
		t.Errorf("%d are due, %v", len(jobs), err)
	}
}

func TestTwoProcessesKeepALimitTogether(t *testing.T) {
	path := database(t)
	first, second := newOffice(t, path, "25/day"), newOffice(t, path, "25/day")
	for i := range 100 {
		first.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	var tried [2]int
	var wait sync.WaitGroup
	for i, o := range []*office{first, second} {
		wait.Go(func() { tried[i] = o.deliver(ok) })
	}
	wait.Wait()
	first.expect("tried by both", tried[0]+tried[1], 25)
}

func TestAKillCountsNothingTwice(t *testing.T) {
	path := database(t)
	o := newOffice(t, path, "3/day")
	for i := range 4 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	// Leased and counted, and then the program is gone.
	jobs, err := o.store.Queue().Lease(t.Context(), o.now, 2)
	if err != nil || len(jobs) != 2 {
		t.Fatal(jobs, err)
	}
	for _, job := range jobs {
		if _, err := o.guard.Admit(t.Context(), o.now, job); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	o = newOffice(t, path, "3/day")
	if got := o.used(); got != "all 2/3" {
		t.Error(got)
	}
	o.expect("tried by the next process", o.deliver(ok), 3)
	if got := o.used(); got != "all 3/3" {
		t.Error(got)
	}
}

func TestAClockThatIsSetBackOpensNoNewQuota(t *testing.T) {
	o := newOffice(t, database(t), "2/day")
	for i := range 9 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	o.expect("today", o.deliver(ok), 2)
	o.now = o.now.AddDate(0, 0, 1)
	o.expect("tomorrow", o.deliver(ok), 2)
	o.now = noon.Add(time.Minute)
	retry(o)
	o.expect("today again", o.deliver(ok), 0)
	o.now = noon.AddDate(0, 0, 1)
	retry(o)
	o.expect("tomorrow again", o.deliver(ok), 0)
}

// retry makes everything due, as a person does.
func retry(o *office) {
	o.Helper()
	if _, err := o.store.Queue().Retry(o.Context(), o.now); err != nil {
		o.Fatal(err)
	}
}

func TestALimitIsThatOfTheMonthToItsLastSecond(t *testing.T) {
	o := newOffice(t, database(t), "1/month")
	o.submit("alice", "a@example.net")
	o.submit("alice", "b@example.net")
	o.expect("in November", o.deliver(ok), 1)
	o.now = time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC)
	retry(o)
	o.expect("in its last second", o.deliver(ok), 0)
	o.now = o.now.Add(time.Second)
	o.expect("in December", o.deliver(ok), 1)
}

func TestADayWithAChangeOfTheClockHasOneQuota(t *testing.T) {
	o := newOffice(t, database(t), "1/day")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o.guard.Limits.Zone = berlin
	o.now = time.Date(2026, 10, 25, 0, 30, 0, 0, berlin)
	o.submit("alice", "a@example.net")
	o.submit("alice", "b@example.net")
	o.expect("after midnight", o.deliver(ok), 1)
	o.now = o.now.Add(24 * time.Hour) // 23:30 of the same day, which has 25 hours
	retry(o)
	o.expect("24 hours later", o.deliver(ok), 0)
	o.now = o.now.Add(time.Hour)
	o.expect("25 hours later", o.deliver(ok), 1)
}

func TestAWarmupHoldsMailToItsDay(t *testing.T) {
	o := newOffice(t, database(t), "")
	o.guard.Limits.Warmup = limit.Warmup{MonthlyGoal: 600, Start: noon, Days: 3} // 2, 7, 20
	for i := range 40 {
		o.submit("alice", fmt.Sprintf("a%d@example.net", i))
	}
	for day, want := range []int{2, 7, 20, 11} {
		o.now = noon.AddDate(0, 0, day)
		o.expect(fmt.Sprint("on day ", day+1), o.deliver(ok), want)
	}
}

func TestAlertsComeAt80And90And100PercentAndOnce(t *testing.T) {
	path := database(t)
	o := newOffice(t, path, "10/day")
	o.guard.Alerts = guard.Alerts{Host: "relay.example.org", To: "boss@example.org"}
	alerts := func() (subjects []string) {
		items, err := o.store.Queue().List(t.Context(), relay.Filter{States: []relay.State{relay.Queued, relay.Delivered}})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.From != "" {
				continue
			}
			raw, err := o.store.Queue().Message(t.Context(), i.ID)
			if err != nil {
				continue // delivered
			}
			head, _, _ := strings.Cut(string(raw), "\r\nDate:")
			subjects = append(subjects, head[strings.Index(head, "Subject: ")+9:])
		}
		return subjects
	}
	send := func(n int, reply relay.Reply) {
		for range n {
			o.submit("alice", relay.NewID()+"@example.net")
			jobs, err := o.store.Queue().Lease(t.Context(), o.now, 1)
			if err != nil || len(jobs) != 1 {
				t.Fatal(jobs, err)
			}
			o.carry(jobs[0], reply)
		}
	}
	send(7, ok)
	if got := alerts(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	send(1, relay.Reply{Code: 450}) // reaches 80 %, and gives its place back
	first := alerts()
	if len(first) != 1 || first[0] != "80 % of the mail quota for this day used" {
		t.Fatalf("%v", first)
	}
	if err := o.store.Close(); err != nil { // a restart
		t.Fatal(err)
	}
	o = newOffice(t, path, "10/day")
	o.guard.Alerts = guard.Alerts{Host: "relay.example.org", To: "boss@example.org"}
	o.expect("the alert itself", o.deliver(ok), 1)
	send(1, ok)
	o.expect("alerts of 80 % again", len(alerts()), 0)
	send(1, ok)
	if got := alerts(); len(got) != 1 || got[0] != "90 % of the mail quota for this day used" {
		t.Errorf("%v", got)
	}
	o.deliver(ok)
	send(1, ok)
	if got := alerts(); len(got) != 1 || got[0] != "100 % of the mail quota for this day used" {
		t.Errorf("%v", got)
	}
	o.deliver(ok)
	o.submit("alice", "late@example.net")
	o.deliver(ok)
	o.expect("alerts once all were sent", len(alerts()), 0)
	if got := o.used(); got != "all 10/10" {
		t.Error(got)
	}
}

func TestMailOfTheProgramItselfFromTheNullPathIsNotLimited(t *testing.T) {
	o := newOffice(t, database(t), "1/day")
	o.submit("alice", "a@example.net")
	o.deliver(ok)
	bounce := o.submission("", "b@example.net")
	bounce.Envelope.From = ""
	if err := o.store.Queue().Enqueue(t.Context(), bounce); err != nil {
		t.Fatal(err)
	}
	o.submit("", "c@example.net") // a complaint of the program is limited
	o.submit("alice", "d@example.net")
	forged := o.submission("alice", "e@example.net") // a user's null path is, too
	forged.Envelope.From = ""
	if err := o.store.Queue().Enqueue(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	o.expect("tried: the bounce alone", o.deliver(ok), 1)
}

func TestASuppressedAddressIsStoppedAtBothDoors(t *testing.T) {
	o := newOffice(t, database(t), "")
	entry := suppress.Entry{Address: "gone@example.net", Reason: suppress.Hard, Source: "550 5.1.1 no such user", Since: noon, Expires: noon.AddDate(0, 6, 0)}
	if err := o.store.Suppress(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	err := o.guard.Recipient(t.Context(), "alice", "me@example.org", "Gone@Example.net")
	want := "550 5.1.1 gone@example.net is on the suppression list since 2026-11-24: it bounced (550 5.1.1 no such user); until 2027-05-24; to lift it: spamreport relay suppress remove gone@example.net"
	if err == nil || err.Error() != want {
		t.Errorf("at the door in: %v", err)
	}
	if err := o.guard.Recipient(t.Context(), "alice", "me@example.org", "here@example.net"); err != nil {
		t.Errorf("another address: %v", err)
	}
	o.submit("alice", "gone@example.net", "here@example.net")
	o.expect("tried", o.deliver(ok), 1)
	items, err := o.store.Queue().List(t.Context(), relay.Filter{States: []relay.State{relay.Failed}})
	if err != nil || len(items) != 1 || items[0].Reply.Code != 550 || !strings.Contains(items[0].Reply.Text, "suppression list") {
		t.Errorf("at the door out: %v, %v", items, err)
	}
	if _, err := o.store.Lift(t.Context(), "gone@example.net"); err != nil {
		t.Fatal(err)
	}
	if err := o.guard.Recipient(t.Context(), "alice", "me@example.org", "gone@example.net"); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
}

func TestWithRefuseTheDoorInSaysNo(t *testing.T) {
	for _, tc := range []struct {
		name      string
		rate      string
		delivered int
		waits     int
		wanted    int
		want      string // "" for yes
	}{
		{"there is room", "5/day", 3, 1, 1, ""},
		{"it is full", "5/day", 5, 0, 1, "452 4.7.1 the limit of 5 recipients a day leaves room for 0; it starts anew at 2026-11-25 00:00 UTC"},
		{"what waits fills it", "5/day", 3, 2, 1, "452 4.7.1 the limit of 5 recipients a day leaves room for 0; it starts anew at 2026-11-25 00:00 UTC"},
		{"too many at once", "5/day", 3, 0, 3, "452 4.7.1 the limit of 5 recipients a day leaves room for 2; it starts anew at 2026-11-25 00:00 UTC"},
		{"more than any day has", "5/day", 0, 0, 6, "550 5.5.3 6 recipients are more than the limit of 5 a day: send it in parts"},
		{"the second rate", "100/minute, 5/month", 5, 0, 1, "452 4.7.1 the limit of 5 recipients a month leaves room for 0; it starts anew at 2026-12-01 00:00 UTC"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := newOffice(t, database(t), tc.rate)
			o.guard.Refuse = true
			for range tc.delivered {
				o.submit("alice", relay.NewID()+"@example.net")
			}
			o.deliver(ok)
			for range tc.waits {
				o.submit("alice", relay.NewID()+"@example.net")
			}
			to := make([]string, tc.wanted)
			for i := range to {
				to[i] = fmt.Sprintf("new%d@example.net", i)
			}
			err := o.guard.Message(t.Context(), o.submission("alice", to...))
			var refusal *submission.Refusal
			if tc.want == "" && err != nil || tc.want != "" && (!errors.As(err, &refusal) || err.Error() != tc.want) {
				t.Errorf("%v", err)
			}
			o.guard.Refuse = false
			if err := o.guard.Message(t.Context(), o.submission("alice", to...)); err != nil {
				t.Errorf("without Refuse: %v", err)
			}
		})
	}
}

func TestAFaultOfTheDatabaseStopsTheDelivery(t *testing.T) {
	o := newOffice(t, database(t), "1/day")
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := o.guard.Admit(context.Background(), noon, relay.Job{ID: "x", From: "a@b", Recipients: []relay.Pending{{Address: "a@b"}}})
	if err == nil {
		t.Error("no limit can be kept, and the mail goes out")
	}
}
