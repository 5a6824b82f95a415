package relay_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spamreport/relay"
	"spamreport/relay/bounce"
)

// toldRelay is a relay that tells senders; its clock is set by hand.
func toldRelay(t *testing.T, script func(string) string) (*relay.Relay, *sink, *time.Time) {
	t.Helper()
	s := newSink(t, script)
	r := newRelay(t, s.addr)
	now := time.Now()
	r.Host, r.Now = "relay.example.org", func() time.Time { return now }
	return r, s, &now
}

func accept(t *testing.T, r *relay.Relay, sub relay.Submission) string {
	t.Helper()
	sub.ID, sub.Queued = relay.NewID(), r.Now()
	if sub.Message == nil {
		sub.Message = message("letter")
	}
	if err := r.Accept(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	return sub.ID
}

// flush delivers until nothing is due; refusals are what the tests are about.
func flush(t *testing.T, r *relay.Relay, now *time.Time) {
	t.Helper()
	for range 3 {
		var temporary *relay.Temporary
		if _, err := r.Flush(t.Context()); err != nil && !errors.As(err, &temporary) {
			t.Fatal(err)
		}
		*now = now.Add(time.Second)
	}
}

// notices are the bounces that reached the sender.
func notices(s *sink) []string {
	var all []string
	for _, m := range s.received() {
		if strings.Contains(string(m.data), "report-type=delivery-status") {
			all = append(all, string(m.data))
		}
	}
	return all
}

// refusing answers every RCPT for the desks, and takes what goes to the sender.
func refusing(answer string) func(string) string {
	return func(line string) string {
		if strings.HasPrefix(line, "RCPT") && !strings.Contains(line, alice) {
			return answer
		}
		return ""
	}
}

func TestASenderIsToldOfFailures(t *testing.T) {
	for _, tc := range []struct {
		name   string
		sub    relay.Submission
		answer string
		want   []string // in the one notice; nil: there is none
	}{
		{
			"refused for good",
			relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk, noc}}},
			"550 5.1.1 no such user",
			[]string{"To: <" + alice + ">", "Final-Recipient: rfc822; " + desk, "Final-Recipient: rfc822; " + noc, "Action: failed", "Message-ID: <letter@example.org>"},
		},
		{
			"a second recipient only",
			relay.Submission{Submitter: "alice", Envelope: relay.Envelope{
				From: alice, To: []string{desk, noc}, Notify: []relay.Receipt{{Notify: "NEVER"}, {Notify: "FAILURE", Original: "rfc822;first@example.net"}},
			}},
			"550 5.1.1 no such user",
			[]string{"Original-Recipient: rfc822; first@example.net", "Final-Recipient: rfc822; " + noc},
		},
		{
			"all of the message", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{
				From: alice, To: []string{desk}, DSN: relay.DSN{Return: "FULL", Envelope: "id-7"},
			}}, "550 5.1.1 no such user", []string{"Original-Envelope-Id: id-7", "Content-Type: message/rfc822", "\r\n.dot\r\n"},
		},
		{"never wanted", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}, Notify: []relay.Receipt{{Notify: "NEVER"}}}}, "550 no", nil},
		{"only success is of interest", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}, Notify: []relay.Receipt{{Notify: "SUCCESS"}}}}, "550 no", nil},
		{"from the null path", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{To: []string{desk}}}, "550 no", nil},
		{"a complaint of the program", relay.Submission{Envelope: relay.Envelope{From: alice, To: []string{desk}}}, "550 no", nil},
		{"tried again", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}}}, "450 later", nil},
		{"delivered", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}}}, "", nil},
		{
			"delivered, and that is of interest", relay.Submission{Submitter: "alice", Envelope: relay.Envelope{
				From: alice, To: []string{desk}, Notify: []relay.Receipt{{Notify: "SUCCESS"}},
			}}, "", []string{"Action: relayed", "Status: 2.0.0"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, s, now := toldRelay(t, refusing(tc.answer))
			accept(t, r, tc.sub)
			flush(t, r, now)
			got := notices(s)
			if tc.want == nil && len(got) > 0 || tc.want != nil && len(got) != 1 {
				t.Fatalf("%d notices: %s", len(got), got)
			}
			for _, want := range tc.want {
				if !strings.Contains(got[0], want) {
					t.Errorf("no %q in\n%s", want, got[0])
				}
			}
			if n := strings.Count(strings.Join(got, ""), "Final-Recipient: rfc822; "+desk); n > 0 && strings.Contains(tc.name, "second") {
				t.Error("told of a recipient that it does not want to hear of")
			}
		})
	}
}

func TestAServerThatSendsReceiptsItselfIsLeftToIt(t *testing.T) {
	r, s, now := toldRelay(t, on("EHLO", "250-sink.example\r\n250 DSN"))
	accept(t, r, relay.Submission{Submitter: "alice", Envelope: relay.Envelope{
		From: alice, To: []string{desk}, Notify: []relay.Receipt{{Notify: "SUCCESS"}},
	}})
	flush(t, r, now)
	if len(s.received()) != 1 || len(notices(s)) != 0 {
		t.Errorf("%d messages, %d receipts of ours", len(s.received()), len(notices(s)))
	}
}

func TestABounceThatCannotBeDeliveredBouncesNowhere(t *testing.T) {
	r, s, now := toldRelay(t, on("RCPT", "550 5.1.1 no such user"))
	accept(t, r, relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}}})
	flush(t, r, now)
	flush(t, r, now)
	items, err := r.Queue.(relay.Desk).List(t.Context(), relay.Filter{States: []relay.State{relay.Failed, relay.Queued, relay.Retrying}})
	if err != nil || len(items) != 2 || len(s.received()) != 0 {
		t.Errorf("%d items, %v: %v", len(items), err, items)
	}
}

