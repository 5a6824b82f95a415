package relay_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

const (
	alice = "alice@example.org"
	desk  = "abuse@example.net"
	noc   = "noc@example.net"
)

// message is a complete message with a subject.
func message(subject string) []byte {
	return []byte("From: " + alice + "\r\nTo: " + desk + "\r\nSubject: " + subject +
		"\r\nMessage-ID: <" + subject + "@example.org>\r\n\r\nText.\r\n.dot\r\n..dots\r\n.\r\n")
}

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newRelay makes a relay with a queue of its own that delivers to addr.
func newRelay(t testing.TB, addr string) *relay.Relay {
	t.Helper()
	s := openStore(t, storetest.Name(t))
	return &relay.Relay{
		Queue: s.Queue(),
		Route: &relay.Smarthost{Address: addr, HELO: "client.example", Timeout: time.Minute},
		Log:   slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// smarthost is the route of a relay that newRelay made.
func smarthost(r *relay.Relay) *relay.Smarthost { return r.Route.(*relay.Smarthost) }

func submit(t testing.TB, r *relay.Relay, subject string, to ...string) string {
	t.Helper()
	id, err := r.Submit(context.Background(), relay.Envelope{From: alice, To: to}, message(subject))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// states returns the state of each recipient of a message.
func states(t testing.TB, r *relay.Relay, id string) map[string]relay.Item {
	t.Helper()
	all := []relay.State{relay.Queued, relay.Retrying, relay.OnHold, relay.Delivered, relay.Failed, relay.Dropped}
	items, err := r.Queue.(relay.Desk).List(context.Background(), relay.Filter{ID: id, States: all})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]relay.Item)
	for _, i := range items {
		found[i.Recipient] = i
	}
	return found
}

func TestMessagesArriveUnchangedOverOneConnection(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	for i := range 20 {
		submit(t, r, fmt.Sprint("s", i), desk)
	}
	report, err := r.Flush(t.Context())
	if err != nil || report.Delivered != 20 {
		t.Fatalf("report %+v, error %v", report, err)
	}
	for i, m := range sink.received() {
		if want := string(message(fmt.Sprint("s", i))); string(m.data) != want {
			t.Errorf("message %d arrived as %q, want %q", i, m.data, want)
		}
	}
	if sink.connections != 1 {
		t.Errorf("%d connections, want 1", sink.connections)
	}
	again, err := r.Flush(t.Context())
	if err != nil || again.Delivered != 0 || len(sink.received()) != 20 {
		t.Errorf("a second flush: %+v, %v; %d messages arrived", again, err, len(sink.received()))
	}
}

// on answers lines that start with a prefix.
func on(prefix, answer string) func(string) string {
	return func(line string) string {
		if strings.HasPrefix(line, prefix) {
			return answer
		}
		return ""
	}
}

func TestWhatTheSmarthostSaysDecides(t *testing.T) {
	tests := []struct {
		name   string
		script func(string) string
		state  relay.State // of the recipient desk
		other  relay.State // of the recipient noc
		reply  string      // part of the reply that is kept for desk
		stops  error       // what Flush returns, nil when it goes on
	}{
		{"everything fine", nil, relay.Delivered, relay.Delivered, "250 2.0.0 taken", nil},
		{
			"one recipient unknown", on("RCPT TO:<"+desk, "550 5.1.1 no such user"),
			relay.Failed, relay.Delivered, "550 5.1.1 no such user", nil,
		},
		{
			"one recipient greylisted", on("RCPT TO:<"+desk, "450 4.2.0 come back later"),
			relay.Retrying, relay.Delivered, "450 4.2.0 come back later", nil,
		},
		{
			"552 at RCPT means too many recipients", on("RCPT TO:<"+desk, "552 too many"),
			relay.Retrying, relay.Delivered, "452 4.5.3 too many", nil,
		},
		{
			"a reply of several lines is kept as one", on("RCPT TO:<"+desk, "550-5.7.1 blocked,\r\n550 5.7.1 see https://x.example/"),
			relay.Failed, relay.Delivered, "550 5.7.1 blocked, see https://x.example/", nil,
		},
		{
			"the sender is refused for now", on("MAIL", "451 4.3.0 busy"),
			relay.Retrying, relay.Retrying, "451 4.3.0 busy", nil,
		},
		{
			"the sender is refused for good", on("MAIL", "553 5.7.1 not yours"),
			relay.Failed, relay.Failed, "553 5.7.1 not yours", nil,
		},
		{
			"DATA is refused", on("DATA", "451 4.3.2 no"),
			relay.Retrying, relay.Retrying, "451 4.3.2 no", nil,
		},
		{
			"the message is refused", on(".", "554 5.7.0 looks like spam"),
			relay.Failed, relay.Failed, "554 5.7.0 looks like spam", nil,
		},
		{
			"the disk of the smarthost is full", on(".", "452 4.3.1 full"),
			relay.Retrying, relay.Retrying, "452 4.3.1 full", nil,
		},
		{
			"the connection breaks in the middle of the message", on("DATA", hangUpInData),
			relay.Retrying, relay.Retrying, "", nil,
		},
		{
			"the connection breaks before the last reply", on(".", hangUp),
			relay.Retrying, relay.Retrying, "", nil,
		},
		{
			"the smarthost closes down", on("RCPT TO:<"+desk, "421 4.3.2 closing"),
			relay.Retrying, relay.Retrying, "421 4.3.2 closing", nil,
		},
		{
			"the smarthost talks nonsense", on("MAIL", "what?"),
			relay.Retrying, relay.Retrying, "what?", nil,
		},
		{
			"a code that means nothing", on("MAIL", "999 hello"),
			relay.Retrying, relay.Retrying, "999 hello", nil,
		},
		{
			"control characters do not reach the log", on("MAIL", "550 \x1b[31mred"),
			relay.Failed, relay.Failed, "550 ?[31mred", nil,
		},
		{
			"no log-in configured but wanted", on("MAIL", "530 5.7.0 Authentication required"),
			relay.Retrying, relay.Retrying, "Authentication required", relay.ErrAuthRefused,
		},
		{
			"the greeting is a refusal", on("CONNECT", "554 5.7.1 go away"),
			relay.Retrying, relay.Retrying, "go away", &relay.Temporary{},
		},
		{
			"no greeting but a reset", on("CONNECT", hangUp),
			relay.Retrying, relay.Retrying, "", &relay.Temporary{},
		},
	}
	for i := range 2 * len(tests) {
		test, pipelined := tests[i/2], i%2 == 1
		t.Run(fmt.Sprintf("%s, pipelined %v", test.name, pipelined), func(t *testing.T) {
			t.Parallel()
			sink := newSink(t, test.script)
			if pipelined {
				sink.extensions = append(sink.extensions, "PIPELINING")
			}
			r := newRelay(t, sink.addr)
			id := submit(t, r, "x", desk, noc)
			_, err := r.Flush(t.Context())
			checkStop(t, err, test.stops)
			got := states(t, r, id)
			if got[desk].State != test.state || got[noc].State != test.other {
				t.Errorf("states %s and %s, want %s and %s", got[desk].State, got[noc].State, test.state, test.other)
			}
			if reply := got[desk].Reply.String(); !strings.Contains(reply, test.reply) || reply == "" {
				t.Errorf("reply %q, want %q", reply, test.reply)
			}
			for _, item := range got {
				if waits := item.State == relay.Retrying; waits != item.Next.After(time.Now()) {
					t.Errorf("%s is %s and next tried at %v", item.Recipient, item.State, item.Next)
				}
				if item.Attempts != 1 || item.Leased {
					t.Errorf("%d attempts, leased %v", item.Attempts, item.Leased)
				}
			}
		})
	}
}

// checkStop compares what Flush returned: nil, any Temporary, or a sentinel.
func checkStop(t *testing.T, err, want error) {
	t.Helper()
	var temporary, any *relay.Temporary
	switch {
	case want == nil:
		if err != nil {
			t.Errorf("unexpected error %v", err)
		}
	case errors.As(want, &any):
		if !errors.As(err, &temporary) {
			t.Errorf("error %v, want a Temporary", err)
		}
	case !errors.Is(err, want):
		t.Errorf("error %v, want %v", err, want)
	}
}

func TestWithoutASmarthostTheMailWaits(t *testing.T) {
	r := newRelay(t, "")
	r.Route = nil
	if _, err := r.Flush(t.Context()); err != nil {
		t.Errorf("an empty queue needs no smarthost, but %v", err)
	}
	id := submit(t, r, "x", desk)
	if _, err := r.Flush(t.Context()); !errors.Is(err, relay.ErrNoRoute) {
		t.Errorf("error %v, want ErrNoRoute", err)
	}
	if s := states(t, r, id)[desk]; s.State != relay.Queued {
		t.Errorf("the message is %s", s.State)
	}
}

func TestASmarthostThatIsDownPostponesTheFirstMessageOnly(t *testing.T) {
	r := newRelay(t, servertest.Loopback(servertest.FreePorts(t, 1)[0])) // nobody listens there
	first := submit(t, r, "one", desk)
	second := submit(t, r, "two", desk)
	_, err := r.Flush(t.Context())
	checkStop(t, err, &relay.Temporary{})
	if s := states(t, r, first)[desk]; s.State != relay.Retrying || time.Until(s.Next) > 40*time.Minute {
		t.Errorf("the first message: %+v", s)
	}
	if s := states(t, r, second)[desk]; s.State != relay.Queued || s.Leased {
		t.Errorf("the second message: %+v", s)
	}
}

func TestASmarthostThatKeepsBreakingIsLeftAlone(t *testing.T) {
	sink := newSink(t, on("DATA", hangUpInData))
	r := newRelay(t, sink.addr)
	for i := range 10 {
		submit(t, r, fmt.Sprint(i), desk)
	}
	report, err := r.Flush(t.Context())
	checkStop(t, err, &relay.Temporary{})
	if report.Retrying != 3 || sink.connections != 3 {
		t.Errorf("%d messages tried over %d connections, want 3", report.Retrying, sink.connections)
	}
}

// hollow is a queue in which the text of every message is gone.
type hollow struct{ relay.Queue }

func (hollow) Message(context.Context, string) ([]byte, error) { return nil, relay.ErrNotQueued }

func TestAMessageWithoutItsTextFailsAlone(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	submit(t, r, "one", desk)
	submit(t, r, "two", desk)
	// A program that has just accepted them need not read them.
	r = &relay.Relay{Queue: hollow{r.Queue}, Route: r.Route}
	if report, err := r.Flush(t.Context()); err != nil || report.Failed != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestAMessageThatIsTooOldFails(t *testing.T) {
	sink := newSink(t, on("RCPT", "450 4.2.0 later"))
	r := newRelay(t, sink.addr)
	s := relay.Submission{
		ID: relay.NewID(), Message: message("old"), Queued: time.Now().Add(-6 * 24 * time.Hour),
		Envelope: relay.Envelope{From: alice, To: []string{desk}},
	}
	if err := r.Queue.Enqueue(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, r, s.ID)[desk]; got.State != relay.Failed || !strings.Contains(got.Reply.Text, "later") {
		t.Errorf("%+v", got)
	}
}

func TestManyRecipientsAreSplitIntoTransactions(t *testing.T) {
	sink := newSink(t, nil)
	r := newRelay(t, sink.addr)
	var to []string
	for i := range 250 {
		to = append(to, fmt.Sprintf("r%d@example.net", i))
	}
	submit(t, r, "many", to...)
	report, err := r.Flush(t.Context())
	if err != nil || report.Delivered != 250 {
		t.Fatalf("%+v, %v", report, err)
	}
	if n := len(sink.received()); n != 3 {
		t.Errorf("%d transactions, want 3", n)
	}
}

func TestStoppingLetsTheTransactionInFlightEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	sink := newSink(t, func(line string) string {
		if line == "DATA" {
			stop()
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	first := submit(t, r, "one", desk)
	second := submit(t, r, "two", desk)
	report, err := r.Flush(ctx)
	if !errors.Is(err, context.Canceled) || report.Delivered != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if s := states(t, r, first)[desk]; s.State != relay.Delivered {
		t.Errorf("the message in flight is %s", s.State)
	}
	if s := states(t, r, second)[desk]; s.State != relay.Queued || s.Leased {
		t.Errorf("the other message: %+v", s)
	}
}

func TestStoppingDoesNotWaitForEver(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan struct{})
	defer close(ended)
	sink := newSink(t, func(line string) string {
		if line == "." {
			stop()
			<-ended
		}
		return ""
	})
	r := newRelay(t, sink.addr)
	r.Grace = 50 * time.Millisecond
	id := submit(t, r, "one", desk)
	if _, err := r.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if s := states(t, r, id)[desk]; s.State != relay.Retrying || s.Leased {
		t.Errorf("the message: %+v", s)
	}
}
