package relay_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay"
	"spamreport/relay/resolver"
)

// internet is a small one on loopback: a name server, and mail servers at
// 127.0.0.2 and up, which all listen on one port.
type internet struct {
	dns   *servertest.NameServer
	port  int
	relay *relay.Relay
	route *relay.Exchangers
}

func newInternet(t *testing.T, records ...string) *internet {
	t.Helper()
	n := &internet{dns: servertest.DNS(t, records...), port: servertest.FreePorts(t, 1)[0]}
	n.route = &relay.Exchangers{
		Resolver: &resolver.Client{Servers: []string{n.dns.Addr}, Timeout: time.Minute},
		HELO:     "client.example", Port: n.port, Timeout: time.Minute,
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	s := openStore(t, filepath.Join(t.TempDir(), "relay.db"))
	n.relay = &relay.Relay{Queue: s.Queue(), Route: n.route, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	return n
}

// server starts a mail server at an address.
func (n *internet) server(t *testing.T, addr string, script func(string) string) *sink {
	t.Helper()
	return newSinkAt(t, net.JoinHostPort(addr, strconv.Itoa(n.port)), script)
}

func TestMailFindsTheServersOfItsDomain(t *testing.T) {
	const two, three = "127.0.0.2", "127.0.0.3"
	both := []string{"d.example. MX 10 two.d.example.", "d.example. MX 20 three.d.example.", "two.d.example. A " + two, "three.d.example. A " + three}
	tests := []struct {
		name    string
		records []string
		up      map[string]func(string) string // servers that run, with their scripts
		state   relay.State
		at      string // where it arrives
		reply   string // part of the last reply
	}{
		{"the preferred one gets it", both, map[string]func(string) string{two: nil, three: nil}, relay.Delivered, two, ""},
		{"nobody listens at the preferred one", both, map[string]func(string) string{three: nil}, relay.Delivered, three, ""},
		{"the preferred one is busy", both, map[string]func(string) string{two: on("CONNECT", "421 4.3.2 busy"), three: nil}, relay.Delivered, three, ""},
		{"the preferred one lets nobody in", both, map[string]func(string) string{two: on("CONNECT", "554 5.7.1 no"), three: nil}, relay.Delivered, three, ""},
		{"the preferred one hangs up", both, map[string]func(string) string{two: on("CONNECT", hangUp), three: nil}, relay.Delivered, three, ""},
		{"no server is up", both, nil, relay.Retrying, "", "connection refused"},
		{"every server is busy", both, map[string]func(string) string{two: on("CONNECT", "421 4.3.2 busy"), three: on("CONNECT", "421 4.3.2 busy")}, relay.Retrying, "", "busy"},
		{
			"a server has two addresses, and one works",
			[]string{"d.example. MX 1 x.d.example.", "x.d.example. A " + two, "x.d.example. A " + three},
			map[string]func(string) string{three: nil},
			relay.Delivered, three, "",
		},
		{
			"IPv6 does not work from here, IPv4 does",
			[]string{"d.example. MX 1 x.d.example.", "x.d.example. AAAA ::1", "x.d.example. A " + two},
			map[string]func(string) string{two: nil},
			relay.Delivered, two, "",
		},
		{
			"a server without an address does not stop the next",
			[]string{"d.example. MX 1 gone.d.example.", "d.example. MX 2 x.d.example.", "x.d.example. A " + two},
			map[string]func(string) string{two: nil},
			relay.Delivered, two, "",
		},
		{"a domain without MX", []string{"d.example. A " + two}, map[string]func(string) string{two: nil}, relay.Delivered, two, ""},
		{"a domain that takes no mail", []string{"d.example. MX 0 ."}, nil, relay.Failed, "", "556 5.1.10"},
		{"a domain that does not exist", nil, nil, relay.Failed, "", "550 5.1.2"},
		{"a domain without any address", []string{"d.example. TXT x"}, nil, relay.Failed, "", "550 5.4.4"},
		{"a loop", []string{"d.example. MX 1 client.example."}, nil, relay.Failed, "", "554 5.4.6"},
		{"a server in the private network", []string{"d.example. A 192.168.1.1"}, nil, relay.Failed, "", "554 5.4.4"},
		{"the recipient is refused", both, map[string]func(string) string{two: on("RCPT", "550 5.1.1 who?"), three: nil}, relay.Failed, "", "550 5.1.1 who?"},
		{"the recipient is greylisted", both, map[string]func(string) string{two: on("RCPT", "450 4.2.0 later"), three: nil}, relay.Retrying, "", "450 4.2.0 later"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := newInternet(t, test.records...)
			if strings.Contains(test.name, "IPv6") {
				n.route.AllowPrivate = append(n.route.AllowPrivate, netip.MustParsePrefix("::1/128"))
			}
			servers := map[string]*sink{}
			for addr, script := range test.up {
				servers[addr] = n.server(t, addr, script)
			}
			id := submit(t, n.relay, "x", "someone@d.example")
			if _, err := n.relay.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := states(t, n.relay, id)["someone@d.example"]
			if got.State != test.state || !strings.Contains(got.Reply.String(), test.reply) {
				t.Errorf("%s: %q, want %s: %q", got.State, got.Reply, test.state, test.reply)
			}
			for addr, s := range servers {
				if arrived := len(s.received()) > 0; arrived != (addr == test.at) {
					t.Errorf("arrived at %s: %v, want it at %q", addr, arrived, test.at)
				}
			}
		})
	}
}

func TestAServerThatBreaksDownInATransactionIsPassedOverTheNextTime(t *testing.T) {
	const two, three = "127.0.0.2", "127.0.0.3"
	records := []string{"d.example. MX 10 two.d.example.", "d.example. MX 20 three.d.example.", "two.d.example. A " + two, "three.d.example. A " + three}
	tests := []struct {
		name       string
		two, three func(string) string
		second     relay.State // after the second attempt
	}{
		{"it closes down at MAIL", on("MAIL", "421 4.3.2 closing"), nil, relay.Delivered},
		{"it hangs up at DATA", on("DATA", hangUp), nil, relay.Delivered},
		{"it puts the recipient off, which says nothing of the server", on("RCPT", "451 4.7.1 later"), nil, relay.Retrying},
		{"so do all", on("MAIL", "421 4.3.2 closing"), on("MAIL", "421 4.3.2 closing"), relay.Retrying},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newInternet(t, records...)
			n.server(t, two, tt.two)
			n.server(t, three, tt.three)
			id := submit(t, n.relay, "x", "someone@d.example")
			for _, want := range []relay.State{relay.Retrying, tt.second} {
				if _, err := n.relay.Queue.(relay.Desk).Retry(t.Context(), time.Now(), id); err != nil {
					t.Fatal(err)
				}
				if _, err := n.relay.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := states(t, n.relay, id)["someone@d.example"]; got.State != want {
					t.Errorf("%s (%s), want %s", got.State, got.Reply, want)
				}
			}
		})
	}
}

