package submission

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

// gate stands between a connection and the SMTP library. It hands over one
// command at a time, so it always knows what the next octets are: a command,
// the text after DATA, or a chunk after BDAT. What is not exactly framed
// (RFC 5321 §2.3.8: lines end with CRLF and with nothing else) never reaches
// the library. It also keeps the time-outs, counts errors, and answers
// STARTTLS, since everything that reads plaintext must lie above TLS.
//
// Only one goroutine reads and writes; shutDown may come from another.
type gate struct {
	net.Conn
	client *client
	limits Limits
	in     *bufio.Reader
	out    []byte // replies that were not sent yet: pipelined commands are answered at once
	pass   []byte // octets for the library, before anything is read again

	secure   bool // nobody on the way can listen: TLS or loopback
	tls      bool // TLS
	offerTLS bool // STARTTLS may be used
	silent   bool // the greeting is dropped: the session goes on after STARTTLS

	reply     int   // code of the last reply
	chunk     int64 // octets of the chunk that are still to come
	chunks    int64 // octets of all chunks of this message
	text      textState
	violation string // what is wrong with the text that is coming in
	broken    error  // the connection can give nothing more
	ending    string // reply that ends the session before the next command
	upgrade   bool   // the session goes on over TLS
	rude      bool   // the client may still be sending: take it in before closing

	verb     string // of the last command
	command  string // the last command as it came
	commands int    // since the last message
	errors   int    // replies with 4xx and 5xx since then
	began    time.Time
	known    bool // logged in

	mu       sync.Mutex
	waiting  bool // for a command
	stopping bool
	closed   chan struct{}
	close    sync.Once
	after    func() // called once, when the library is done; nil: nothing
}

// maxReplies is how much of the replies to pipelined commands is kept back.
const maxReplies = 4 << 10

// textState is where the reader stands in the text after DATA.
type textState int

const (
	noText    textState = iota
	lineStart           // the last line ended with CRLF
	inLine
)

// readers are those of gates that are closed. A program that begins a session
// for each message would leave much garbage.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 16<<10) }}

func newGate(conn net.Conn, limits Limits) *gate {
	in := readers.Get().(*bufio.Reader)
	in.Reset(conn)
	return &gate{
		Conn: conn, limits: limits, in: in,
		began: time.Now(), closed: make(chan struct{}),
	}
}

// Read implements net.Conn for the library.
func (g *gate) Read(p []byte) (int, error) {
	for len(g.pass) == 0 {
		if err := g.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, g.pass)
	g.pass = g.pass[n:]
	return n, nil
}

// Write implements net.Conn for the library, which writes whole lines.
func (g *gate) Write(p []byte) (int, error) {
	if g.silent {
		g.silent = false
		return len(p), nil
	}
	if code, err := strconv.Atoi(string(p[:min(3, len(p))])); err == nil && len(p) > 3 {
		g.note(code, p[3] == ' ')
		if bytes.HasPrefix(p, noRoom) {
			g.commands, g.errors = 0, 0 // it came with a message, as after a 354
		}
	}
	g.out = append(g.out, p...)
	if len(g.out) < maxReplies {
		return len(p), nil
	}
	return len(p), g.flush()
}

// noRoom begins the replies of errKept and errBusy: the want is ours, and no
// mistake of the client's.
var noRoom = []byte("452 4.3.1 ")

// note looks at the code of a reply.
func (g *gate) note(code int, last bool) {
	g.reply = code
	if code >= 400 && last {
		g.errors++
	}
	if code == 354 {
		g.text, g.commands, g.errors = lineStart, 0, 0
	}
}

func (g *gate) flush() error {
	if len(g.out) == 0 {
		return nil
	}
	if err := g.SetWriteDeadline(time.Now().Add(g.limits.Write)); err != nil && !errors.Is(err, os.ErrNoDeadline) {
		return err
	}
	_, err := g.Conn.Write(g.out)
	g.out = g.out[:0]
	return err
}

// Close ends the library's session. What becomes of the connection is up to
// after: it may go on over TLS.
func (g *gate) Close() error {
	var err error
	g.close.Do(func() {
		err = g.flush()
		close(g.closed)
		g.recycle()
		if g.after != nil {
			g.after()
		}
	})
	return err
}

// recycle gives the reader away. Nothing more is read: the library has closed the
// gate between two commands. A server that stops closes it at any time.
func (g *gate) recycle() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.stopping && !g.upgrade {
		g.in.Reset(nil)
		readers.Put(g.in)
		g.in, g.pass = nil, nil
	}
}

// fetch reads what comes next.
func (g *gate) fetch() error {
	select {
	case <-g.closed:
		return net.ErrClosed
	default:
	}
	if g.broken != nil {
		return g.broken
	}
	switch {
	case g.text != noText:
		g.broken = g.fetchText()
	case g.chunk > 0:
		g.broken = g.fetchChunk()
	default:
		g.broken = g.fetchCommand()
	}
	return g.broken
}

func (g *gate) mostErrors() int {
	if g.known {
		return g.limits.Errors * 10 // recipients that are refused are no attack
	}
	return g.limits.Errors
}

// end says a last word and ends the session.
func (g *gate) end(reply string) error {
	g.out = append(append(g.out, reply...), "\r\n"...)
	return io.EOF
}

// shutDown ends the session before its next command.
func (g *gate) shutDown() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopping = true
	if g.waiting {
		_ = g.SetReadDeadline(time.Unix(1, 0))
	}
}

const replyStopping = "421 4.3.2 the server is stopping, try again later"
