package submission_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/servertest"
	"spamreport/relay"
	"spamreport/relay/submission"
)

const (
	alice    = "alice@example.org"
	password = "correct_horse"
	desk     = "abuse@example.net"
)

// queue remembers what was accepted, and fails when it is told to.
type queue struct {
	mu       sync.Mutex
	accepted []relay.Submission
	err      error
}

func (q *queue) Accept(_ context.Context, s relay.Submission) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	if err := s.Check(); err != nil {
		return err
	}
	q.accepted = append(q.accepted, s)
	return nil
}

func (q *queue) all() []relay.Submission {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]relay.Submission(nil), q.accepted...)
}

// users are kept in memory.
type users struct {
	mu     sync.Mutex
	byName map[string]submission.User
	logins int
}

var aliceHash = submission.HashPassword(password)

func newUsers() *users {
	return &users{byName: map[string]submission.User{alice: {Name: alice, Hash: aliceHash}}}
}

func (u *users) User(_ context.Context, name string) (submission.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	user, ok := u.byName[name]
	if !ok {
		return user, fmt.Errorf("user %s: %w", name, submission.ErrNoUser)
	}
	return user, nil
}

func (u *users) LoggedIn(_ context.Context, name string, at time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	user := u.byName[name]
	user.LastLogin = at
	u.byName[name] = user
	u.logins++
	return nil
}

// world is a running server.
type world struct {
	*submission.Server
	queue   *queue
	users   *users
	addr    string // STARTTLS
	tlsAddr string // implicit TLS
	outside string // STARTTLS; its clients seem to come from elsewhere
	ca      *servertest.CA
	stop    context.CancelFunc
	done    chan error
	once    sync.Once
}

// start starts a server, after change had its way with it.
func start(t testing.TB, change func(*submission.Server)) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{queue: &queue{}, users: newUsers(), ca: servertest.NewCA(t, dir), done: make(chan error, 1)}
	certFile, keyFile := w.ca.Issue(t, dir, "localhost", "127.0.0.1")
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	w.Server = &submission.Server{
		Name: "relay.example", Queue: w.queue, Users: w.users,
		TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
	}
	if change != nil {
		change(w.Server)
	}
	listeners := []submission.Listener{{Listener: listen(t, "127.0.0.1:0")}}
	w.addr = listeners[0].Addr().String()
	if w.TLS != nil {
		secure, outside := listen(t, "127.0.0.1:0"), listen(t, "127.0.0.1:0")
		listeners = append(listeners,
			submission.Listener{Listener: secure, ImplicitTLS: true}, submission.Listener{Listener: fromOutside{outside}})
		w.tlsAddr, w.outside = secure.Addr().String(), outside.Addr().String()
	}
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	go func() { w.done <- w.Serve(ctx, listeners...) }()
	t.Cleanup(func() { w.end(t) })
	return w
}

// end stops the server and waits for it.
func (w *world) end(t testing.TB) {
	w.once.Do(func() {
		w.stop()
		if err := <-w.done; err != nil {
			t.Error(err)
		}
	})
}

// peer is a client that says exactly what it is told to.
type peer struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func dial(t testing.TB, addr string) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return newPeer(t, conn)
}

func newPeer(t testing.TB, conn net.Conn) *peer {
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	return &peer{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// send sends octets as they are.
func (p *peer) send(octets string) {
	p.t.Helper()
	if _, err := p.conn.Write([]byte(octets)); err != nil {
		p.t.Logf("send: %v", err) // the server may have had enough
	}
}

// reply reads one reply, all of its lines, or "" when the connection is over.
func (p *peer) reply() string {
	p.t.Helper()
	var lines strings.Builder
	for {
		line, err := p.in.ReadString('\n')
		lines.WriteString(line)
		if err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				p.t.Fatalf("no answer; so far %q", lines.String())
			}
			return lines.String()
		}
		if len(line) < 4 || line[3] != '-' {
			return lines.String()
		}
	}
}

// say sends a command and expects a reply that begins so.
func (p *peer) say(command, want string) string {
	p.t.Helper()
	p.send(command + "\r\n")
	return p.expect(command, want)
}

func (p *peer) expect(what, want string) string {
	p.t.Helper()
	got := p.reply()
	if !strings.HasPrefix(got, want) {
		p.t.Fatalf("%q was answered %q, want %s", what, got, want)
	}
	return got
}

// startTLS goes on over TLS.
func (p *peer) startTLS(ca *servertest.CA) {
	p.t.Helper()
	p.say("STARTTLS", "220 ")
	config := ca.ClientConfig()
	config.ServerName = "localhost"
	conn := tls.Client(p.conn, config)
	if err := conn.Handshake(); err != nil {
		p.t.Fatal(err)
	}
	p.conn, p.in = conn, bufio.NewReader(conn)
}

func plain(user, password string) string {
	return "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password))
}

// loggedIn is a client that got as far as MAIL.
func (w *world) loggedIn(t testing.TB) *peer {
	t.Helper()
	p := dial(t, w.addr)
	p.expect("connect", "220 ")
	p.say("EHLO client.example", "250")
	p.say(plain(alice, password), "235 ")
	return p
}

const message = "From: Alice <alice@example.org>\r\nTo: abuse@example.net\r\nSubject: hello\r\n\r\ntext\r\n"

func (w *world) dialTLS(t testing.TB) *peer {
	t.Helper()
	conn, err := tls.Dial("tcp", w.tlsAddr, w.ca.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	return newPeer(t, conn)
}

func listen(t testing.TB, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func diff(t testing.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// fromOutside is a listener whose clients seem to be on another machine.
type fromOutside struct{ net.Listener }

func (l fromOutside) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return outsider{conn.(*net.TCPConn)}, nil
}

type outsider struct{ *net.TCPConn }

func (outsider) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(198, 51, 100, 7), Port: 4711} }

// rest reads everything that the server still says.
func (p *peer) rest() string {
	p.t.Helper()
	all, err := io.ReadAll(p.in)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		p.t.Fatalf("the server neither answers nor closes; so far %q", all)
	}
	return string(all)
}
