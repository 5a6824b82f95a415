package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// flushVariable makes the test binary a process that flushes a queue: its
// value is the database and the address of the smarthost.
const flushVariable = "RELAY_TEST_FLUSH"

func TestMain(m *testing.M) {
	if job := os.Getenv(flushVariable); job != "" {
		path, addr, _ := strings.Cut(job, "\n")
		if err := flushOnce(path, addr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func flushOnce(path, addr string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	r := relay.Relay{Queue: s.Queue(), Route: &relay.Smarthost{Address: addr, HELO: "client.example"}}
	if _, err := r.Flush(ctx); err != nil {
		return err
	}
	return s.Close()
}

// startFlush starts such a process.
func startFlush(t *testing.T, path, addr string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), flushVariable+"="+path+"\n"+addr)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// fillQueue queues n messages that are told apart by their Message-ID.
func fillQueue(t *testing.T, path string, n int) {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &relay.Relay{Queue: s.Queue()}
	for i := range n {
		submit(t, r, fmt.Sprint("m", i), desk)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// arrivals counts how often each message arrived.
func arrivals(sink *sink) map[string]int {
	count := make(map[string]int)
	for _, m := range sink.received() {
		_, rest, _ := strings.Cut(string(m.data), "Message-ID: <")
		id, _, _ := strings.Cut(rest, "@")
		count[id]++
	}
	return count
}

func TestAKillLosesNothingAndRepeatsAtMostWhatWasInFlight(t *testing.T) {
	t.Parallel()
	const messages, kills = 60, 25
	path := storetest.Name(t)
	fillQueue(t, path, messages)

	// The child is killed when it has sent a random number of lines, so at
	// every stage of a transaction.
	var mu sync.Mutex
	var victim *os.Process
	countdown := 0
	sink := newSink(t, func(line string) string {
		mu.Lock()
		defer mu.Unlock()
		if countdown--; countdown == 0 && victim != nil {
			_ = victim.Kill()
			// Half of the time the answer is on its way before the kill.
			if rand.IntN(2) == 0 {
				time.Sleep(2 * time.Millisecond)
			}
		}
		return ""
	})
	for range kills {
		mu.Lock()
		cmd := startFlush(t, path, sink.addr)
		victim, countdown = cmd.Process, 3+rand.IntN(12)
		mu.Unlock()
		_ = cmd.Wait()
	}
	mu.Lock()
	victim = nil
	mu.Unlock()

	// The next run completes everything, whoever had it leased.
	if err := flushOnce(path, sink.addr); err != nil {
		t.Fatal(err)
	}
	count, repeated := arrivals(sink), 0
	for i := range messages {
		n := count[fmt.Sprint("m", i)]
		if n == 0 {
			t.Errorf("message %d was lost", i)
		}
		repeated += max(n-1, 0)
	}
	if repeated > kills {
		t.Errorf("%d messages were repeated by %d kills", repeated, kills)
	}
	t.Logf("%d kills repeated %d messages", kills, repeated)
}

func TestTwoProcessesDeliverEachMessageOnce(t *testing.T) {
	t.Parallel()
	const messages = 120
	path := storetest.Name(t)
	fillQueue(t, path, messages)
	// The first to come waits for the other, so that both have work.
	both := make(chan struct{}, 2)
	sink := newSink(t, func(line string) string {
		if line == "CONNECT" {
			select {
			case both <- struct{}{}:
			default: // a further connection of theirs
			}
			for wait := 0; len(both) < 2 && wait < 6000; wait++ {
				time.Sleep(10 * time.Millisecond)
			}
		}
		return ""
	})
	one, two := startFlush(t, path, sink.addr), startFlush(t, path, sink.addr)
	for _, cmd := range []*exec.Cmd{one, two} {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	count := arrivals(sink)
	for i := range messages {
		if n := count[fmt.Sprint("m", i)]; n != 1 {
			t.Errorf("message %d arrived %d times", i, n)
		}
	}
	if sink.connections < 2 {
		t.Errorf("only %d process had work", sink.connections)
	}
}

func TestSeveralConnectionsDeliverEachMessageOnce(t *testing.T) {
	t.Parallel()
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	smarthost(r).Connections = 4
	for i := range 100 {
		submit(t, r, fmt.Sprint("m", i), desk)
	}
	if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 100 {
		t.Fatalf("%+v, %v", report, err)
	}
	for id, n := range arrivals(sink) {
		if n != 1 {
			t.Errorf("message %s arrived %d times", id, n)
		}
	}
	if sink.connections < 2 || sink.connections > 4 {
		t.Errorf("%d connections", sink.connections)
	}
}