func TestADelayIsToldOnceAndExpiryAfterIt(t *testing.T) {
	r, s, now := toldRelay(t, refusing("450 4.2.0 later"))
	accept(t, r, relay.Submission{Submitter: "alice", Envelope: relay.Envelope{
		From: alice, To: []string{desk}, Notify: []relay.Receipt{{Notify: "FAILURE,DELAY"}},
	}})
	told := func(want ...string) {
		t.Helper()
		got := notices(s)
		if len(got) != len(want) {
			t.Fatalf("%d notices, not %d", len(got), len(want))
		}
		for i := range want {
			if !strings.Contains(got[i], "Action: "+want[i]) {
				t.Errorf("notice %d is not %s:\n%s", i, want[i], got[i])
			}
		}
	}
	flush(t, r, now)
	told()
	*now = now.Add(4 * time.Hour)
	flush(t, r, now)
	told("delayed")
	for range 3 {
		*now = now.Add(12 * time.Hour)
		flush(t, r, now)
	}
	told("delayed")
	*now = now.Add(5 * 24 * time.Hour)
	flush(t, r, now)
	told("delayed", "failed")
	read, err := bounce.Read(strings.NewReader(notices(s)[1]))
	if err != nil || read.Kind != bounce.Bounced || read.Recipient != desk || read.Verdict.Class != bounce.Soft {
		t.Errorf("%+v, %v", read, err)
	}
}

// dying is a queue whose process is killed in the middle of Settle, before or
// after the transaction is on disk. Nothing is written any more after that.
type dying struct {
	relay.Queue
	after bool
	died  bool
	kill  func()
}

var errKilled = errors.New("killed")

func (d *dying) Settle(ctx context.Context, id string, now time.Time, o []relay.Outcome) error {
	if d.died {
		return errKilled
	}
	d.died = true
	d.kill()
	if d.after {
		if err := d.Queue.Settle(ctx, id, now, o); err != nil {
			return err
		}
	}
	return errKilled
}

func TestAKillAroundTheOutcomeLosesNoBounceAndRepeatsNone(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprint("after the transaction: ", after), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			r, s, now := toldRelay(t, refusing("550 5.1.1 no such user"))
			first := openStore(t, path)
			ctx, kill := context.WithCancel(t.Context())
			defer kill()
			queue := &dying{Queue: first.Queue(), after: after, kill: kill}
			r.Queue, r.Grace = queue, time.Millisecond
			accept(t, r, relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}}})
			if _, err := r.Flush(ctx); err == nil || !queue.died {
				t.Fatalf("it was not killed: %v", err)
			}
			if err := first.Close(); err != nil { // its leases are void, as after a kill
				t.Fatal(err)
			}
			r.Queue = openStore(t, path).Queue()
			flush(t, r, now)
			flush(t, r, now)
			if got := notices(s); len(got) != 1 {
				t.Errorf("%d bounces", len(got))
			}
		})
	}
}

func TestABounceThatCannotBeQueuedLeavesTheOutcomeOpen(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "relay.db"))
	q := s.Queue()
	sub := relay.Submission{ID: relay.NewID(), Queued: time.Now(), Message: message("x"), Envelope: relay.Envelope{From: alice, To: []string{desk}}}
	if err := q.Enqueue(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Lease(t.Context(), time.Now(), 1); err != nil {
		t.Fatal(err)
	}
	broken := relay.Submission{ID: sub.ID, Message: message("y"), Envelope: relay.Envelope{To: []string{alice}}} // its id is taken
	err := q.Settle(t.Context(), sub.ID, time.Now(), []relay.Outcome{{Recipient: desk, State: relay.Failed, Notice: &broken}})
	if err == nil {
		t.Fatal("the outcome was recorded without the bounce")
	}
	items, err := q.List(t.Context(), relay.Filter{})
	if err != nil || len(items) != 1 || items[0].State != relay.Queued {
		t.Errorf("%v, %v", items, err)
	}
}

// waitOnce puts everything off until a time, once.
type waitOnce struct {
	until time.Time
	asked int
}

func (g *waitOnce) Admit(_ context.Context, _ time.Time, job relay.Job) ([]relay.Verdict, error) {
	g.asked++
	verdicts := make([]relay.Verdict, len(job.Recipients))
	if g.asked == 1 {
		verdicts[0].Wait, verdicts[0].Why = g.until, "a limit"
	}
	return verdicts, nil
}

func (*waitOnce) Done(context.Context, time.Time, relay.Job, []relay.Outcome) {}

func TestTheTimeThatALimitKeepsMailDoesNotMakeItExpire(t *testing.T) {
	r, _, now := toldRelay(t, refusing("450 4.7.1 greylisted"))
	r.Gate = &waitOnce{until: now.Add(20 * 24 * time.Hour)}
	id := accept(t, r, relay.Submission{Submitter: "alice", Envelope: relay.Envelope{From: alice, To: []string{desk}}})
	flush(t, r, now)
	*now = now.Add(20 * 24 * time.Hour)
	flush(t, r, now)
	if got := states(t, r, id)[desk]; got.State != relay.Retrying || got.Attempts != 1 {
		t.Errorf("it is %s after %d attempts: %s", got.State, got.Attempts, got.Reply)
	}
	*now = now.Add(6 * 24 * time.Hour)
	flush(t, r, now)
	if got := states(t, r, id)[desk]; got.State != relay.Failed {
		t.Errorf("it is %s at last", got.State)
	}
}
