package servertest

import (
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Process is a server in the foreground.
type Process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	log   string
}

// leash starts a server in a process group of its own and ends the group when
// the standard input of the shell ends. The test holds the other end, so the
// server ends with the test binary however that ends: cleanups do not run
// after a panic, a time-out or a kill. It waits for the children of the
// server, too: a connection must not outlive Stop, and Dovecot leaves them open
// when only its first process is told to end. Dead ones that wait for the first
// process of the machine to notice (state Z) do not count: in a container that
// can take it seconds.
const leash = `
alive() {
	kill -0 -$server 2>/dev/null || return
	[ ! -e /proc/self/stat ] || grep -qsE "\\) [^Z] [0-9]+ $server " /proc/[0-9]*/stat
}
setsid "$@" </dev/null &
server=$!
read -r never_comes
kill -${SERVERTEST_SIGNAL:-TERM} -$server 2>/dev/null
tries=0
while alive; do
	tries=$((tries + 1))
	[ $tries = 1500 ] && kill -KILL -$server 2>/dev/null
	[ $tries = 3000 ] && exit 1
	sleep 0.02
done
wait $server
`

// StartProcess starts a server that stays in the foreground. What it says goes
// to logFile. It is ended with the test.
func StartProcess(t testing.TB, logFile, name string, args ...string) *Process {
	t.Helper()
	program, err := FindProgram(name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }() // the child has its own descriptor

	cmd := exec.Command("sh", append([]string{"-c", leash, "sh", program}, args...)...)
	cmd.Stdout, cmd.Stderr = out, out
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{cmd: cmd, stdin: stdin, log: logFile}
	t.Cleanup(p.Stop)
	return p
}

// Stop ends the server and returns when it is gone. Stopping twice is fine.
func (p *Process) Stop() {
	_ = p.stdin.Close()
	_ = p.cmd.Wait()
}

// Log returns what the server has said so far.
func (p *Process) Log() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// WaitListening waits until addr takes connections. When it does not, the
// test fails with what log says.
func WaitListening(t testing.TB, addr string, log func() string) {
	t.Helper()
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing listens on %s after %s: %v\n%s", addr, startTimeout, err, log())
		}
	}
}
