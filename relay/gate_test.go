package relay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/relay"
)

// warden is a gate that judges by the first letter of the address.
type warden struct {
	until time.Time
	err   error

	mu    sync.Mutex
	let   []string
	after []string
}

func (w *warden) Admit(_ context.Context, _ time.Time, job relay.Job) ([]relay.Verdict, error) {
	verdicts := make([]relay.Verdict, len(job.Recipients))
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, to := range job.Recipients {
		switch to.Address[0] {
		case 'w':
			verdicts[i] = relay.Verdict{Wait: w.until, Why: "50 a day are sent"}
		case 'r':
			verdicts[i].Refuse = relay.Reply{Code: 550, Status: "5.7.1", Text: "on the suppression list"}
		default:
			w.let = append(w.let, to.Address)
		}
	}
	return verdicts, w.err
}

func (w *warden) Done(_ context.Context, _ time.Time, job relay.Job, outcomes []relay.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, to := range job.Recipients {
		i := slices.IndexFunc(outcomes, func(o relay.Outcome) bool { return o.Recipient == to.Address })
		if i < 0 {
			w.after = append(w.after, to.Address+" not sent")
			continue
		}
		w.after = append(w.after, to.Address+" "+string(outcomes[i].State))
	}
}

func TestTheGateDecidesForEachRecipient(t *testing.T) {
	sink := newSink(t, on("RCPT TO:<gone", "550 5.1.1 who?"))
	r := newRelay(t, sink.addr)
	w := &warden{until: time.Now().Add(time.Hour)}
	r.Gate = w
	id := submit(t, r, "x", "go@x.example", "gone@x.example", "wait@x.example", "refuse@x.example")
	report, err := r.Flush(t.Context())
	if err != nil || report.Delivered != 1 || report.Failed != 2 || report.PutOff != 1 || report.Retrying != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	got := states(t, r, id)
	if s := got["wait@x.example"]; s.State != relay.Queued || s.Attempts != 0 || !s.Next.Equal(w.until.Truncate(time.Millisecond)) || s.Reply.Text != "50 a day are sent" {
		t.Errorf("put off: %+v", s)
	}
	if s := got["refuse@x.example"]; s.State != relay.Failed || s.Reply.Status != "5.7.1" {
		t.Errorf("refused: %+v", s)
	}
	if to := sink.received()[0].to; len(to) != 1 || !strings.Contains(to[0], "go@") {
		t.Errorf("sent to %q", to)
	}
	if after := strings.Join(w.after, ", "); after != "go@x.example delivered, gone@x.example failed" {
		t.Errorf("the gate was told: %s", after)
	}
}

func TestTheGateIsToldWhenNothingWasSent(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan struct{})
	defer close(ended)
	sink := newSink(t, func(line string) string {
		if line == "CONNECT" {
			stop()
			<-ended // no greeting before
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	w := &warden{}
	r.Gate = w
	id := submit(t, r, "x", "go@x.example")
	if _, err := r.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if after := strings.Join(w.after, ", "); after != "go@x.example not sent" {
		t.Errorf("the gate was told: %q", after)
	}
	if s := states(t, r, id)["go@x.example"]; s.State != relay.Queued || s.Attempts != 0 || s.Leased {
		t.Errorf("%+v", s)
	}
}

func TestWhenTheGateFailsTheMailWaits(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	r.Gate = &warden{err: errors.New("the counters cannot be read")}
	id := submit(t, r, "x", "go@x.example")
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := states(t, r, id)["go@x.example"]
	if s.State != relay.Queued || s.Leased || !s.Next.After(time.Now()) || !strings.Contains(s.Reply.Text, "counters") || len(sink.received()) > 0 {
		t.Errorf("%+v", s)
	}
}