func TestADomainWhoseDNSIsDownWaits(t *testing.T) {
	n := newInternet(t)
	n.dns.Break("d.example")
	id := submit(t, n.relay, "x", "someone@d.example")
	if _, err := n.relay.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, n.relay, id)["someone@d.example"]; got.State != relay.Retrying || !strings.Contains(got.Reply.Text, "SERVFAIL") {
		t.Errorf("%+v", got)
	}
}

func TestANetworkThatLetsNoMailOutIsSaid(t *testing.T) {
	// Linux refuses to connect to a group at once: the network is unreachable.
	n := newInternet(t, "d.example. A 224.0.0.9")
	n.route.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("224.0.0.0/4")}
	submit(t, n.relay, "x", "someone@d.example")
	_, err := n.relay.Flush(t.Context())
	var temporary *relay.Temporary
	if !errors.Is(err, relay.ErrBlocked) || !errors.As(err, &temporary) {
		t.Errorf("error %v, want a temporary ErrBlocked", err)
	}
}

func TestOneMessageGoesToEachOfItsDomains(t *testing.T) {
	n := newInternet(t, "a.example. A 127.0.0.2", "b.example. A 127.0.0.3")
	a, b := n.server(t, "127.0.0.2", nil), n.server(t, "127.0.0.3", nil)
	id := submit(t, n.relay, "x", "one@a.example", "two@A.example", "three@b.example", "four@c.example")
	report, err := n.relay.Flush(t.Context())
	if err != nil || report.Delivered != 3 || report.Failed != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := a.received(); len(got) != 1 || len(got[0].to) != 2 {
		t.Errorf("a.example got %+v, want one message to two", got)
	}
	if got := b.received(); len(got) != 1 || len(got[0].to) != 1 {
		t.Errorf("b.example got %+v, want one message to one", got)
	}
	if got := states(t, n.relay, id)["four@c.example"]; got.State != relay.Failed {
		t.Errorf("the domain that does not exist: %+v", got)
	}
}

// crowd counts connections at once.
type crowd struct {
	mu        sync.Mutex
	now, most int
}

func (c *crowd) script(line string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch line {
	case "CONNECT":
		c.now++
		c.most = max(c.most, c.now)
	case "QUIT":
		c.now--
	}
	return ""
}

func TestConnectionsToADomainAreFewAndUsedAgain(t *testing.T) {
	n := newInternet(t, "a.example. A 127.0.0.2")
	var c crowd
	server := n.server(t, "127.0.0.2", c.script)
	for i := range 60 {
		submit(t, n.relay, fmt.Sprint("m", i), "someone@a.example")
	}
	report, err := n.relay.Flush(t.Context())
	if err != nil || report.Delivered != 60 {
		t.Fatalf("%+v, %v", report, err)
	}
	if c.most > 2 || server.connections > 4 {
		t.Errorf("%d connections at once, %d in all; want 2 and few", c.most, server.connections)
	}
}

