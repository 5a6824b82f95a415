package servertest

import (
	"io"
	"net"
	"testing"
)

// Babbler is a server that says to everybody who connects what it was given with
// say, whatever it hears, and hangs up. It is for fuzzing clients.
func Babbler(t testing.TB) (addr string, say func(octets []byte)) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	next := make(chan []byte, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write(<-next)
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn) // a reset would take back what was said
			_ = conn.Close()
		}
	}()
	return l.Addr().String(), func(octets []byte) { next <- octets }
}
