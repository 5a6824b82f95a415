// Package servertest runs real mail servers (Dovecot, Postfix) for the tests:
// each in a folder of its own, on loopback ports of its own, with certificates
// of a throw-away authority, and gone when the test is over, even when the
// test binary is killed.
//
// A test that needs a server which this machine does not have is skipped in
// plain words. With SPAMREPORT_REQUIRE_SERVERS=1 (continuous integration) it
// fails instead, so that nothing is skipped unnoticed.
package servertest

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// requireServers is the variable that turns skips into failures.
const requireServers = "SPAMREPORT_REQUIRE_SERVERS"

// startTimeout is how long a server may take until it listens. It is long
// because tests of several packages share the machine.
const startTimeout = 60 * time.Second

// RequireOrSkip skips the test, or fails it under SPAMREPORT_REQUIRE_SERVERS=1,
// unless it runs as root and every program is installed. packages says what to
// install on Debian.
func RequireOrSkip(t testing.TB, packages string, programs ...string) {
	t.Helper()
	var why []string
	// Mail servers drop to users of their own, which takes root.
	if os.Geteuid() != 0 {
		why = append(why, "not running as root")
	}
	for _, name := range programs {
		if _, err := FindProgram(name); err != nil {
			why = append(why, name+" is not installed (apt-get install "+packages+")")
		}
	}
	if len(why) > 0 {
		unavailable(t, strings.Join(why, ", "))
	}
}

// unavailable ends a test that lacks a server: a skip, or a failure where
// servers are required.
func unavailable(t testing.TB, why string) {
	t.Helper()
	if os.Getenv(requireServers) == "1" {
		t.Fatalf("%s=1, but %s", requireServers, why)
	}
	t.Skipf("needs a real server: %s", why)
}

// FindProgram looks in PATH, in the sbin folders, which Debian leaves out of
// the PATH of ordinary users, and where Dovecot keeps its own.
func FindProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/lib/dovecot"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", errors.New(name + ": not found in PATH or the sbin folders")
}

// TempDir makes a folder that servers running as other users may enter
// (testing.TB.TempDir may be closed to them) and whose path is short: the
// path of a Unix socket has at most 107 octets.
func TempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "srt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Loopback is the address of a loopback port, as net.Dial takes it.
func Loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// WriteFile writes a file for a server, readable by every user.
func WriteFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
