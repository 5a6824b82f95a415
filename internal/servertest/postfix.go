package servertest

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"
)

// PostfixPackages is what to install on Debian for Postfix with SASL.
const PostfixPackages = "postfix libsasl2-modules sasl2-bin"

// The user of a PostfixServer whose options name none.
const (
	PostfixUser     = "reporter"
	PostfixPassword = "correct horse"
)

// PostfixOptions says what a Postfix should be like. The zero value is ready
// to use.
type PostfixOptions struct {
	Users map[string]string // name → password; PostfixUser when nil
	Main  string            // more lines of main.cf
}

// PostfixServer is a running Postfix. It takes mail for every address in every
// domain and keeps it in a maildir, see Mail. It sends nothing anywhere.
type PostfixServer struct {
	Dir        string
	SMTP       string // host:port; no TLS, no log-in: as a mail exchanger
	Submission string // host:port; STARTTLS and log-in are required
	SMTPS      string // host:port; implicit TLS, log-in is required
	CA         *CA    // signed the certificate, which is for 127.0.0.1 and localhost

	options PostfixOptions
	answers *lookupTable // recipient → reply
	process *Process
}

// postfixRealm is what Cyrus SASL appends to user names.
const postfixRealm = "mail.test"

// Postfix starts a Postfix, or skips the test (see RequireOrSkip).
func Postfix(t testing.TB, options PostfixOptions) *PostfixServer {
	t.Helper()
	RequireOrSkip(t, PostfixPackages, "postfix", "postconf", "saslpasswd2")
	if options.Users == nil {
		options.Users = map[string]string{PostfixUser: PostfixPassword}
	}
	dir := TempDir(t)
	ports := FreePorts(t, 3)
	p := &PostfixServer{
		Dir: dir, SMTP: Loopback(ports[0]), Submission: Loopback(ports[1]), SMTPS: Loopback(ports[2]),
		CA: NewCA(t, dir), options: options, answers: newLookupTable(t),
	}
	p.configure(t)
	p.Start(t)
	return p
}

