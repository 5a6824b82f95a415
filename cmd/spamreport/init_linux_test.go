package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"spamreport/internal/demo"
	"spamreport/internal/replay"
	"spamreport/internal/servertest"
)

// newcomer is a person with an empty home folder, whose mail is on a real
// Dovecot and a real Postfix. Their domain says where in an autoconfig file.
type newcomer struct {
	t       *testing.T
	dovecot *servertest.DovecotServer
	postfix *servertest.PostfixServer
	home    string
	web     string // with the autoconfig file
	cas     string // PEM, of both servers
	env     []string
}

const autoconfigFile = `<clientConfig version="1.1"><emailProvider id="example.org">
<incomingServer type="imap"><hostname>127.0.0.1</hostname><port>%s</port><socketType>SSL</socketType>
<username>%%EMAILADDRESS%%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>127.0.0.1</hostname><port>%s</port><socketType>STARTTLS</socketType>
<username>%s</username><authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>`

func newNewcomer(t *testing.T, dovecot servertest.DovecotOptions) *newcomer {
	t.Helper()
	n := &newcomer{t: t, dovecot: servertest.Dovecot(t, dovecot), postfix: servertest.Postfix(t, servertest.PostfixOptions{}), home: t.TempDir()}
	n.dovecot.Append(t, servertest.DovecotUser, "INBOX", demo.Ordinary(time.Now())...)
	spam, err := demo.Spam(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	n.dovecot.Append(t, servertest.DovecotUser, "Junk", spam...)
	registries, err := replay.Start(t.Context(), replay.Sample())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registries.Close)
	n.web = n.serve(fmt.Sprintf(autoconfigFile, port(n.dovecot.IMAPS), port(n.postfix.Submission), servertest.PostfixUser))
	names := servertest.DNS(t, `_dmarc.strict.example. 60 IN TXT "v=DMARC1; p=reject"`)

	bin := filepath.Join(n.home, "bin")
	for name, script := range map[string]string{
		"systemctl": "exit 1",
		"crontab":   `case $1 in -l) cat ~/crontab 2>/dev/null || { echo "no crontab for you" >&2; exit 1; } ;; *) cat >~/crontab ;; esac`,
	} {
		n.write(filepath.Join(bin, name), "#!/bin/sh\n"+script+"\n", 0o755)
	}
	var cas bytes.Buffer
	for _, file := range []string{n.dovecot.CA.File, n.postfix.CA.File} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cas.Write(text)
	}
	n.cas = filepath.Join(n.home, "authorities.pem")
	n.write(n.cas, cas.String(), 0o644)
	n.env = []string{
		testMain + "=1", "HOME=" + n.home, "PATH=" + bin + ":" + os.Getenv("PATH"), "TERM=dumb",
		"SPAMREPORT_DNS_SERVER=" + names.Addr, "SPAMREPORT_LOOKUP_RDAP_BOOTSTRAP=" + registries.BootstrapURL(),
		"SPAMREPORT_LOOKUP_ALLOW_SPECIAL=198.51.100.0/24,192.0.2.0/24,203.0.113.0/24", "SPAMREPORT_LOOKUP_ORDER=rdap",
	}
	return n
}

func port(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

func (n *newcomer) write(path, text string, mode os.FileMode) {
	n.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		n.t.Fatal(err)
	}
}

func (n *newcomer) serve(file string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/example.org" {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprint(w, file)
	}))
	n.t.Cleanup(server.Close)
	return server.URL + "/%s"
}

func (n *newcomer) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(n.t.Context(), os.Args[0], args...)
	cmd.Env, cmd.Dir = n.env, n.home
	return cmd
}

func (n *newcomer) run(args ...string) string {
	n.t.Helper()
	out, err := n.command(args...).CombinedOutput()
	if err != nil {
		n.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// talk is a program on a terminal.
type talk struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	said bytes.Buffer
	read int // how much of it was expected already
	done chan error

	answers int
}

func (n *newcomer) talk(args ...string) *talk {
	n.t.Helper()
	c := &talk{t: n.t, cmd: n.command(args...), done: make(chan error, 1)}
	tty, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		n.t.Fatal(err)
	}
	c.tty = tty
	n.t.Cleanup(func() { _ = tty.Close() })
	go func() {
		for b := make([]byte, 4096); ; {
			got, err := tty.Read(b)
			c.mu.Lock()
			c.said.Write(b[:got])
			c.mu.Unlock()
			if err != nil { // EIO: the program has gone
				c.done <- c.cmd.Wait()
				return
			}
		}
	}()
	return c
}

func (c *talk) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.ReplaceAll(c.said.String(), "\r\n", "\n")
}

// expect waits until something that matches was said, after what was expected
// before.
func (c *talk) expect(pattern string) {
	c.t.Helper()
	matches := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		text := c.text()
		if at := matches.FindStringIndex(text[c.read:]); at != nil {
			c.read += at[1]
			return
		}
	}
	c.t.Fatalf("nobody said %s after:\n%s\n---\n%s", pattern, c.text()[:c.read], c.text()[c.read:])
}

