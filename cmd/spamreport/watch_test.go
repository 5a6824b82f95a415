package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// watched is a running watch.
type watched struct {
	cmd *exec.Cmd
	out *lockedBuffer
}

// lockedBuffer is what a program says, read while it still speaks.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (s *site) watch(args ...string) watched {
	s.t.Helper()
	w := watched{s.command(append([]string{"watch"}, args...)...), &lockedBuffer{}}
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	if err := w.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = w.cmd.Process.Kill() })
	return w
}

// stop ends a watch as systemd does. It must end well, and not hang on.
func (s *site) stop(w watched) {
	s.t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	hung := time.AfterFunc(time.Minute, func() { _ = w.cmd.Process.Kill() })
	defer hung.Stop()
	if err := w.cmd.Wait(); err != nil {
		s.t.Fatalf("%v\n%s", err, w.out)
	}
}

// through puts a cable that can be cut between the program and Dovecot.
func (s *site) through() *servertest.Proxy {
	s.t.Helper()
	p := servertest.NewProxy(s.t, s.dovecot.IMAP)
	file := filepath.Join(s.dir, "config.toml")
	config, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	text := strings.Replace(string(config), s.dovecot.IMAP, p.Addr, 1)
	text = strings.Replace(text, `tls = "starttls"`, `tls = "none"`, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return p
}

func TestWatchReportsWhatComesIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(0, 2)
	w := s.watch()
	s.eachOnce(2, 0)
	for i := 2; i < 5; i++ {
		s.fill(i, i+1)
		s.eachOnce(i+1, 0)
	}
	if out, err := s.command("sweep").CombinedOutput(); err == nil || !strings.Contains(string(out), "another sweep or watch is running") {
		t.Errorf("a sweep beside it: %v\n%s", err, out)
	}
	s.stop(w)
	if w.out.String() != "" {
		t.Errorf("it is not quiet:\n%s", w.out)
	}
	s.sweep()
	s.eachOnce(5, 0)
}

// TestWatchComesBackAfterACutAtAnyCommand cuts the connection once at each
// line of the client in turn: those of a visit after it connected, and those
// of one after IDLE. A message that comes in while the cable is cut is
// reported, and none is reported twice.
func TestWatchComesBackAfterACutAtAnyCommand(t *testing.T) {
	t.Parallel()
	s := newSiteOn(t, servertest.DovecotOptions{})
	cable := s.through()
	w := s.watch()
	messages := 0
	arrives := func() {
		s.fill(messages, messages+1)
		messages++
		s.eachOnce(messages, 0)
	}
	arrives()
	lines := int64(1)
	for ; ; lines++ {
		cable.CutOnceAtLine(lines)
		cable.CutAll()
		arrives()
		arrives()
		if !cable.Cut() {
			break // both visits have fewer lines
		}
	}
	if lines < 12 {
		t.Errorf("only %d lines were cut", lines-1)
	}
	t.Logf("%d lines were cut in turn", lines-1)
	s.stop(w)
	for uid, f := range s.dovecot.Flags(t, servertest.DovecotUser, "Junk") {
		if len(f) != 1 || f[0] != "$SpamReported" {
			t.Errorf("message %d has flags %v", uid, f)
		}
	}
}

func TestWatchOutlivesAServerThatRestarts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(0, 1)
	w := s.watch()
	s.eachOnce(1, 0)
	s.dovecot.Stop()
	time.Sleep(2 * time.Second) // long enough for it to find nobody there
	s.dovecot.Start(t)
	s.fill(1, 2)
	s.eachOnce(2, 0)
	s.stop(w)
}

func TestWatchDoesNotStartWithAWrongPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.env = append(s.env, "IMAP_PASSWORD=wrong")
	out, err := s.command("watch").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "account home: ") || !strings.Contains(string(out), "password") {
		t.Errorf("%v\n%s", err, out)
	}
}
