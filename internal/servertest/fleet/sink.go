package fleet

import (
	"bytes"
	"io"
	"log"
	"maps"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"spamreport/internal/servertest"
)

// Sink is a smarthost that takes everything and counts it by Message-ID.
type Sink struct {
	Addr string // host:port

	mu      sync.Mutex
	taken   map[string]int // by Message-ID
	arrived chan struct{}  // closed and replaced when something arrives
	stall   chan struct{}  // nothing is taken until it is closed; nil: everything is
}

func newSink(t testing.TB) *Sink {
	t.Helper()
	s := &Sink{
		Addr: servertest.Loopback(servertest.FreePorts(t, 1)[0]), taken: map[string]int{}, arrived: make(chan struct{}),
	}
	listener, err := net.Listen("tcp4", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{s}, nil }))
	server.Domain = "sink.example"
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.MaxMessageBytes = 10 << 20
	server.ErrorLog = log.New(io.Discard, "", 0) // its clients are killed
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // ends with Close
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return s
}

// Taken is how often each Message-ID was taken so far.
func (s *Sink) Taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

// Await waits until n messages that differ were taken, and reports when the
// last of them came. It gives up when nothing comes for so long.
func (s *Sink) Await(n int, patience time.Duration) (at time.Time, ok bool) {
	for {
		s.mu.Lock()
		enough, arrived := len(s.taken) >= n, s.arrived
		s.mu.Unlock()
		if enough {
			return time.Now(), true
		}
		select {
		case <-arrived:
		case <-time.After(patience):
			return time.Now(), false
		}
	}
}

// Stall lets the smarthost think about every message until release.
func (s *Sink) Stall() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stall = make(chan struct{})
	stall := s.stall
	return sync.OnceFunc(func() { close(stall) })
}

// session is one SMTP session with the sink.
type session struct{ *Sink }

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }

func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // it broke off: nothing was taken
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return err
	}
	s.mu.Lock()
	stall := s.stall
	s.mu.Unlock()
	if stall != nil {
		<-stall
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[m.Header.Get("Message-ID")]++
	close(s.arrived)
	s.arrived = make(chan struct{})
	return nil
}
