package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"spamreport/internal/replay"
	"spamreport/internal/servertest"
)

// site is a small provider: a real Dovecot with a Junk folder, a real Postfix
// as smarthost that keeps what it is given, registries on loopback, and a
// configuration file.
type site struct {
	t       *testing.T
	dovecot *servertest.DovecotServer
	postfix *servertest.PostfixServer
	dir     string // of configuration and state
	env     []string
}

const siteConfig = `
[identity]
name = "Reports"
email = "reports@example.org"
[[account]]
name = "home"
server = %q
tls = "starttls"
ca_file = %q
user = %q
password_env = "IMAP_PASSWORD"
folders = ["Junk"]
trust = ["example.org"]
[lookup]
rdap_bootstrap = %q
allow_special = ["198.51.100.0/24", "192.0.2.0/24", "203.0.113.0/24"]
[lookup.whois_hosts]
%s
[complaint]
approve = "auto"
per_contact_per_day = 10000
[relay]
smarthost = %q
tls = "starttls"
ca_file = %q
user = %q
password_env = "SMTP_PASSWORD"
`

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOn(t, servertest.DovecotOptions{RequireTLS: true})
}

func newSiteOn(t *testing.T, options servertest.DovecotOptions) *site {
	t.Helper()
	return newSiteOf(t, servertest.Dovecot(t, options), servertest.Postfix(t, servertest.PostfixOptions{}))
}

func newSiteOf(t *testing.T, dovecot *servertest.DovecotServer, postfix *servertest.PostfixServer) *site {
	t.Helper()
	s := &site{t: t, dovecot: dovecot, postfix: postfix}
	registries, err := replay.Start(t.Context(), replay.Sample())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registries.Close)
	var hosts strings.Builder
	for host, address := range registries.WHOISHosts() {
		fmt.Fprintf(&hosts, "%q = %q\n", host, address)
	}
	s.dir = t.TempDir()
	config := fmt.Sprintf(siteConfig, s.dovecot.IMAP, s.dovecot.CA.File, servertest.DovecotUser,
		registries.BootstrapURL(), hosts.String(), s.postfix.Submission, s.postfix.CA.File, servertest.PostfixUser)
	file := filepath.Join(s.dir, "config.toml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), testMain+"=1", "SPAMREPORT_CONFIG="+file, "XDG_STATE_HOME="+s.dir, "HOME="+s.dir,
		"IMAP_PASSWORD="+servertest.DovecotPassword, "SMTP_PASSWORD="+servertest.PostfixPassword)
	return s
}

func (s *site) command(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), program, args...)
	cmd.Env = s.env
	return cmd
}

// sweep runs a sweep that must succeed, and must be quiet as cron wants it.
func (s *site) sweep() {
	s.t.Helper()
	out, err := s.command("sweep").CombinedOutput()
	if err != nil || len(out) > 0 {
		s.t.Fatalf("sweep: %v\n%s", err, out)
	}
}

// fill puts spam number from..to-1 into the Junk folder: each an incident of
// its own, which takes other words, since copies that differ in numbers are one.
func (s *site) fill(from, to int) {
	s.t.Helper()
	s.dovecot.Fill(s.t, servertest.DovecotUser, "Junk", to-from, func(i int) []byte {
		n := from + i
		date := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
		return fmt.Appendf(nil, "Received: from host%[1]d.example.net (host%[1]d.example.net [198.51.100.%[2]d])\r\n"+
			"\tby mx.example.org (Postfix) with ESMTP id Q%[1]d; %[3]s\r\nFrom: a@example.net\r\nTo: user@example.org\r\n"+
			"Subject: offer %[4]s\r\nMessage-ID: <offer-%[1]d@example.net>\r\nDate: %[3]s\r\n\r\nbuy number %[1]d\r\n",
			n, n%250+1, date, spelled(n))
	})
}

// spelled writes a number in words.
func spelled(n int) string {
	words := strings.Fields("zero one two three four five six seven eight nine")
	var out []string
	for _, digit := range strconv.Itoa(n) {
		out = append(out, words[digit-'0'])
	}
	return strings.Join(out, " ")
}

// refuseOne has the smarthost refuse the complaint about message 0 for good,
// and take those that follow.
func (s *site) refuseOne(reply string) {
	s.t.Helper()
	s.postfix.Answer("abuse@hosting.example", reply)
	s.fill(0, 1)
	if out, err := s.command("sweep").CombinedOutput(); err == nil {
		s.t.Fatalf("a refusal for good went unnoticed\n%s", out)
	}
	s.postfix.Answer("abuse@hosting.example", "")
}

