package fleet

import (
	"net"
	"sync"
	"testing"
	"time"
)

// slowCable leads to a server that is far away: what either side says arrives
// after a delay, in order, however much is under way.
func slowCable(t testing.TB, target string, delay time.Duration) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var carrying sync.WaitGroup
	carrying.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp4", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			carrying.Go(func() { carry(server, client, delay) })
			carrying.Go(func() { carry(client, server, delay) })
		}
	})
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// piece is what is under way.
type piece struct {
	octets []byte
	due    time.Time
}

// underWay bounds the pieces of one direction.
const underWay = 1000

// carry carries one direction until either side hangs up.
func carry(to, from net.Conn, delay time.Duration) {
	pieces := make(chan piece, underWay)
	go func() {
		defer close(pieces)
		for {
			octets := make([]byte, 16<<10)
			n, err := from.Read(octets)
			if n > 0 {
				pieces <- piece{octets[:n], time.Now().Add(delay)}
			}
			if err != nil {
				return
			}
		}
	}()
	broken := false
	for p := range pieces {
		if broken {
			continue // until from notices
		}
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.octets); err != nil {
			broken = true
			_ = from.Close()
		}
	}
	_ = to.Close()
}
