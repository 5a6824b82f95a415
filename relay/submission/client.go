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
	gone    chan struct{} // closed at the end
}

// welcome counts a client in, or turns it away.
func (s *Server) welcome(ctx context.Context, conn net.Conn, user *User, implicitTLS bool) (*client, bool) {
	c := &client{Conn: conn, ctx: ctx, addr: addrOf(conn), user: user, gone: make(chan struct{})}
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

// begin makes the gate through which the library speaks with a client; nil when
// the server is stopping. What comes after is up to the end of the gate.
func (s *Server) begin(c *client, overTLS, greeted bool) *gate {
	g := newGate(c.Conn, s.Limits)
	g.client = c
	g.tls, g.secure, g.silent = overTLS, overTLS || c.user != nil || isLoopback(c.RemoteAddr()), greeted
	g.offerTLS = !overTLS && s.TLS != nil && c.user == nil
	g.after = func() { s.after(g) }
	if !c.enter(g) {
		s.leave(c)
		return nil
	}
	return g
}

// after is called when the library is done with a gate. The client goes on over
// TLS, or goes.
func (s *Server) after(g *gate) {
	if g.upgrade {
		go s.secure(g.client, true)
		return
	}
	g.linger()
	s.leave(g.client)
}

// secure goes on with a client over TLS.
func (s *Server) secure(c *client, greeted bool) {
	if !s.protect(c) {
		s.leave(c)
		return
	}
	if g := s.begin(c, true, greeted); g != nil {
		s.speak(s.final, g)
	}
}

// leave counts a client out.
func (s *Server) leave(c *client) {
	_ = c.close()
	s.sessions.leave(c)
	s.observer().Session(-1)
	close(c.gone)
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
