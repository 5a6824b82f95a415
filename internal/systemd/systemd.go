// Package systemd speaks the two small protocols by which systemd starts a
// service and watches over it: sockets that are handed down (sd_listen_fds) and
// notes of the service about itself (sd_notify). Without systemd it does
// nothing.
package systemd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Socket is a listening socket that systemd opened for us.
type Socket struct {
	net.Listener
	Name string // FileDescriptorName= of the socket unit
}

// firstSocket is the number of the first file that is handed down.
const firstSocket = 3

// Sockets takes over the sockets that were handed down. The variables are
// removed, so that programs we start do not think they were meant.
func Sockets() ([]Socket, error) {
	defer func() {
		for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
			_ = os.Unsetenv(name)
		}
	}()
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	n, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil || n < 0 {
		return nil, fmt.Errorf("LISTEN_FDS is %q, not a number", os.Getenv("LISTEN_FDS"))
	}
	names := strings.Split(os.Getenv("LISTEN_FDNAMES"), ":")
	sockets := make([]Socket, n)
	for i := range sockets {
		if i < len(names) {
			sockets[i].Name = names[i]
		}
		f := os.NewFile(uintptr(firstSocket+i), sockets[i].Name)
		sockets[i].Listener, err = net.FileListener(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("socket %d of systemd: %w", i+1, err)
		}
	}
	return sockets, nil
}

// Notes to systemd.
const (
	Ready    = "READY=1"
	Stopping = "STOPPING=1"
	alive    = "WATCHDOG=1"
)

// Notify sends a note. It returns an error only where systemd waits for one.
func Notify(note string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	// A name that begins with @ is an abstract socket, for net as well.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell systemd %s: %w", note, err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte(note)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", note, err)
	}
	return nil
}

// Watchdog tells systemd that we are alive, twice in each of its intervals,
// for as long as healthy returns nil and until ctx ends. What healthy says is
// handed to complain.
func Watchdog(ctx context.Context, healthy func(context.Context) error, complain func(error)) {
	every, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	pid := os.Getenv("WATCHDOG_PID")
	if err != nil || every <= 0 || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return
	}
	tick := time.NewTicker(time.Duration(every) * time.Microsecond / 2)
	defer tick.Stop()
	for {
		if err := healthy(ctx); err != nil && ctx.Err() == nil {
			complain(err)
		} else if err := Notify(alive); err != nil {
			complain(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
