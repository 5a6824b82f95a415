//go:build unix

package servertest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Interrupt ends the server as an administrator would, all sessions with it.
// Start goes on with the same databases.
func (p *Postgres) Interrupt(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "keep"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.stop()
	p.awaitEnd(t)
}

// Crash ends the server as a want of memory would: its first process is killed,
// and the others end without a word. Start goes on with the same databases.
func (p *Postgres) Crash(t testing.TB) {
	t.Helper()
	if err := syscall.Kill(p.postmaster(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.Interrupt(t)
}

// awaitEnd waits for the other processes when the first has ended. They notice by
// themselves, each in a session of its own, and a new server does not start
// beside them.
func (p *Postgres) awaitEnd(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(startTimeout); p.alive(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("processes of PostgreSQL outlive the first one")
		}
	}
}

// alive reports whether a process works in the folder of the databases.
func (p *Postgres) alive() bool {
	places, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, place := range places {
		if dir, err := os.Readlink(place); err == nil && dir == p.data() {
			return true
		}
	}
	return false
}

// postmaster is the first process of the server.
func (p *Postgres) postmaster(t testing.TB) (pid int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.data(), "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// Freeze stops every process of the server and returns what lets them go on:
// a server that takes connections and never answers.
func (p *Postgres) Freeze(t testing.TB) (thaw func()) {
	t.Helper()
	p.signal(t, syscall.SIGSTOP)
	return func() { p.signal(t, syscall.SIGCONT) }
}

// signal sends a signal to every process of the server: its first one, then
// the children of that, each of which leads a process group of its own.
func (p *Postgres) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	first := p.postmaster(t)
	children, err := os.ReadFile(fmt.Sprintf("/proc/%[1]d/task/%[1]d/children", first))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range append([]string{strconv.Itoa(first)}, strings.Fields(string(children))...) {
		pid, err := strconv.Atoi(word)
		if err == nil {
			err = syscall.Kill(pid, s)
		}
		if err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}
