package servertest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
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

// Interrupt ends the server as an administrator would, all sessions with it.
// Start goes on with the same databases.
func (p *Postgres) Interrupt(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "keep"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.stop()
}

// Crash ends the server as a want of memory would: its first process is killed,
// and the others end without a word. Start goes on with the same databases.
func (p *Postgres) Crash(t testing.TB) {
	t.Helper()
	if err := syscall.Kill(p.postmaster(t), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	p.Interrupt(t)
	// They notice by themselves, each in a session of its own, and a new server
	// does not start beside them.
	for deadline := time.Now().Add(startTimeout); p.alive(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("processes of PostgreSQL outlive the first one")
		}
	}
}

// alive says whether a process works in the folder of the databases.
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

// Exec runs a statement in a database.
func (p *Postgres) Exec(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// URL is where a database is.
func (p *Postgres) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("spamreport"), Host: Loopback(p.port), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Address is where the server listens, host:port.
func (p *Postgres) Address() string { return Loopback(p.port) }

// Database makes a database that lives as long as the test, unless there is
// one of this name, and returns where it is.
func (p *Postgres) Database(t testing.TB, name string) string {
	t.Helper()
	return p.Copy(t, name, "template1")
}

// Copy is Database with what is in another one, which nobody may have open.
func (p *Postgres) Copy(t testing.TB, name, from string) string {
	t.Helper()
	err := p.Exec(t.Context(), "postgres", `CREATE DATABASE "`+name+`" TEMPLATE "`+from+`"`)
	if err != nil && !isDuplicate(err) {
		t.Fatal(err)
	}
	if err == nil {
		t.Cleanup(func() {
			// A test that stopped the server has nothing to drop.
			_ = p.Exec(context.Background(), "postgres", `DROP DATABASE IF EXISTS "`+name+`" WITH (FORCE)`)
		})
	}
	return p.URL(name)
}

func isDuplicate(err error) bool {
	var e interface{ SQLState() string }
	const duplicateDatabase = "42P04"
	return errors.As(err, &e) && e.SQLState() == duplicateDatabase
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
