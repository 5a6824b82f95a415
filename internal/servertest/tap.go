package servertest

import (
	"net"
	"sync"
	"testing"
)

// Tap stands between clients and a server, counts the octets that they say to
// each other, and does something at a chosen one: a hand on the plug of the
// machine that knows how far the conversation is. It knows no protocol.
type Tap struct {
	Addr string // connect here instead of to the server

	target   string
	listener net.Listener
	open     sync.WaitGroup

	mu     sync.Mutex
	passed int64
	at     int64
	then   func() // nil: nothing is to be done
}

// NewTap starts a tap in front of a server.
func NewTap(t testing.TB, target string) *Tap {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Tap{Addr: l.Addr().String(), target: target, listener: l}
	p.open.Go(p.accept)
	t.Cleanup(func() { _ = l.Close() }) // connections end with the client or the server
	return p
}

// Passed is how many octets went through so far, in both directions and in all
// connections.
func (p *Tap) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// After has do called once, when n more octets have gone through: the n-th has
// left for the other side, and the next one waits until do returns. A nil do
// takes back what was asked for before.
func (p *Tap) After(n int64, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.then = p.passed+n, do
}

func (p *Tap) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.open.Go(func() { p.pass(server, client) })
		p.open.Go(func() { p.pass(client, server) })
	}
}

// pass copies one direction. When it ends, so does the connection.
func (p *Tap) pass(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			k, do := p.count(len(rest))
			if _, err := to.Write(rest[:k]); err != nil {
				return
			}
			rest = rest[k:]
			if do != nil {
				do()
			}
		}
		if err != nil {
			return
		}
	}
}

// count says how many of the next n octets may go on, and what is to be done
// then.
func (p *Tap) count(n int) (k int, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k = n
	if left := p.at - p.passed; p.then != nil && left <= int64(n) {
		k, do, p.then = int(max(left, 1)), p.then, nil
	}
	p.passed += int64(k)
	return k, do
}
