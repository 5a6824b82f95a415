package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
)

// chaosWorld is what the program works with while it is killed, starved and
// lied to: a mailbox, a registry and a smarthost in the test itself, so that a
// round takes milliseconds, each behind a tap that knows how far the
// conversation is. It remembers what went in and what came out; see addsUp.
type chaosWorld struct {
	t     *testing.T
	dir   string   // of configuration and state
	env   []string // of the program
	store string   // where the database is, not through the tap
	entry string   // where its relay listens, host:port

	box      *servertest.MemoryIMAP
	registry *chaosRegistry
	desk     *chaosDesk

	imap, rdap, smtp *servertest.Tap
	sql              *servertest.Tap // nil with SQLite

	spam [][]byte // what lies in the Junk folder, in the order of its UIDs
}

const chaosConfig = `
database = %q
[identity]
name = "Reports"
email = "reports@example.org"
[[account]]
name = "home"
server = %q
tls = "none"
user = "user"
password_env = "IMAP_PASSWORD"
folders = ["Junk"]
trust = ["example.org"]
[lookup]
order = ["rdap"]
rdap_bootstrap = %q
allow_special = ["2001:db8::/32"]
[complaint]
approve = %q
per_contact_per_day = 100000
[relay]
smarthost = %q
tls = "none"
helo = "reports.example.org"
[relay.listen]
address = %q
loopback_user = "load"
[[relay.users]]
name = "load"
senders = ["*"]
`

// chaosOptions adjust a world.
type chaosOptions struct {
	dir      string               // of the state; its own when empty
	postgres *servertest.Postgres // nil: SQLite
	review   bool                 // complaints wait for approval
}

func newChaosWorld(t *testing.T, o chaosOptions) *chaosWorld {
	t.Helper()
	if o.dir == "" {
		o.dir = t.TempDir()
	}
	w := &chaosWorld{t: t, dir: o.dir, box: servertest.NewMemoryIMAP(t, "Junk"), registry: newChaosRegistry(t), desk: newChaosDesk(t)}
	w.imap, w.rdap, w.smtp = servertest.NewTap(t, w.box.Addr), servertest.NewTap(t, w.registry.addr), servertest.NewTap(t, w.desk.addr)
	database := "sqlite"
	w.store = filepath.Join(o.dir, "spamreport", "spamreport.db")
	if o.postgres != nil {
		w.store = o.postgres.Database(t, fmt.Sprintf("chaos_%x", rand.Uint64()))
		w.sql = servertest.NewTap(t, o.postgres.Address())
		database = strings.Replace(w.store, o.postgres.Address(), w.sql.Addr, 1)
	}
	approve := "auto"
	if o.review {
		approve = "review"
	}
	w.entry = servertest.Loopback(servertest.FreePorts(t, 1)[0])
	file := filepath.Join(o.dir, "config.toml")
	text := fmt.Sprintf(chaosConfig, database, w.imap.Addr, "http://"+w.rdap.Addr+"/", approve, w.smtp.Addr, w.entry)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.env = append(os.Environ(), testMain+"=1", "SPAMREPORT_CONFIG="+file, "XDG_STATE_HOME="+o.dir, "HOME="+o.dir,
		"IMAP_PASSWORD="+servertest.MemoryPassword)
	return w
}

// command is the program with arguments.
func (w *chaosWorld) command(args ...string) *exec.Cmd {
	return w.commandContext(w.t.Context(), args...)
}

// commandContext is a command that is killed when ctx ends.
func (w *chaosWorld) commandContext(ctx context.Context, args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = w.env
	return cmd
}

// run runs the program to its end, and returns its exit status and what it said.
func (w *chaosWorld) run(args ...string) (status int, said string) {
	w.t.Helper()
	out, err := w.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		w.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	if exit != nil {
		status = exit.ExitCode()
	}
	return status, string(out)
}

func asExit(err error, exit **exec.ExitError) (is bool) {
	*exit, is = err.(*exec.ExitError)
	return is
}

// must runs the program, which must succeed and be quiet, as cron wants it.
func (w *chaosWorld) must(args ...string) {
	w.t.Helper()
	if status, said := w.run(args...); status != 0 || said != "" {
		w.t.Fatalf("%s: exit status %d\n%s", strings.Join(args, " "), status, said)
	}
}

