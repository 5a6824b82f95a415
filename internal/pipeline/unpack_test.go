package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/enclosed"
	"spamreport/lookup"
)

// The words of a mail server about a message from friend@friends.example.
const (
	passed = "mx.example.org; dmarc=pass header.from=friends.example"
	failed = "mx.example.org; dmarc=fail header.from=friends.example"
	silent = "mx.example.org; dmarc=none header.from=friends.example"
)

// forwarded is a message that encloses others, as it comes in at example.org.
func forwarded(from, results string, messages ...string) string {
	text := "Authentication-Results: " + results + "\r\n" +
		"Received: from out.friends.example (out.friends.example [203.0.113.5]) by mx.example.org with ESMTP id f1; Thu, 1 Jan 2026 00:00:00 +0000\r\n" +
		"From: " + from + "\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"
	for _, m := range messages {
		text += "--b1\r\nContent-Type: message/rfc822\r\n\r\n" + m + "\r\n"
	}
	return text + "--b1--\r\n"
}

const friend = "Friend <friend@friends.example>"

func newUnpackingRig(t *testing.T, messages ...string) *rig {
	r := newRig(t, messages...)
	r.sweep.Unpack = enclosed.Senders{"friend@friends.example", "@trusted.example"}
	return r
}

func TestOnlyWhatAllowedSendersEncloseIsReported(t *testing.T) {
	type actions = map[complaint.Action]int
	for name, tc := range map[string]struct {
		message string
		want    actions
		why     string
	}{
		"each enclosed message is reported": {forwarded(friend, passed, spam(1), spam(2)), actions{complaint.Sent: 2}, "queued for"},
		"what nobody vouches for waits for approval": {
			forwarded(friend, silent, spam(1)), actions{complaint.Held: 1}, "approval",
		},
		"a pass of another domain vouches for nobody": {
			forwarded(friend, "mx.example.org; dkim=pass header.d=evil.example", spam(1)), actions{complaint.Held: 1}, "approval",
		},
		"a forged sender is refused": {forwarded(friend, failed, spam(1)), actions{complaint.Skipped: 1}, "failed DMARC"},
		"others are left alone":      {forwarded("x@evil.example", passed, spam(1)), actions{complaint.Skipped: 1}, "x@evil.example is not one of those"},
		"a name is no address": {
			forwarded("\"friend@friends.example\" <x@evil.example>", passed, spam(1)), actions{complaint.Skipped: 1}, "x@evil.example is not one",
		},
		"two authors are none":            {forwarded(friend+", x@evil.example", passed, spam(1)), actions{complaint.Skipped: 1}, "nobody is named"},
		"spam that came here is no order": {spam(1), actions{complaint.Skipped: 1}, "is not one of those"},
		"what is forwarded inline has no trace": {
			strings.Replace(forwarded(friend, passed), "multipart/mixed; boundary=b1", "text/plain", 1), actions{complaint.Skipped: 1}, "as an attachment",
		},
		"what is no message is left out": {forwarded(friend, passed, "hello\r\n", spam(1)), actions{complaint.Skipped: 1, complaint.Sent: 1}, ""},
		"the same spam twice is one":     {forwarded(friend, passed, spam(1), spam(1)), actions{complaint.Sent: 1, complaint.Duplicate: 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newUnpackingRig(t, tc.message)
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if got := r.actions(); !maps.Equal(got, tc.want) || r.queued(t) != tc.want[complaint.Sent] {
				t.Errorf("%v, want %v", got, tc.want)
			}
			if why := r.seen[0].Why; !strings.Contains(why, tc.why) {
				t.Errorf("why: %s", why)
			}
			if marked := r.folder.marked[1] > 0; marked != (tc.want[complaint.Sent] > 0) {
				t.Errorf("marked: %v", marked)
			}
			if err := r.run(t); err != nil || len(r.seen) != 0 {
				t.Errorf("a second sweep sees %d messages, %v", len(r.seen), err)
			}
		})
	}
}

func TestTheForwarderIsHidden(t *testing.T) {
	evidence := strings.Replace(spam(1), "buy\r\n", "buy, dear friend@friends.example\r\n", 1)
	r := newUnpackingRig(t, forwarded(friend, passed, evidence))
	r.sweep.Stages.Composer.Redact = true
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	c := r.seen[0].Complaint
	if c == nil || !strings.Contains(string(c.Raw), "buy, dear") || strings.Contains(string(c.Raw), "friend@") {
		t.Errorf("%s", c.Raw)
	}
}

// desksBut answers as desks does, but is not reached about one address.
type desksBut struct {
	*desks
	down netip.Addr
}

func (d desksBut) IP(ctx context.Context, addr netip.Addr) (lookup.Result, error) {
	if addr == d.down {
		return lookup.Result{}, fmt.Errorf("lookup: %w", lookup.ErrUnreachable)
	}
	return d.desks.IP(ctx, addr)
}

// TestOneOfSeveralThatWaitsIsTakenUpAgain: several messages lie at one place of
// the mailbox, and the registry of one of them is down.
func TestOneOfSeveralThatWaitsIsTakenUpAgain(t *testing.T) {
	for _, down := range []int{1, 2, 3} {
		t.Run(fmt.Sprint("message ", down), func(t *testing.T) {
			r := newUnpackingRig(t, forwarded(friend, passed, spam(1), spam(2), spam(3)))
			r.sweep.Stages.Desks = desksBut{r.desks, netip.AddrFrom4([4]byte{198, 51, 100, byte(down)})}
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if r.queued(t) != 2 || r.actions()[complaint.Deferred] != 1 || r.folder.marked[1] != 0 {
				t.Fatalf("%v, marked %v", r.actions(), r.folder.marked)
			}
			r.sweep.Stages.Desks = r.desks
			later := time.Now().Add(time.Hour)
			r.sweep.Stages.Now = func() time.Time { return later }
			if err := r.run(t); err != nil {
				t.Fatal(err)
			}
			if r.queued(t) != 3 || r.folder.marked[1] != 1 {
				t.Errorf("%d queued, marked %v", r.queued(t), r.folder.marked)
			}
		})
	}
}

func TestASweepOfForwardedSpamKilledAtAnyStep(t *testing.T) {
	message := forwarded(friend, passed, spam(1), spam(2))
	whole := newUnpackingRig(t, message)
	if err := whole.run(t); err != nil {
		t.Fatal(err)
	}
	for dieAt := 1; dieAt <= whole.folder.steps; dieAt++ {
		r := newUnpackingRig(t, message)
		r.folder.dieAt = dieAt
		if err := r.run(t); !errors.Is(err, errKilled) {
			t.Fatalf("step %d: the sweep went on: %v", dieAt, err)
		}
		r.folder.dieAt = 0
		if err := r.run(t); err != nil {
			t.Fatal(err)
		}
		if r.queued(t) != 2 || r.folder.marked[1] == 0 {
			t.Errorf("step %d: %d queued, marked %v", dieAt, r.queued(t), r.folder.marked)
		}
	}
}