func TestMoreThanTheBacklogHoldsGoesOutInOneFlush(t *testing.T) {
	n := newInternet(t, "a.example. A 127.0.0.2")
	server := n.server(t, "127.0.0.2", nil)
	const messages = 300
	for i := range messages {
		submit(t, n.relay, fmt.Sprint("m", i), "someone@a.example")
	}
	report, err := n.relay.Flush(t.Context())
	if err != nil || report.Delivered != messages {
		t.Fatalf("%d delivered, %d put off, %v", report.Delivered, report.PutOff, err)
	}
	for id, count := range arrivals(server) {
		if count != 1 {
			t.Errorf("%s arrived %d times", id, count)
		}
	}
}

func TestADestinationThatFailsHoldsUpNoOther(t *testing.T) {
	for name, script := range map[string]func(string) string{
		"busy at the greeting":     on("CONNECT", "421 4.3.2 too many connections"),
		"busy in the transaction":  on("MAIL", "421 4.7.0 try again later"),
		"temporary at the end":     on(".", "451 4.3.0 not now"),
		"resets in the data":       on("DATA", hangUpInData),
		"an endless reply":         on("MAIL", strings.Repeat("250-more\r\n", 100_000)+"250 end"),
		"nonsense in the greeting": on("CONNECT", "HTTP/1.1 400 Bad Request"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newInternet(t, "bad.example. A 127.0.0.2", "good.example. A 127.0.0.3")
			bad := n.server(t, "127.0.0.2", script)
			n.server(t, "127.0.0.3", nil)
			for i := range 20 {
				submit(t, n.relay, fmt.Sprint("b", i), "someone@bad.example")
				submit(t, n.relay, fmt.Sprint("g", i), "someone@good.example")
			}
			report, err := n.relay.Flush(t.Context())
			if err != nil || report.Delivered != 20 || report.Failed != 0 || report.Retrying+report.PutOff != 20 {
				t.Errorf("delivered %d, retrying %d, put off %d, failed %d, %v",
					report.Delivered, report.Retrying, report.PutOff, report.Failed, err)
			}
			if strings.HasPrefix(name, "busy") && bad.connections > 4 {
				t.Errorf("%d connections to a server that says it is busy", bad.connections)
			}
		})
	}
}

func TestWhatIsPutOffSaysWhyAndCountsNoAttempt(t *testing.T) {
	n := newInternet(t, "bad.example. A 127.0.0.2")
	n.route.Connections = 1
	n.server(t, "127.0.0.2", on("CONNECT", "421 4.3.2 too many connections"))
	submit(t, n.relay, "first", "someone@bad.example")
	second := submit(t, n.relay, "second", "someone@bad.example")
	if _, err := n.relay.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := states(t, n.relay, second)["someone@bad.example"]
	if got.State != relay.Queued || got.Attempts != 0 || !strings.Contains(got.Reply.Text, "too many connections") || got.Leased {
		t.Errorf("%+v", got)
	}
	if wait := time.Until(got.Next); wait < 30*time.Second || wait > 2*time.Minute {
		t.Errorf("put off for %v", wait)
	}
}

func TestMailLeavesFromTheAddressOfItsSubmitter(t *testing.T) {
	n := newInternet(t, "a.example. A 127.0.0.2", "a.example. AAAA ::1")
	server := n.server(t, "127.0.0.2", nil)
	nine := netip.MustParseAddr("127.0.0.9")
	n.route.HELOFrom = map[netip.Addr]string{nine: "nine.example"}
	n.relay.SourceFor = func(submitter string) netip.Addr {
		if submitter == "shop" {
			return nine
		}
		return netip.Addr{}
	}
	for _, submitter := range []string{"shop", ""} {
		s := relay.Submission{
			ID: relay.NewID(), Message: message("from " + submitter), Queued: time.Now(), Submitter: submitter,
			Envelope: relay.Envelope{From: alice, To: []string{"someone@a.example"}},
		}
		if err := n.relay.Queue.Enqueue(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if report, err := n.relay.Flush(t.Context()); err != nil || report.Delivered != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, m := range server.received() {
		shop := strings.Contains(string(m.data), "from shop")
		if got := strings.HasPrefix(m.from, "127.0.0.9:"); got != shop {
			t.Errorf("mail of the shop %v came from %s", shop, m.from)
		}
		if got := strings.Contains(m.helo, "nine.example"); got != shop {
			t.Errorf("mail of the shop %v came with %s", shop, m.helo)
		}
	}
}
