package submission_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"spamreport/relay"
	"spamreport/relay/submission"
)

// strict is a queue that no unauthenticated or badly framed message may reach.
type strict struct{ t *testing.T }

func (q strict) Accept(_ context.Context, s relay.Submission) error {
	if s.Submitter != alice {
		q.t.Errorf("queued without a log-in: %+v", s.Envelope)
	}
	if !strings.EqualFold(s.Envelope.From, alice) {
		q.t.Errorf("queued from %q", s.Envelope.From)
	}
	if err := s.Check(); err != nil {
		q.t.Errorf("queued although %v", err)
	}
	if bytes.Contains(s.Message, []byte("Bcc:")) && !bytes.Contains(s.Message, []byte("\r\n\r\n")) {
		q.t.Errorf("a Bcc was queued: %q", s.Message)
	}
	return nil
}

// FuzzSession says whatever it likes to the server, logged in or not. The
// server must not panic, must come to an end, and must queue nothing but what
// a user may send.
func FuzzSession(f *testing.F) {
	for _, attacks := range [][]attack{strangers, liars, abusers, smugglers()} {
		for _, a := range attacks {
			f.Add([]byte(a.octets), false)
			f.Add([]byte(a.octets), true)
		}
	}
	f.Add([]byte(mailFrom(alice)+toDesk+text+quit), true)
	quick, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, octets []byte, login bool) {
		s := &submission.Server{
			Name: "relay.example", Queue: strict{t}, Users: newUsers(),
			Limits: submission.Limits{Message: 20_000, Patience: time.Millisecond, Grace: time.Millisecond},
		}
		s.Users.(*users).byName[alice] = submission.User{Name: alice, Hash: string(quick)}
		if login {
			octets = append([]byte(hello+plain(alice, password)+"\r\n"), octets...)
		}
		if bytes.Contains(octets, []byte("\nAUTH ")) && !login {
			return // guessing is slowed down on purpose
		}
		var out strings.Builder
		conn := loopback{Conn: submission.Stdio(bytes.NewReader(octets), &out)}
		ctx, cancel := context.WithCancel(t.Context())
		l := &one{conn: conn, ended: make(chan struct{})}
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx, submission.Listener{Listener: l}) }()
		<-l.ended
		cancel()
		if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if strings.Contains(out.String(), "Internal server error") {
			t.Errorf("a panic: %s", out.String())
		}
	})
}

// loopback is a connection of this machine.
type loopback struct{ net.Conn }

func (loopback) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// one is a listener with one client. It has ended when the client is closed.
type one struct {
	conn  net.Conn
	ended chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	if l.conn == nil {
		<-l.ended
		return nil, net.ErrClosed
	}
	conn := l.conn
	l.conn = nil
	return closing{conn, l.ended}, nil
}

func (l *one) Close() error   { return nil }
func (l *one) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 587} }

type closing struct {
	net.Conn
	closed chan struct{}
}

func (c closing) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

var _ io.Closer = closing{}