// answer waits for a question and answers it.
func (c *talk) answer(question, text string) {
	c.t.Helper()
	c.expect(question)
	c.answers++
	if _, err := c.tty.WriteString(text + "\n"); err != nil {
		c.t.Fatal(err)
	}
}

func (c *talk) end() error {
	c.t.Helper()
	select {
	case err := <-c.done:
		return err
	case <-time.After(time.Minute):
		c.t.Fatalf("it does not end:\n%s", c.text())
		return nil
	}
}

func TestANewcomerIsSetUpInFewerThanTenAnswers(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, servertest.DovecotOptions{RequireTLS: true})
	n.env = append(n.env, "SSL_CERT_FILE="+n.cas)
	c := n.talk("init", "--autoconfig", n.web)
	c.answer(`Your mail address: `, servertest.DovecotUser)
	c.expect(`reading  127\.0\.0\.1:\d+ \(TLS\)\n  sending  127\.0\.0\.1:\d+ \(STARTTLS\)\n`)
	c.answer(`Use these servers \[yes\]: `, "")
	c.answer(`Password of spam@example\.org \(not shown; empty for another way\): `, servertest.DovecotPassword)
	c.expect(`Its folders: INBOX, Junk, Sent\n`)
	c.answer(`Folders with spam, with commas between them \[Junk\]: `, "")
	c.answer(`Send complaints through 127\.0\.0\.1:\d+ with the same password \[yes\]: `, "")
	c.answer(`Complaints come from \[.*spam@example\.org>?\]: `, "Zoë Example <zoe@example.org>")
	c.answer(`Trust these hosts for account spam@example\.org\? \[y/N\] `, "y")
	c.answer(`Sweep every 15 minutes \(a line in your crontab\) \[yes\]: `, "")
	if err := c.end(); err != nil {
		t.Fatalf("%v\n%s", err, c.text())
	}
	if c.answers >= 10 {
		t.Errorf("%d answers", c.answers)
	}
	if strings.Contains(c.text(), servertest.DovecotPassword) {
		t.Error("the password was shown")
	}
	dir := filepath.Join(n.home, ".config", "spamreport")
	for _, name := range []string{"config.toml", "password"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "config.toml")); bytes.Contains(text, []byte(servertest.DovecotPassword)) {
		t.Error("the password stands in the configuration")
	}
	table, err := os.ReadFile(filepath.Join(n.home, "crontab"))
	if err != nil || !regexp.MustCompile(`^\*/15 \* \* \* \* \S+ sweep\n$`).Match(table) {
		t.Errorf("crontab %q, %v", table, err)
	}

	// The sweep runs, and what it holds goes out when it is approved.
	n.run("sweep")
	if out := n.run("review", "list"); !strings.Contains(out, "198.51.100.23") {
		t.Errorf("review:\n%s", out)
	}
	n.run("review", "approve", "all")
	n.postfix.WaitMail(t, "abuse@hosting.example", 1)
}

func TestWhatDoesNotWorkIsAskedAgain(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, servertest.DovecotOptions{RequireTLS: true})
	n.write(filepath.Join(n.home, "secret"), servertest.DovecotPassword+"\n", 0o600)
	c := n.talk("init", "--autoconfig", n.web, "--timer", "no", "--name", "Zoë")
	c.answer(`Your mail address: `, "nobody")
	c.expect(`this is not a mail address`)
	c.answer(`Your mail address: `, servertest.DovecotUser)
	c.answer(`Use these servers \[yes\]: `, "perhaps")
	c.expect(`answer yes or no`)
	c.answer(`Use these servers \[yes\]: `, "n")

	c.answer(`IMAP server, as host or host:port \[127\.0\.0\.1:\d+\]: `, "127.0.0.1:1")
	c.answer(`Password of .*: `, "wrong")
	c.expect(`That did not work: .*connection refused`)
	c.answer(`Server, as host or host:port \[127\.0\.0\.1:1\]: `, n.dovecot.IMAPS)
	c.expect(`That did not work: .*certificate is not accepted`)
	c.answer(`PEM file of its authority.*: `, "/nowhere.pem")
	c.expect(`no such file`)
	c.answer(`PEM file of its authority.*: `, n.cas)
	c.expect(`That did not work: .*refuses the user name or the password`)
	c.answer(`Login name \[spam@example\.org\]: `, "")
	c.answer(`Password of spam@example\.org .*: `, "")
	c.answer(`Where does the password come from \[1\]: `, "4")
	c.answer(`Where does the password come from \[1\]: `, "1")
	c.answer(`The command: `, "exit 3")
	c.expect(`That did not work: the password cannot be had`)
	c.answer(`Login name \[spam@example\.org\]: `, "")
	c.answer(`Password of spam@example\.org .*: `, "")
	c.answer(`Where does the password come from \[1\]: `, "2")
	c.answer(`The file: `, "~/secret")

	c.answer(`Folders with spam.* \[Junk\]: `, "Junk, Spam")
	c.expect(`there is no folder "Spam"`)
	c.answer(`Folders with spam.* \[Junk\]: `, "Junk, Sent")
	c.answer(`Send complaints through .* \[yes\]: `, "n")
	c.answer(`Server that takes your outgoing mail.*: `, n.postfix.SMTPS)
	c.answer(`Login name there \(empty: none\): `, "nobody")
	c.answer(`With the same password \[yes\]: `, "")
	c.expect(`That did not work: .*refused the log-in`)
	c.answer(`Login name \[nobody\]: `, servertest.PostfixUser)
	c.answer(`Password of reporter .*: `, servertest.PostfixPassword)
	c.answer(`Complaints come from \[Zoë <spam@example\.org>\]: `, "Zoë")
	c.expect(`write it like`)
	c.answer(`Complaints come from \[Zoë <spam@example\.org>\]: `, "Zoë <zoe@strict.example>")
	c.expect(`strict\.example asks for p=reject, and mail from here does not pass`)
	c.answer(`Trust these hosts`, "n")
	if err := c.end(); err != nil {
		t.Fatalf("%v\n%s", err, c.text())
	}
	text, err := os.ReadFile(filepath.Join(n.home, ".config", "spamreport", "config.toml"))
	for _, line := range []string{
		`name = "Zoë"`, `email = "zoe@strict.example"`, `server = "` + n.dovecot.IMAPS + `"`, `tls = "implicit"`, `ca_file = "` + n.cas + `"`,
		`password_file = "` + n.home + `/secret"`, `folders = ["Junk", "Sent"]`,
		`smarthost = "` + n.postfix.SMTPS + `"`, `tls = "tls"`, `user = "reporter"`, `password_file = "smarthost-password"`,
	} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("no line %s, %v", line, err)
		}
	}
	n.run("sweep", "--dry-run")
	n.run("doctor", "--only", "account", "--only", "sending/smarthost")
}