// open opens the database beside the program.
func (w *chaosWorld) open() *store.Store {
	w.t.Helper()
	s, err := store.Open(context.Background(), w.store, store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// arrive puts n more messages into the Junk folder: most are campaigns of their
// own, two of a network; some are further copies of the one before, or the very
// same message again, or come from nowhere.
func (w *chaosWorld) arrive(n int) {
	w.t.Helper()
	for range n {
		i := len(w.spam)
		var raw []byte
		switch {
		case i%7 == 3:
			raw = chaosSpam(i, i-1) // a copy of the campaign before: it has other numbers
		case i%11 == 5:
			raw = w.spam[i-2]
		case i%13 == 6:
			raw = []byte(nowhere + "; " + time.Now().Format(time.RFC1123Z) + "\r\nSubject: none " + spelled(i) + "\r\n\r\nx\r\n")
		default:
			raw = chaosSpam(i, i)
		}
		w.spam = append(w.spam, raw)
		w.box.Append(w.t, raw)
	}
}

// nowhere is the trace of a message that came from no public address: there is
// nobody to complain to.
const nowhere = "Received: from pc (pc [192.168.1.4]) by mx.example.org with ESMTP id 9"

func fromNowhere(raw []byte) bool { return bytes.HasPrefix(raw, []byte(nowhere)) }

// chaosSpam is message i, of a campaign.
func chaosSpam(i, campaign int) []byte {
	from := networkOf(campaign / 2).Addr().Next()
	date := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
	return fmt.Appendf(nil, "Received: from host.example.net (host.example.net [IPv6:%[2]s])\r\n"+
		"\tby mx.example.org (Postfix) with ESMTP id Q%[1]d; %[3]s\r\nFrom: a@example.net\r\nTo: user@example.org\r\n"+
		"Subject: offer %[4]s\r\nMessage-ID: <offer-%[1]d@example.net>\r\nDate: %[3]s\r\n\r\nbuy number %[1]d\r\n%[5]s",
		i, from, date, spelled(campaign), strings.Repeat("now and not tomorrow, we have it all and it is cheap\r\n", i%40))
}

// networkOf is the network of a campaign: a /48 of the documentation addresses.
func networkOf(i int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i >> 8), byte(i)}), 48)
}

// digests of what lies in the folder, by UID. Of what its header is enough to
// pass over no more is read.
func (w *chaosWorld) digests() map[int64]string {
	all := make(map[int64]string, len(w.spam))
	for i, raw := range w.spam {
		all[int64(i+1)] = mailbox.Digest(raw)
		if header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n")); fromNowhere(raw) {
			all[int64(i+1)] = mailbox.HeaderDigest(append(header[:len(header):len(header)], "\r\n\r\n"...))
		}
	}
	return all
}

// rounds is how many rounds a test makes: a few with every test run, many with
// make chaos.
func rounds(t *testing.T, few int) int {
	t.Helper()
	if testing.Short() {
		t.Skip("breaks things many times")
	}
	words := os.Getenv(chaosRounds)
	if words == "" {
		return few
	}
	n, err := strconv.Atoi(words)
	if err != nil {
		t.Fatalf("%s: %v", chaosRounds, err)
	}
	return n
}

// summary is the line that make chaos prints at its end.
func summary(t *testing.T, format string, args ...any) {
	t.Helper()
	t.Logf("CHAOS %s: %s", t.Name(), fmt.Sprintf(format, args...))
}

func chaosListener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var noLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)

// relay starts a relay that goes on until stop ends it, as systemd would. What
// happens to it happens when it is there: a start without a database fails.
func (w *chaosWorld) relay() (stop func()) {
	w.t.Helper()
	serve := w.command("relay", "serve", "--quiet")
	log := &lockedBuffer{}
	serve.Stderr = log
	if err := serve.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = serve.Process.Kill() })
	servertest.WaitListening(w.t, w.entry, log.String)
	return func() {
		w.t.Helper()
		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			w.t.Error(err)
		}
		if err := serve.Wait(); err != nil {
			w.t.Errorf("the relay ended with %v\n%s", err, log)
		}
	}
}
