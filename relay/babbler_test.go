package relay_test

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/relay"
)

// babbler is a relay in front of a server that says one thing wrong.
type babbler struct {
	t     *testing.T
	relay *relay.Relay
	id    string // of the message in the queue

	stage string // the beginning of the line that is answered wrongly
	reply string
	good  bool     // at the final dot the wrong reply says that the message is taken
	lines []string // extensions

	mu    sync.Mutex
	sane  bool // from now on everything is answered well
	taken int  // messages that the server said 250 for
}

// Marks at the end of what is said wrongly.
const (
	fallSilent  = "\x00silent"
	endOfStream = "\x00end"
	resetStream = "\x00reset"
)

// newBabbler starts a server, and queues a message for it.
func newBabbler(t *testing.T, queue relay.Queue, stage, reply string, pipelined bool) *babbler {
	t.Helper()
	b := &babbler{t: t, stage: stage, reply: reply, lines: []string{"250-sink.example", "250-STARTTLS"}}
	if pipelined {
		b.lines = append(b.lines, "250-PIPELINING")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() { b.serve(conn.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); sessions.Wait() })
	// Where nothing can be delivered in the end, nothing is lost by haste.
	patience, silent := time.Minute, strings.HasSuffix(reply, fallSilent)
	switch {
	case stage == "EHLO" && !silent, stage == "QUIT" && silent: // some are waited for, and yet the message may go out
		patience = 3 * time.Second
	case silent || stage == "CONNECT" || stage == "STARTTLS":
		patience = 100 * time.Millisecond
	}
	b.relay = &relay.Relay{
		Queue: queue,
		Route: &relay.Smarthost{Address: l.Addr().String(), HELO: "client.example", Timeout: patience},
	}
	b.id = submit(t, b.relay, "x", desk)
	return b
}

// serve is one connection.
func (b *babbler) serve(conn *net.TCPConn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	line, sent := "CONNECT", false
	for {
		answer := b.usual(line)
		wrong, is := b.wrong(line)
		if is {
			answer = wrong
		}
		text, mark, marked := strings.Cut(answer, "\x00")
		if !marked {
			text += "\r\n"
		}
		if line == "." && sent && (!is || b.good) {
			b.take()
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			return
		}
		switch "\x00" + mark {
		case fallSilent:
			_, _ = in.WriteTo(nowhere{})
		case resetStream:
			_ = conn.SetLinger(0)
		}
		if marked || line == "QUIT" {
			return
		}
		var err error
		if line == "DATA" && strings.HasPrefix(text, "354") {
			var data []byte
			data, err = readData(in)
			line, sent = ".", len(data) > 0
		} else {
			line, err = in.ReadString('\n')
			line = strings.TrimRight(line, "\r\n")
		}
		if err != nil {
			return
		}
	}
}

// nowhere takes what is said to a server that does not listen any more.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// wrong is what is said wrongly in answer to a line, if it is.
func (b *babbler) wrong(line string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reply, !b.sane && strings.HasPrefix(line, b.stage)
}

func (b *babbler) take() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken++
}

func (b *babbler) has() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken
}

func (b *babbler) usual(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	switch verb {
	case "CONNECT":
		return "220 sink.example ESMTP"
	case "EHLO":
		return strings.Join(append(slices.Clone(b.lines), "250 8BITMIME"), "\r\n")
	case "DATA":
		return "354 go ahead"
	case "QUIT":
		return "221 bye"
	}
	return "250 2.0.0 fine"
}

// deliver tries once. What it returns is not looked at: the queue decides.
func (b *babbler) deliver() relay.Item {
	b.t.Helper()
	_, _ = b.relay.Flush(b.t.Context())
	item := states(b.t, b.relay, b.id)[desk]
	if item.State == "" || item.Leased {
		b.t.Errorf("the message is gone, or leased by nobody: %+v", item)
	}
	return item
}

// recovers lets the server answer well, and the message go out once.
func (b *babbler) recovers() {
	b.t.Helper()
	b.mu.Lock()
	b.sane = true
	b.mu.Unlock()
	smarthost(b.relay).Timeout = time.Minute
	if _, err := b.relay.Queue.(relay.Desk).Retry(b.t.Context(), time.Now(), b.id); err != nil {
		b.t.Fatal(err)
	}
	if item := b.deliver(); item.State != relay.Delivered || b.has() != 1 {
		b.t.Errorf("with a server that is well it is %s (%s), and the server has it %d times", item.State, item.Reply, b.has())
	}
}
