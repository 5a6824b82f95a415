package submission

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// client is one connection from its first octet to its last. STARTTLS makes it
// two sessions of the library, one after the other.
type client struct {
	net.Conn
	ctx     context.Context
	addr    netip.Addr // zero for standard input
	user    *User      // known before the session, or nil
	mu      sync.Mutex
	gate    *gate
	stopped bool
}

// welcome counts a client in, or turns it away.
func (s *Server) welcome(ctx context.Context, conn net.Conn, user *User, implicitTLS bool) (*client, bool) {
	c := &client{Conn: conn, ctx: ctx, addr: addrOf(conn), user: user}
	r := s.sessions.enter(c, s.Limits)
	if r == nil {
		s.observer().Session(1)
		return c, true
	}
	s.observer().Refused(r)
	s.log().Warn("session refused", "address", c.addr.String(), "reason", r.Text)
	if !implicitTLS { // in TLS it would be noise
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(conn, r.Error()+"\r\n")
	}
	_ = conn.Close()
	return nil, false
}

// converse holds the conversation with a client.
func (s *Server) converse(c *client, implicitTLS bool) {
	defer func() {
		_ = c.Conn.Close()
		s.sessions.leave(c)
		s.observer().Session(-1)
	}()
	local := c.user != nil || isLoopback(c.RemoteAddr())
	secure := implicitTLS
	if implicitTLS && !s.protect(c) {
		return
	}
	for greeted := false; ; greeted = true {
		g := newGate(c.Conn, s.Limits)
		g.tls, g.secure, g.silent = secure, secure || local, greeted
		g.offerTLS = !secure && s.TLS != nil && c.user == nil
		g.client = c
		if !c.enter(g) {
			return
		}
		s.discuss(g)
		if !g.upgrade {
			g.linger()
			return
		}
		if !s.protect(c) {
			return
		}
		secure = true
	}
}

// discuss gives a gate to the library and returns when the session is over.
func (s *Server) discuss(g *gate) {
	lib := s.final
	if g.offerTLS {
		lib = s.plain
	}
	h := s.waiting[lib]
	select {
	case h.gates <- g:
		<-g.closed
	case <-h.closed:
	}
}

// protect starts TLS.
func (s *Server) protect(c *client) bool {
	conn := tls.Server(c.Conn, s.TLS)
	ctx, cancel := context.WithTimeout(c.ctx, s.Limits.Login)
	defer cancel()
	_ = c.SetDeadline(time.Time{})
	if err := conn.HandshakeContext(ctx); err != nil {
		s.log().Info("no TLS", "address", c.addr.String(), "error", err)
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Conn = conn
	return true
}

// enter makes a gate the one that shutDown speaks to.
func (c *client) enter(g *gate) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gate = g
	return !c.stopped
}

func (c *client) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Conn.Close()
}

func (c *client) shutDown() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	if c.gate != nil {
		c.gate.shutDown()
	}
}

// addrOf is the address of the other end.
func addrOf(conn net.Conn) netip.Addr {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// linger takes in what a client is still sending: closing before would take
// the last reply away from it.
func (g *gate) linger() {
	if !g.rude {
		return
	}
	if half, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = g.Conn.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, g.Conn, lingerOctets)
}

const (
	lingerTime   = time.Second
	lingerOctets = 1 << 20
)

// handover is the listener that the library takes its connections from.
type handover struct {
	gates  chan *gate
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case g := <-h.gates:
		return g, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr implements net.Listener.
func (h *handover) Addr() net.Addr { return &net.UnixAddr{Name: "gate", Net: "unix"} }
