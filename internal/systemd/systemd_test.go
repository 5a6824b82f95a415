package systemd_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"spamreport/internal/systemd"
)

// childVariable makes the test binary a service that greets on its sockets.
const childVariable = "SYSTEMD_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	sockets, err := systemd.Sockets()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(len(sockets), "sockets", os.Getenv("LISTEN_FDS"))
	for _, s := range sockets {
		conn, err := s.Accept()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Fprintln(conn, s.Name)
		_ = conn.Close()
	}
	os.Exit(0)
}

func TestSocketsAreTakenOver(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The variable names the process that the sockets are for, whose number
	// only the shell knows beforehand.
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0"`, self)
	cmd.Env = append(os.Environ(), childVariable+"=1", "LISTEN_FDS=1", "LISTEN_FDNAMES=submission")
	cmd.ExtraFiles = []*os.File{f}
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	_ = f.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var name, variable string
	var n int
	if _, err := fmt.Fscanln(conn, &name); err != nil || name != "submission" {
		t.Errorf("the socket is called %q, %v", name, err)
	}
	if _, err := fmt.Fscanf(out, "%d sockets %s", &n, &variable); n != 1 || variable != "" {
		t.Errorf("%d sockets, the variable is still %q, %v", n, variable, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestSocketsThatAreForAnotherProcess(t *testing.T) {
	t.Setenv("LISTEN_PID", "1")
	t.Setenv("LISTEN_FDS", "1")
	if sockets, err := systemd.Sockets(); len(sockets) != 0 || err != nil {
		t.Errorf("%v, %v", sockets, err)
	}
	t.Setenv("LISTEN_PID", fmt.Sprint(os.Getpid()))
	t.Setenv("LISTEN_FDS", "many")
	if _, err := systemd.Sockets(); err == nil {
		t.Error("many sockets")
	}
}

// manager is the socket that systemd listens on.
func manager(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func read(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	buf := make([]byte, 100)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestNotes(t *testing.T) {
	if err := systemd.Notify(systemd.Ready); err != nil {
		t.Errorf("without systemd: %v", err)
	}
	conn := manager(t)
	if err := systemd.Notify(systemd.Ready); err != nil {
		t.Fatal(err)
	}
	if got := read(t, conn); got != "READY=1" {
		t.Errorf("got %q", got)
	}
	t.Setenv("NOTIFY_SOCKET", "/nowhere")
	if err := systemd.Notify(systemd.Ready); err == nil {
		t.Error("nobody was told, and nothing said so")
	}
}

func TestTheWatchdogIsFedWhileWeAreWell(t *testing.T) {
	conn := manager(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, cancel := context.WithCancel(t.Context())
	ill := errors.New("ill")
	var health error
	turns := 0
	var complaints []error
	done := make(chan struct{})
	go func() {
		defer close(done)
		systemd.Watchdog(ctx, func(context.Context) error {
			if turns++; turns == 3 {
				health = ill
			}
			if turns == 6 {
				cancel()
			}
			return health
		}, func(err error) { complaints = append(complaints, err) })
	}()
	for range 2 {
		if got := read(t, conn); got != "WATCHDOG=1" {
			t.Errorf("got %q", got)
		}
	}
	<-done
	if len(complaints) != 3 || !errors.Is(complaints[0], ill) {
		t.Errorf("complaints: %v", complaints)
	}
	_ = conn.SetReadDeadline(time.Now())
	if n, err := conn.Read(make([]byte, 10)); err == nil {
		t.Errorf("fed although ill: %d octets", n)
	}
}
