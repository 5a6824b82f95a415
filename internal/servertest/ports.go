package servertest

import (
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gofrs/flock"
)

// The ports that servers of tests get. The kernel gives those above to
// outgoing connections (ip_local_port_range), and one of those may take a port
// in the moment between its choice and the start of its server.
const (
	firstPort = 10_000
	lastPort  = 32_000
)

// FreePorts names n loopback TCP ports that are free now, all different. They
// belong to the test until it ends: tests of other packages, which run at the
// same time, get others.
func FreePorts(t testing.TB, n int) []int {
	t.Helper()
	dir := filepath.Join(os.TempDir(), "servertest-ports-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ports := make([]int, 0, n)
	for tries := 0; len(ports) < n; tries++ {
		if tries > 1000 {
			t.Fatalf("no free port between %d and %d in %d tries", firstPort, lastPort, tries)
		}
		port := firstPort + rand.IntN(lastPort-firstPort)
		if !reserve(t, filepath.Join(dir, strconv.Itoa(port))) {
			continue
		}
		l, err := net.Listen("tcp4", Loopback(port))
		if err != nil {
			continue // a program that is none of ours
		}
		_ = l.Close()
		ports = append(ports, port)
	}
	return ports
}

// reserve takes a lock until the test ends. The system takes it back from a
// test that is killed.
func reserve(t testing.TB, file string) bool {
	t.Helper()
	lock := flock.New(file)
	free, err := lock.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if free {
		t.Cleanup(func() { _ = lock.Close() })
	}
	return free
}