// arrived counts the complaints at the abuse desk by Message-ID.
func (s *site) arrived() map[string]int {
	s.t.Helper()
	counts := map[string]int{}
	for _, raw := range s.postfix.Mail(s.t, "abuse@hosting.example") {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			s.t.Fatalf("a complaint that cannot be read: %v\n%s", err, raw)
		}
		counts[m.Header.Get("Message-Id")]++
	}
	return counts
}

// eachOnce checks that want complaints have arrived, each once. After a kill
// one transaction, that in flight, may have been repeated.
func (s *site) eachOnce(want, mayRepeat int) {
	s.t.Helper()
	var got map[string]int
	// Postfix delivers to its mailbox a moment after it took a message.
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if got = s.arrived(); len(got) >= want {
			break
		}
	}
	repeated := 0
	for _, n := range got {
		repeated += n - 1
	}
	if len(got) != want || repeated > mayRepeat {
		s.t.Fatalf("%d complaints arrived, want %d; %d repeated, at most %d may be", len(got), want, repeated, mayRepeat)
	}
}

func TestEachComplaintArrivesOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(0, 50)
	s.sweep()
	s.eachOnce(50, 0)

	s.sweep()
	s.eachOnce(50, 0)

	// Sweeps of new mail that are killed with -9 somewhere in the middle.
	const kills = 4
	for round := range kills {
		s.fill(50*(round+1), 50*(round+2))
		cmd := s.command("sweep")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+rand.IntN(600)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !strings.Contains(err.Error(), "finished") {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed, or done before that
	}
	s.sweep()
	s.eachOnce(50*(kills+1), kills)

	flags := s.dovecot.Flags(t, servertest.DovecotUser, "Junk")
	if len(flags) != 50*(kills+1) {
		t.Errorf("%d messages in the folder: some are gone", len(flags))
	}
	for uid, f := range flags {
		if len(f) != 1 || f[0] != "$SpamReported" {
			t.Errorf("message %d has flags %v, want $SpamReported alone", uid, f)
		}
	}
}

func TestADryRunLeavesServersAndDiskAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(0, 3)
	out, err := s.command("sweep", "--dry-run").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "3 would-send") {
		t.Fatalf("%v\n%s", err, out)
	}
	for uid, f := range s.dovecot.Flags(t, servertest.DovecotUser, "Junk") {
		if len(f) != 0 {
			t.Errorf("message %d has flags %v", uid, f)
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, "spamreport")); err == nil {
		t.Error("a dry run made a state folder")
	}
	if n := len(s.arrived()); n != 0 {
		t.Errorf("%d complaints arrived", n)
	}
}

func TestTheSmarthostRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reply  string
		status int
		says   string
		state  string
	}{
		"for now":  {"450 4.2.0 come back later", exitTemporary, "queued", "retrying"},
		"for good": {"550 5.1.1 no such user", exitFailed, "no such user", "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.postfix.Answer("abuse@hosting.example", tc.reply)
			s.fill(0, 1)
			out, err := s.command("sweep").CombinedOutput()
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != tc.status || !strings.Contains(string(out), tc.says) {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err = s.command("history").CombinedOutput()
			if err != nil || !strings.Contains(string(out), tc.state) {
				t.Errorf("history: %v\n%s", err, out)
			}
		})
	}
}

// What our own smarthost says when it wants a log-in is no word about the desk.
func TestADeskIsNotGivenUpForASmarthostThatRelaysNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.refuseOne("554 5.7.1 Relay access denied")
	s.fill(1, 2)
	s.sweep()
	s.eachOnce(1, 0)
}

func TestADeskThatBouncedIsNotMailedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.refuseOne("550 5.1.1 no such user")
	s.fill(1, 2)
	s.sweep()
	// The next candidate gets what was refused and what came since, and the
	// reason is shown.
	if got := s.postfix.WaitMail(t, "noc@hosting.example", 2); len(got) != 2 || len(s.arrived()) != 0 {
		t.Errorf("%d complaints at the next candidate, %d at the one that bounced", len(got), len(s.arrived()))
	}
	out, err := s.command("lookup", "198.51.100.7").CombinedOutput()
	if err != nil || !strings.Contains(string(out), ": it bounced (550 5.1.1") {
		t.Errorf("lookup: %v\n%s", err, out)
	}
}
