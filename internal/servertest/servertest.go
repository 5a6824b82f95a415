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
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
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
	[ ! -e /proc/self/stat ] || grep -qsE "\) [^Z] [0-9]+ $server " /proc/[0-9]*/stat
}
setsid "$@" </dev/null &
server=$!
read -r never_comes
kill -${SERVERTEST_SIGNAL:-TERM} -$server 2>/dev/null
tries=0
while alive; do
	tries=$((tries + 1))
	[ $tries = 250 ] && kill -KILL -$server 2>/dev/null
	[ $tries = 500 ] && exit 1
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

// CA is a certificate authority that lives as long as a test.
type CA struct {
	Pool *x509.CertPool // see ClientConfig
	File string         // the certificate as PEM, for programs that want a file

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewCA makes an authority and writes its certificate to dir.
func NewCA(t testing.TB, dir string) *CA {
	t.Helper()
	ca := &CA{Pool: x509.NewCertPool(), File: filepath.Join(dir, "ca.pem")}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "servertest authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	ca.cert, ca.key = signCertificate(t, template, nil, nil)
	ca.Pool.AddCert(ca.cert)
	writePEM(t, ca.File, "CERTIFICATE", ca.cert.Raw)
	return ca
}

// ClientConfig trusts this authority and no other.
func (ca *CA) ClientConfig() *tls.Config {
	return &tls.Config{RootCAs: ca.Pool, MinVersion: tls.VersionTLS12}
}

// Issue writes a server certificate and its key to dir and returns the two
// paths. A name is a host name or an IP address.
func (ca *CA) Issue(t testing.TB, dir string, names ...string) (certFile, keyFile string) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]},
		NotBefore: ca.cert.NotBefore, NotAfter: ca.cert.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	cert, key := signCertificate(t, template, ca.cert, ca.key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, names[0]+".pem"), filepath.Join(dir, names[0]+".key")
	writePEM(t, certFile, "CERTIFICATE", cert.Raw)
	writePEM(t, keyFile, "PRIVATE KEY", der)
	return certFile, keyFile
}

// signCertificate makes a key and a certificate for it, signed by the parent
// (by itself when there is none).
func signCertificate(t testing.TB, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	// Postfix and Dovecot want keys that only root reads.
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if kind == "CERTIFICATE" {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
