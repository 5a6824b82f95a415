package replay

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Fault is one way to misbehave. The zero value does nothing; the fields
// combine where that makes sense (a Delay before anything else).
type Fault struct {
	// Times is how many queries meet the fault; zero means all of them.
	Times int
	// Delay waits before answering; the query's end or Close cuts it short.
	Delay time.Duration
	// Until holds the answer back until it is closed; as Delay, it is cut short.
	Until <-chan struct{}
	// Reset drops the connection with a TCP reset instead of an answer.
	Reset bool
	// Cut sends the first half of the true answer.
	Cut bool
	// Huge sends that many bytes of filler around the true answer's shape.
	Huge int64
	// Body replaces the answer.
	Body string

	// The rest is about HTTP.

	Status     int    // this status instead of 200
	RetryAfter string // the value of the Retry-After field
	Redirect   string // 302 to this address; "{self}" is the queried one
	Type       string // this Content-Type
}

// Break makes a target (RDAP, Bootstrap or a WHOIS host) misbehave until
// Forget, or for the fault's Times.
func (s *Server) Break(target string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[target] = f
}

func (f Fault) pause(ctx context.Context) {
	if f.Delay > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(f.Delay):
		}
	}
	if f.Until != nil {
		select {
		case <-ctx.Done():
		case <-f.Until:
		}
	}
}

// reset closes a connection so that the peer sees ECONNRESET.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// filler writes n bytes of an endless JSON string or comment.
func filler(w io.Writer, n int64) {
	chunk := strings.Repeat("x", 1<<16)
	for n > 0 {
		if n < int64(len(chunk)) {
			chunk = chunk[:n]
		}
		k, err := io.WriteString(w, chunk)
		if err != nil {
			return
		}
		n -= int64(k)
	}
}

// spoil answers an HTTP query as the fault says. It reports false when the
// true answer is still to be written.
func (f Fault) spoil(w http.ResponseWriter, r *http.Request, self string) bool {
	f.pause(r.Context())
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.Reset:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			reset(conn)
		}
	case f.Redirect != "":
		http.Redirect(w, r, strings.ReplaceAll(f.Redirect, "{self}", self), http.StatusFound) // #nosec G710 -- a fault that tests ask for
	case f.Status != 0:
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
	case f.Huge > 0:
		w.Header().Set("Content-Type", "application/rdap+json")
		_, _ = io.WriteString(w, `{"objectClassName":"ip network","name":"`)
		filler(w, f.Huge)
		_, _ = io.WriteString(w, `"}`)
	case f.Body != "" || f.Type != "":
		w.Header().Set("Content-Type", f.Type)
		_, _ = io.WriteString(w, f.Body)
	default:
		return false
	}
	return true
}
