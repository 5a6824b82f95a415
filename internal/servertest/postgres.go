package servertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Postgres is a PostgreSQL server of its own on a loopback port. It takes any
// user without a password unless it is told to ask; see [Postgres.AskPasswords].
type Postgres struct {
	dir      string
	bin      string
	port     int
	settings []string
	stop     func()
}

// StartPostgres starts a server for one test, with further settings,
// "name=value".
func StartPostgres(t testing.TB, settings ...string) *Postgres {
	t.Helper()
	p, err := newPostgres(t, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

var shared struct {
	sync.Mutex
	server *Postgres
	err    error
}

// SharedPostgres is a server for all tests of the test binary, with which it
// ends: starting one takes seconds. Each test makes databases of its own.
func SharedPostgres(t testing.TB) *Postgres {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = newPostgres(t)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}

func newPostgres(t testing.TB, settings ...string) (*Postgres, error) {
	t.Helper()
	bin, err := postgresPrograms()
	if err != nil {
		unavailable(t, err.Error())
	}
	dir, err := os.MkdirTemp("", "srpg")
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir, bin: bin, port: FreePorts(t, 1)[0], settings: settings}
	if err := p.handOver(); err != nil {
		return nil, err
	}
	initdb := p.command("initdb", "-D", p.data(), "-U", "spamreport", "--auth=trust", "-E", "UTF8", "--no-locale", "-N")
	if out, err := exec.Command(initdb[0], initdb[1:]...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return p, p.Start()
}

// postgresPrograms is the folder of the programs, which Debian keeps out of
// every PATH; the newest version wins.
func postgresPrograms() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed (apt-get install postgresql)")
	}
	return filepath.Dir(slices.Max(found)), nil
}

// serverUser is who the server runs as when the test runs as root: it refuses
// root.
const serverUser = "postgres"

func (p *Postgres) handOver() error {
	if os.Geteuid() != 0 {
		return nil
	}
	return exec.Command("chown", serverUser, p.dir).Run()
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

// command is how a program of the server is called.
func (p *Postgres) command(name string, args ...string) []string {
	call := append([]string{filepath.Join(p.bin, name)}, args...)
	if os.Geteuid() == 0 {
		call = append([]string{"setpriv", "--reuid=" + serverUser, "--regid=" + serverUser, "--clear-groups"}, call...)
	}
	return call
}

// endPostgres is run when the server has ended for good.
const endPostgres = `
[ -e "$SERVERTEST_DIR/keep" ] || rm -rf "$SERVERTEST_DIR"
`

// Start starts the server after Stop or Kill, on the same port and with what it
// had on disk, and waits until it answers.
func (p *Postgres) Start() error {
	_ = os.Remove(filepath.Join(p.dir, "keep"))
	args := p.command("postgres", "-D", p.data(), "-p", fmt.Sprint(p.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=400", "-c", "shared_buffers=64MB")
	for _, setting := range p.settings {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command("sh", append([]string{"-c", leash + endPostgres, "sh"}, args...)...)
	cmd.Env = append(os.Environ(), "SERVERTEST_DIR="+p.dir, "SERVERTEST_SIGNAL=INT") // INT: end now, whoever is connected
	cmd.Dir = p.dir
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own descriptor
	cmd.Stdout, cmd.Stderr = log, log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.stop = sync.OnceFunc(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	return p.wait()
}

func (p *Postgres) logFile() string { return filepath.Join(p.dir, "log") }

func (p *Postgres) wait() error {
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(50 * time.Millisecond) {
		err := p.Exec(context.Background(), "postgres", "SELECT 1")
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(p.logFile())
			return fmt.Errorf("PostgreSQL does not answer after %s: %w\n%s", startTimeout, err, said)
		}
	}
}

// Stop ends the server and removes what it had; stopping twice is fine.
func (p *Postgres) Stop() { p.stop() }
