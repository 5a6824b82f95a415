package submission

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Listener is where clients come from.
type Listener struct {
	net.Listener
	ImplicitTLS bool // TLS from the first octet (RFC 8314 §3)
}

// ErrPlaintext says that a listener would take passwords in the clear.
var ErrPlaintext = errors.New("no certificate is configured, and without TLS only programs on this machine may connect: set tls_cert and tls_key, or listen on 127.0.0.1")

// door is a listener as the library sees it: those who come in have been counted,
// and stand behind a gate.
type door struct {
	Listener
	server *Server
	ctx    context.Context // when it ends, the door is closed
	flight context.Context // of the sessions, which outlive ctx
}

const acceptPause = 100 * time.Millisecond

// Accept implements net.Listener. A client of implicit TLS takes its time for the
// handshake, so it comes to the library by another way.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			if err := d.pause(err); err != nil {
				return nil, err
			}
			continue
		}
		c, ok := d.server.welcome(d.flight, conn, nil, d.ImplicitTLS)
		switch {
		case !ok:
		case d.ImplicitTLS:
			go d.server.secure(c, false)
		default:
			if g := d.server.begin(c, false, false); g != nil {
				return g, nil
			}
		}
	}
}

// pause waits after a connection could not be taken, or says why none can be any
// more.
func (d *door) pause(err error) error {
	if errors.Is(err, net.ErrClosed) || d.ctx.Err() != nil {
		return err
	}
	// Out of file descriptors, most likely: sessions that end help.
	d.server.log().Warn("cannot take a connection", "listener", d.Addr().String(), "error", err)
	select {
	case <-time.After(acceptPause):
		return nil
	case <-d.ctx.Done():
		return net.ErrClosed
	}
}

// serve takes connections until the door is closed.
func (d *door) serve() error {
	lib := d.server.final
	if d.server.TLS != nil {
		lib = d.server.plain
	}
	err := lib.Serve(d)
	if d.ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("listen on %s: %w", d.Addr(), err)
}

// speak gives a gate to the library.
func (s *Server) speak(lib *smtp.Server, g *gate) {
	h := s.waiting[lib]
	select {
	case h.gates <- g:
	case <-h.closed:
		_ = g.Close()
	}
}

// handover is the listener that the library takes those gates from that come
// through no door.
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