// An interrupt at any question leaves nothing behind, and a terminal that shows
// what is typed.
func TestAnInterruptOfInitLeavesNothingHalfWritten(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, servertest.DovecotOptions{RequireTLS: true})
	n.env = append(n.env, "SSL_CERT_FILE="+n.cas)
	questions := []struct{ text, answer string }{
		{`Your mail address`, servertest.DovecotUser},
		{`Use these servers`, ""},
		{`Password of`, servertest.DovecotPassword},
		{`Folders with spam`, ""},
		{`Send complaints through`, ""},
		{`Complaints come from`, ""},
	}
	for at := range questions {
		for how, keys := range map[string]string{"interrupt": "\x03", "end of input": "\x04"} {
			if keys == "\x04" && questions[at].text == "Password of" {
				continue // golang.org/x/term passes over it while nothing is shown
			}
			c := n.talk("init", "--autoconfig", n.web)
			for _, q := range questions[:at] {
				c.answer(q.text, q.answer)
			}
			c.expect(questions[at].text + `.*: `)
			if _, err := c.tty.WriteString(keys); err != nil {
				t.Fatal(err)
			}
			if err := c.end(); err == nil || !strings.Contains(c.text(), "stopped; nothing was written") {
				t.Errorf("%s at %s: %v\n%s", how, questions[at].text, err, c.text())
			}
			if state, err := unix.IoctlGetTermios(int(c.tty.Fd()), unix.TCGETS); err != nil || state.Lflag&unix.ECHO == 0 {
				t.Errorf("%s at %s: the terminal does not show what is typed any more, %v", how, questions[at].text, err)
			}
			if _, err := os.Stat(filepath.Join(n.home, ".config")); err == nil {
				t.Fatalf("%s at %s: something was written", how, questions[at].text)
			}
		}
	}
}

func TestScriptsAnswerByFlags(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, servertest.DovecotOptions{RequireTLS: true})
	n.env = append(n.env, "SSL_CERT_FILE="+n.cas)
	out := n.run("init", "--yes", "--autoconfig", n.web, "--address", servertest.DovecotUser,
		"--imap-password-command", "echo '"+servertest.DovecotPassword+"'", "--timer", "no")
	if !strings.Contains(out, "Folders with spam, with commas between them: Junk") {
		t.Errorf("%s", out)
	}
	n.run("sweep")
	if out := n.run("trust", "list"); !strings.Contains(out, "learned") {
		t.Errorf("trust:\n%s", out)
	}
	for _, wrong := range []struct{ args, want string }{
		{"--force --address nobody", "--address \"nobody\": this is not a mail address"},
		{"--force", "Your mail address: there is nothing to propose; give --address"},
		{"", "exists already"},
		{"--force --address spam@example.org", "by a flag"},
		{"--force --address spam@example.org --imap-password-command false", "the password cannot be had: password_command \"false\": exit status 1"},
	} {
		args := append([]string{"init", "--yes", "--autoconfig", n.web}, strings.Fields(wrong.args)...)
		out, err := n.command(args...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), wrong.want) {
			t.Errorf("%s: %v\n%s", wrong.args, err, out)
		}
	}
}