// configure writes everything that Postfix reads.
func (p *PostfixServer) configure(t testing.TB) {
	t.Helper()
	cert, key := p.CA.Issue(t, p.Dir, "localhost", "127.0.0.1")
	for _, dir := range []string{"conf", "conf/sasl", "queue", "mail", "data"} {
		if err := os.Mkdir(filepath.Join(p.Dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	own(t, filepath.Join(p.Dir, "data"), "postfix")
	own(t, filepath.Join(p.Dir, "mail"), strconv.Itoa(MailUID))
	WriteFile(t, p.conf("main.cf"), fill(t, mainCF, map[string]any{
		"Dir": p.Dir, "Cert": cert, "Key": key, "Realm": postfixRealm, "UID": MailUID, "Answers": p.answers.addr,
	})+p.options.Main)
	WriteFile(t, p.conf("master.cf"), fill(t, masterCF, p))
	WriteFile(t, p.conf("sasl/smtpd.conf"), fill(t, saslConf, p))
	p.age(t, "main.cf", "master.cf")
	p.addUsers(t)
}

// age makes files of the configuration older than they are: every program of
// Postfix waits until they have been left alone for two seconds, since somebody
// may be writing them.
func (p *PostfixServer) age(t testing.TB, names ...string) {
	t.Helper()
	then := time.Now().Add(-time.Minute)
	for _, name := range names {
		if err := os.Chtimes(p.conf(name), then, then); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *PostfixServer) conf(name string) string { return filepath.Join(p.Dir, "conf", name) }

// addUsers fills the password database of Cyrus SASL.
func (p *PostfixServer) addUsers(t testing.TB) {
	t.Helper()
	db := p.conf("sasl/users.db")
	for name, password := range p.options.Users {
		cmd := command(t, "saslpasswd2", "-p", "-c", "-f", db, "-u", postfixRealm, name)
		cmd.Stdin = strings.NewReader(password)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("saslpasswd2: %v\n%s", err, out)
		}
	}
	own(t, db, "postfix")
}

// Start starts the server again after Stop, on the same ports and with the
// same queue.
func (p *PostfixServer) Start(t testing.TB) {
	t.Helper()
	// This makes the folders of the queue.
	if out, err := command(t, "postfix", "-c", p.conf(""), "check").CombinedOutput(); err != nil {
		t.Fatalf("postfix check: %v\n%s", err, out)
	}
	// "postfix start-fg" would put a shell in between, which leaves the server
	// behind when it is told to end.
	p.process = StartProcess(t, filepath.Join(p.Dir, "log"), masterProgram(t), "-c", p.conf(""), "-s")
	for _, addr := range []string{p.SMTP, p.Submission, p.SMTPS} {
		WaitListening(t, addr, p.Log)
	}
}

// masterProgram finds the server itself, which lies outside of PATH.
func masterProgram(t testing.TB) string {
	t.Helper()
	dir, err := command(t, "postconf", "-h", "daemon_directory").Output()
	if err != nil {
		t.Fatalf("postconf: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "master")
}

// Stop ends the server until Start.
func (p *PostfixServer) Stop() { p.process.Stop() }

// Log returns what Postfix has logged so far.
func (p *PostfixServer) Log() string { return p.process.Log() }

// Answer has Postfix answer with a reply, such as "450 4.2.0 busy", to every
// RCPT for an address from now on. An empty reply takes that back.
func (p *PostfixServer) Answer(recipient, reply string) { p.answers.set(recipient, reply) }

// Mail returns the messages that have arrived for an address, in the order of
// their arrival, as Postfix wrote them: with Return-Path, X-Original-To,
// Delivered-To and Received on top and LF line endings.
func (p *PostfixServer) Mail(t testing.TB, address string) [][]byte {
	t.Helper()
	var mine [][]byte
	for _, message := range p.AllMail(t) {
		header, _, _ := bytes.Cut(message, []byte("\n\n"))
		if bytes.Contains(header, []byte("X-Original-To: "+address+"\n")) {
			mine = append(mine, message)
		}
	}
	return mine
}

// AllMail returns every message that has arrived, once for each recipient.
func (p *PostfixServer) AllMail(t testing.TB) [][]byte {
	t.Helper()
	dir := filepath.Join(p.Dir, "mail", "all", "new")
	files, err := os.ReadDir(dir) // by name, which a stable sort keeps where the clock is too coarse
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.SortStableFunc(files, func(a, b fs.DirEntry) int { return arrival(t, a).Compare(arrival(t, b)) })
	var all [][]byte
	for _, f := range files {
		message, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, message)
	}
	return all
}

func arrival(t testing.TB, f fs.DirEntry) time.Time {
	t.Helper()
	info, err := f.Info()
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// WaitMail waits until n messages have arrived for an address and returns
// them. Postfix delivers after it has accepted, so a test cannot just look.
func (p *PostfixServer) WaitMail(t testing.TB, address string, n int) [][]byte {
	t.Helper()
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(20 * time.Millisecond) {
		mail := p.Mail(t, address)
		if len(mail) >= n {
			return mail
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d messages for %s after %s, want %d\n%s", len(mail), address, startTimeout, n, p.Log())
		}
	}
}

// command prepares a program from PATH or the sbin folders.
func command(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := FindProgram(name)
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(program, args...)
}

// own gives a file to a user, by name or number.
func own(t testing.TB, path, owner string) {
	t.Helper()
	uid, err := strconv.Atoi(owner)
	if err != nil {
		u, err := user.Lookup(owner)
		if err != nil {
			t.Fatal(err)
		}
		if uid, err = strconv.Atoi(u.Uid); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(path, uid, -1); err != nil {
		t.Fatal(err)
	}
}

// fill fills a template.
func fill(t testing.TB, text string, data any) string {
	t.Helper()
	var out strings.Builder
	if err := template.Must(template.New("").Parse(text)).Execute(&out, data); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
