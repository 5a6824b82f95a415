package fleet

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// Member is one process of a fleet.
type Member struct {
	Name string // application_name of its sessions with PostgreSQL

	f     *Fleet
	call  []string // the command of spamreport
	cmd   *exec.Cmd
	ready chan struct{} // closed when it serves
	ended chan struct{} // closed when the process has, after err is set
	err   error
}

// Start starts a process that serves without a page.
func (f *Fleet) Start() *Member {
	f.t.Helper()
	return f.run("serve", "--web=false", "--relay=false")
}

// Sweep starts one sweep.
func (f *Fleet) Sweep() *Member {
	f.t.Helper()
	return f.run("sweep")
}

func (f *Fleet) run(call ...string) *Member {
	f.t.Helper()
	m := &Member{Name: fmt.Sprintf("member%d", len(f.members)+1), f: f, call: call}
	f.members = append(f.members, m)
	m.start()
	return m
}

// start runs the process of a member; it has a state folder of its own, as if
// it were another machine.
func (m *Member) start() {
	m.f.t.Helper()
	file, err := m.f.configure(m.Name)
	if err != nil {
		m.f.t.Fatal(err)
	}
	call := slices.Concat(m.f.Prefix, []string{m.f.Program}, m.call)
	m.cmd = exec.CommandContext(m.f.t.Context(), call[0], call[1:]...)
	m.cmd.Env = append(append(os.Environ(), m.f.Env...), "SPAMREPORT_CONFIG="+file,
		"XDG_STATE_HOME="+m.f.path(m.Name), "HOME="+m.f.path(m.Name), "IMAP_PASSWORD="+password,
		"NOTIFY_SOCKET="+m.notified())
	log, err := os.OpenFile(m.f.path(m.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		m.f.t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the child has its own descriptor
	m.cmd.Stdout, m.cmd.Stderr = log, log
	if err := m.cmd.Start(); err != nil {
		m.f.t.Fatal(err)
	}
	m.ended = make(chan struct{})
	go func() {
		m.err = m.cmd.Wait()
		close(m.ended)
	}()
}

// notified makes the socket on which the process tells systemd, which we are, that
// it is ready.
func (m *Member) notified() string {
	m.f.t.Helper()
	socket := m.f.path(m.Name + ".ready")
	_ = os.Remove(socket) // of the process before
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		m.f.t.Fatal(err)
	}
	m.f.t.Cleanup(func() { _ = conn.Close() })
	ready := make(chan struct{})
	m.ready = ready
	go func() {
		said := make([]byte, 100)
		for {
			n, err := conn.Read(said)
			if err != nil {
				return
			}
			if string(said[:n]) == "READY=1" {
				close(ready)
				return
			}
		}
	}()
	return socket
}

// Ended reports whether it ended by itself, and how.
func (m *Member) Ended() (bool, error) {
	select {
	case <-m.ended:
		return true, m.err
	default:
		return false, nil
	}
}

// Await waits until it ends by itself; it must end well.
func (m *Member) Await() {
	m.f.t.Helper()
	select {
	case <-m.ended:
	case <-time.After(2 * time.Minute):
		m.f.t.Fatalf("%s does not end\n%s", m.Name, m.Log())
	}
	if m.err != nil {
		m.f.t.Errorf("%s: %v\n%s", m.Name, m.err, m.Log())
	}
}

// Kill ends it with kill -9.
func (m *Member) Kill() {
	m.f.t.Helper()
	if err := m.cmd.Process.Kill(); err != nil {
		m.f.t.Errorf("%s ended by itself: %v\n%s", m.Name, err, m.Log())
	}
	<-m.ended
}

// Restart is Kill, and the same process again.
func (m *Member) Restart() {
	m.f.t.Helper()
	m.Kill()
	m.start()
}

// Stop ends it as systemd does, once it is ready; it must end well.
func (m *Member) Stop() {
	m.f.t.Helper()
	select {
	case <-m.ready:
	case <-m.ended:
	case <-time.After(2 * time.Minute):
		m.f.t.Errorf("%s does not get ready\n%s", m.Name, m.Log())
	}
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		m.f.t.Errorf("%s ended by itself: %v\n%s", m.Name, err, m.Log())
	}
	hung := time.AfterFunc(time.Minute, func() { _ = m.cmd.Process.Kill() })
	defer hung.Stop()
	if <-m.ended; m.err != nil {
		m.f.t.Errorf("%s: %v\n%s", m.Name, m.err, m.Log())
	}
}

// CPU is the processor time that it took until it ended.
func (m *Member) CPU() time.Duration {
	return m.cmd.ProcessState.UserTime() + m.cmd.ProcessState.SystemTime()
}

// Log is the last of what it said.
func (m *Member) Log() string {
	text, err := os.ReadFile(m.f.path(m.Name + ".log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}
