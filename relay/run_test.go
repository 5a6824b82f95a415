package relay_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spamreport/relay"
)

// start runs a relay until the function that it returns is called, which
// checks that it stopped in good order.
func start(t *testing.T, r *relay.Relay) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = func() {
		t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("Run does not stop")
		}
	}
	return stop
}

// eventually waits for something that another goroutine brings about.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

func arrived(s *sink, n int) func() bool { return func() bool { return len(s.received()) == n } }

func TestRunDeliversWhatIsSubmittedWhileItRuns(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	r.Poll = time.Hour // it must not need to look
	submit(t, r, "before", desk)
	stop := start(t, r)
	eventually(t, "what was queued before arrives", arrived(sink, 1))
	submit(t, r, "meanwhile", desk)
	eventually(t, "what comes in arrives", arrived(sink, 2))
	if sink.connections != 1 {
		t.Errorf("%d connections, want the first to be used again", sink.connections)
	}
	stop()
}

func TestARushIsDeliveredOnceItIsOver(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	r.Poll = time.Hour // it must not need to look
	defer start(t, r)()
	const many = 100
	for n := range many {
		submit(t, r, fmt.Sprint("message ", n), desk)
	}
	eventually(t, "all of it arrives", arrived(sink, many))
}

func TestRunFindsWhatAnotherProcessQueues(t *testing.T) {
	sink := newSink(t, nil)
	path := filepath.Join(t.TempDir(), "relay.db")
	r := newRelay(t, sink.addr)
	r.Queue, r.Poll = openStore(t, path).Queue(), 20*time.Millisecond
	stop := start(t, r)
	submit(t, &relay.Relay{Queue: openStore(t, path).Queue()}, "elsewhere", desk)
	eventually(t, "it arrives", arrived(sink, 1))
	stop()
}

