package relay

import (
	"errors"
	"net"
	"sync/atomic"
)

// replyAllowance is how much a server may say in one transaction. A reply has
// 512 octets a line (RFC 5321 §4.5.3.1.5) and rarely ten lines.
const replyAllowance = 256 << 10

var errTooTalkative = errors.New("the server does not stop talking")

// meter is a connection that stops reading from a server that would fill our
// memory with its replies.
type meter struct {
	net.Conn
	left atomic.Int64
}

func newMeter(conn net.Conn) *meter {
	m := &meter{Conn: conn}
	m.reset()
	return m
}

// reset grants the allowance for one more transaction.
func (m *meter) reset() { m.left.Store(replyAllowance) }

func (m *meter) Read(p []byte) (int, error) {
	if m.left.Load() <= 0 {
		return 0, errTooTalkative
	}
	n, err := m.Conn.Read(p)
	m.left.Add(-int64(n))
	return n, err
}
