package servertest

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server and breaks connections: a cable
// that can be cut at any octet. It knows no protocol.
type Proxy struct {
	Addr string // connect here instead of to the server

	target   string
	listener net.Listener
	limit    atomic.Int64 // octets from the server on each new connection; negative: all
	stall    atomic.Bool  // at the limit, say nothing more instead of closing
	passed   atomic.Int64
	lines    atomic.Int64 // the next connection is cut after so many lines from the client; 0: no

	mutex sync.Mutex
	open  map[net.Conn]struct{}
	done  sync.WaitGroup
}

// NewProxy starts a proxy to a server, which lets everything through until
// told otherwise.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: listener.Addr().String(), target: target, listener: listener, open: make(map[net.Conn]struct{})}
	p.limit.Store(-1)
	p.done.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.CutAll()
		p.done.Wait()
	})
	return p
}

// CutAfter closes each connection made from now on after n octets from the
// server; a negative n never.
func (p *Proxy) CutAfter(n int64) {
	p.stall.Store(false)
	p.limit.Store(n)
}

// StallAfter keeps each connection made from now on open after n octets from
// the server, but lets nothing more through.
func (p *Proxy) StallAfter(n int64) {
	p.stall.Store(true)
	p.limit.Store(n)
}

// CutOnceAtLine closes the next connection when the client has sent n lines,
// the n-th of which does not reach the server. Connections after that one live.
// Cut reports whether it came to that.
func (p *Proxy) CutOnceAtLine(n int64) { p.lines.Store(n) }

// Cut reports that no connection is to be cut any more.
func (p *Proxy) Cut() bool { return p.lines.Load() == 0 }

// CutAll closes all connections.
func (p *Proxy) CutAll() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
}

// Passed is how many octets came from the server so far, in all connections.
func (p *Proxy) Passed() int64 { return p.passed.Load() }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		// From another address than its own: Dovecot would take the connection
		// for secure without TLS.
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
		server, err := from.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.keep(client, server)
		limit, stall, lines := p.limit.Load(), p.stall.Load(), p.lines.Load()
		p.done.Go(func() {
			if lines > 0 && copyLines(server, client, lines) {
				p.lines.CompareAndSwap(lines, 0)
			} else if lines == 0 {
				_, _ = io.Copy(server, client)
			}
			p.drop(client, server)
		})
		p.done.Go(func() {
			if limit < 0 {
				limit = 1<<63 - 1
			}
			_, _ = io.Copy(counted{client, &p.passed}, io.LimitReader(server, limit))
			if stall {
				_, _ = io.Copy(io.Discard, server) // until somebody hangs up
			}
			p.drop(client, server)
		})
	}
}

// copyLines copies n-1 lines, and reports that the n-th one came.
func copyLines(to io.Writer, from io.Reader, n int64) bool {
	lines := bufio.NewReader(from)
	for ; n > 0; n-- {
		line, err := lines.ReadSlice('\n')
		if err != nil || n == 1 {
			return err == nil
		}
		if _, err := to.Write(line); err != nil {
			return false
		}
	}
	return false
}

func (p *Proxy) keep(conns ...net.Conn) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, conn := range conns {
		p.open[conn] = struct{}{}
	}
}

func (p *Proxy) drop(conns ...net.Conn) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(p.open, conn)
	}
}

// counted counts what is written. It hides ReadFrom of the connection, which
// would count at the end only.
type counted struct {
	w     io.Writer
	total *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.total.Add(int64(n))
	return n, err
}
