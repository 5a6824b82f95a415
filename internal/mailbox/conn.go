package mailbox

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// guardedConn is the connection under TLS and under the IMAP library. The
// library waits for an answer without end; this ends the waiting when the
// server is silent for too long. It must not count the time in which nothing
// is asked of the server, nor that in which the caller is busy with a message.
type guardedConn struct {
	net.Conn
	timeout time.Duration
	broken  atomic.Pointer[error] // the first error of Read

	mu    sync.Mutex
	asked int // answers that the server owes
}

func (c *guardedConn) Read(p []byte) (int, error) {
	c.mu.Lock()
	if c.asked > 0 {
		_ = c.Conn.SetReadDeadline(time.Now().Add(c.timeout))
	}
	c.mu.Unlock()
	n, err := c.Conn.Read(p)
	if err != nil {
		c.broken.CompareAndSwap(nil, &err)
	}
	return n, err
}

// failure is why the connection broke, nil while it stands.
func (c *guardedConn) failure() error {
	if err := c.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// expect begins a time in which the server owes an answer. Several may overlap.
func (c *guardedConn) expect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	_ = c.Conn.SetReadDeadline(time.Now().Add(c.timeout))
}

// relax ends one of them.
func (c *guardedConn) relax() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked--; c.asked == 0 {
		_ = c.Conn.SetReadDeadline(time.Time{})
	}
}

// SetReadDeadline does nothing: the library would lift the limits above.
func (c *guardedConn) SetReadDeadline(time.Time) error { return nil }

// SetDeadline does the same for reading.
func (c *guardedConn) SetDeadline(t time.Time) error { return c.SetWriteDeadline(t) }

// greetedConn gives the library the greeting that it waits for: after STARTTLS
// the server does not greet again.
type greetedConn struct {
	net.Conn
	greeting *strings.Reader
}

func (c *greetedConn) Read(p []byte) (int, error) {
	if c.greeting.Len() > 0 {
		return c.greeting.Read(p)
	}
	return c.Conn.Read(p)
}

var (
	errPreauth = errors.New("the server takes commands before TLS, which RFC 9051 §7.1.4 forbids us to accept")
	errBabble  = errors.New("the server does not speak IMAP")
)

// requestTLS sends STARTTLS and returns when the handshake may begin. It reads
// octet by octet, so nothing that somebody sent in plain text behind the answer
// is mistaken for protected text (the STARTTLS injection of CVE-2011-0411).
func requestTLS(conn net.Conn) error {
	greeting, err := readLine(conn)
	switch word := strings.ToUpper(greeting); {
	case err != nil:
		return err
	case strings.HasPrefix(word, "* PREAUTH"):
		return errPreauth
	case strings.HasPrefix(word, "* BYE"):
		return io.ErrUnexpectedEOF
	case !strings.HasPrefix(word, "* OK"):
		return errBabble
	}
	if _, err := io.WriteString(conn, "S1 STARTTLS\r\n"); err != nil {
		return err
	}
	for range 100 { // untagged lines that may come in between
		line, err := readLine(conn)
		switch word := strings.ToUpper(line); {
		case err != nil:
			return err
		case strings.HasPrefix(word, "S1 OK"):
			return nil
		case strings.HasPrefix(word, "S1 "):
			return ErrNoTLS
		}
	}
	return errBabble
}

func readLine(r io.Reader) (string, error) {
	var line strings.Builder
	var octet [1]byte
	for line.Len() < 8192 {
		if _, err := io.ReadFull(r, octet[:]); err != nil {
			return "", err
		}
		if octet[0] == '\n' {
			return strings.TrimSuffix(line.String(), "\r"), nil
		}
		line.WriteByte(octet[0])
	}
	return "", errBabble
}