func TestRunTriesAgainWhenTheTimeHasCome(t *testing.T) {
	var tries atomic.Int32
	sink := newSink(t, func(line string) string {
		if strings.HasPrefix(line, "RCPT") && tries.Add(1) < 3 {
			return "450 4.2.0 greylisted"
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	r.Poll = time.Hour
	r.Schedule = relay.Schedule{Delays: []time.Duration{20 * time.Millisecond}, Expire: time.Hour}
	id := submit(t, r, "x", desk)
	stop := start(t, r)
	eventually(t, "the third try succeeds", arrived(sink, 1))
	stop()
	if s := states(t, r, id)[desk]; s.State != relay.Delivered || s.Attempts != 3 {
		t.Errorf("%+v", s)
	}
}

func TestAConnectionThatTheServerClosedMeanwhileIsNoAttempt(t *testing.T) {
	for name, answer := range map[string]string{"a reset": hangUp, "421": "421 4.4.2 idle for too long"} {
		t.Run(name, func(t *testing.T) {
			var mails atomic.Int32
			sink := newSink(t, func(line string) string {
				if strings.HasPrefix(line, "MAIL") && mails.Add(1) == 2 {
					return answer
				}
				return ""
			})
			r := newRelay(t, sink.addr)
			stop := start(t, r)
			submit(t, r, "one", desk)
			eventually(t, "the first arrives", arrived(sink, 1))
			id := submit(t, r, "two", desk)
			eventually(t, "the second arrives", arrived(sink, 2))
			stop()
			if s := states(t, r, id)[desk]; s.State != relay.Delivered || s.Attempts != 1 || sink.connections != 2 {
				t.Errorf("%+v over %d connections", s, sink.connections)
			}
		})
	}
}

func TestASmarthostThatIsDownIsLeftAloneByRun(t *testing.T) {
	var up atomic.Bool
	var connections atomic.Int32
	sink := newSink(t, func(line string) string {
		if line == "CONNECT" && !up.Load() {
			connections.Add(1)
			return "421 4.3.2 down"
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	r.Poll = 5 * time.Millisecond
	first := submit(t, r, "one", desk)
	second := submit(t, r, "two", desk)
	stop := start(t, r)
	eventually(t, "the first was tried", func() bool { return states(t, r, first)[desk].State == relay.Retrying })
	time.Sleep(100 * time.Millisecond) // many polls
	stop()
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections to a smarthost that is down", n)
	}
	if s := states(t, r, second)[desk]; s.State != relay.Queued || s.Leased || s.Attempts != 0 {
		t.Errorf("the second message: %+v", s)
	}
}

func TestASlowDomainHoldsUpNoOther(t *testing.T) {
	n := newInternet(t, "slow.example. A 127.0.0.2", "good.example. A 127.0.0.3")
	free := make(chan struct{})
	n.server(t, "127.0.0.2", func(line string) string {
		if line == "CONNECT" {
			<-free // says nothing
		}
		return ""
	})
	good := n.server(t, "127.0.0.3", nil)
	n.relay.Grace = 50 * time.Millisecond
	const messages = 400 // more than the backlog of one domain holds
	for i := range messages {
		submit(t, n.relay, fmt.Sprint("s", i), "someone@slow.example")
	}
	for i := range 30 {
		submit(t, n.relay, fmt.Sprint("g", i), "someone@good.example")
	}
	stop := start(t, n.relay)
	eventually(t, "the mail for the other domain arrives", arrived(good, 30))
	close(free)
	stop()
	items, err := n.relay.Queue.(relay.Desk).List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if i.Leased {
			t.Fatalf("still leased after the end: %+v", i)
		}
	}
}

func TestRunStopsWithinTheGrace(t *testing.T) {
	inData := make(chan struct{}, 1)
	var stopped atomic.Bool
	sink := newSink(t, func(line string) string {
		if line == "." {
			inData <- struct{}{}
			for !stopped.Load() {
				time.Sleep(time.Millisecond)
			}
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	r.Grace = 50 * time.Millisecond
	id := submit(t, r, "x", desk)
	stop := start(t, r)
	<-inData
	stop()
	stopped.Store(true)
	if s := states(t, r, id)[desk]; s.State != relay.Retrying || s.Leased {
		t.Errorf("%+v", s)
	}
}

func TestRunWithoutARouteSaysSo(t *testing.T) {
	r := newRelay(t, "")
	r.Route = nil
	if err := r.Run(t.Context()); !errors.Is(err, relay.ErrNoRoute) {
		t.Errorf("%v", err)
	}
}

// shaky is a queue that cannot record anything for a while.
type shaky struct {
	relay.Queue
	failures *atomic.Int32
}

func (s shaky) Settle(ctx context.Context, id string, now time.Time, o []relay.Outcome) error {
	if s.failures.Add(-1) >= 0 {
		return errors.New("the disk is full")
	}
	return s.Queue.Settle(ctx, id, now, o)
}

func TestRunDoesNotForgetWhatWasDeliveredOnAFullDisk(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	var failures atomic.Int32
	failures.Store(3)
	desked := r.Queue
	r.Queue = shaky{r.Queue, &failures}
	id := submit(t, r, "x", desk)
	stop := start(t, r)
	eventually(t, "the delivery is on record", func() bool {
		r := &relay.Relay{Queue: desked}
		return states(t, r, id)[desk].State == relay.Delivered
	})
	stop()
	if n := len(sink.received()); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestFlushDoesNotForgetWhatWasDeliveredOnADiskThatIsFullForAWhile(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	var failures atomic.Int32
	failures.Store(3)
	desked := r.Queue
	r.Queue = shaky{r.Queue, &failures}
	id := submit(t, r, "x", desk)
	if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if got := states(t, &relay.Relay{Queue: desked}, id)[desk].State; got != relay.Delivered || len(sink.received()) != 1 {
		t.Errorf("%s, sent %d times", got, len(sink.received()))
	}
}
