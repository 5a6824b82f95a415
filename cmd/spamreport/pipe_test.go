package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// recipe is a block of docs/recipes.md, as people copy it: the first that
// has a text.
func recipe(t *testing.T, has string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(text), "```") {
		if _, content, _ := strings.Cut(block, "\n"); i%2 == 1 && strings.Contains(content, has) {
			return content
		}
	}
	t.Fatalf("docs/recipes.md has no recipe with %s", has)
	return ""
}

// lendTo lets another user of this machine run the program on the site: from a
// folder that is returned, in which it is called spamreport. An agent hands on
// little of the environment, so that is in the program.
func (s *site) lendTo(uid int) (folder string) {
	s.t.Helper()
	folder = servertest.TempDir(s.t)
	config, err := os.ReadFile(filepath.Join(s.dir, "config.toml"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.env = append(s.env, "SPAMREPORT_CONFIG="+filepath.Join(folder, "config.toml"), "XDG_STATE_HOME="+filepath.Join(folder, "state"), "HOME="+folder)
	var script strings.Builder
	script.WriteString("#!/bin/sh\n")
	for _, variable := range s.env {
		if name, value, _ := strings.Cut(variable, "="); strings.HasSuffix(name, "_PASSWORD") || strings.HasPrefix(name, "SPAMREPORT_") || name == "XDG_STATE_HOME" {
			fmt.Fprintf(&script, "export %s='%s'\n", name, value)
		}
	}
	program := filepath.Join(folder, "program")
	fmt.Fprintf(&script, "exec %s \"$@\"\n", program)
	s.copyProgram(program)
	for name, content := range map[string]string{"config.toml": string(config), "spamreport": script.String()} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o700); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, name := range []string{"", "config.toml", "spamreport"} {
		if err := os.Chown(filepath.Join(folder, name), uid, uid); err != nil {
			s.t.Fatal(err)
		}
	}
	return folder
}

// copyProgram puts this test binary where other users may run it.
func (s *site) copyProgram(path string) {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	in, err := os.Open(self)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		s.t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// piped is a message as a delivery agent gets it, which a filter took for spam.
func piped(n int, flag string) string {
	date := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
	return fmt.Sprintf("Received: from bad.example.net (bad.example.net [198.51.100.%d])\r\n\tby mx.example.org with ESMTP id 1; %s\r\n"+
		"From: winner@example.net\r\nTo: user@example.org\r\nSubject: message %d\r\nMessage-ID: <%[1]d@example.net>\r\nX-Spam-Flag: %[4]s\r\n\r\nYou have won number %[1]d.\r\n",
		n, date, n, flag)
}

// TestDovecotSievePipesSpam delivers as Dovecot's own agent does, with the
// script of the recipe.
func TestDovecotSievePipesSpam(t *testing.T) {
	t.Parallel()
	servertest.RequireOrSkip(t, "dovecot-sieve", "dovecot-lda", "sievec")
	folder := servertest.TempDir(t)
	options := servertest.DovecotOptions{RequireTLS: true, Extra: fmt.Sprintf(
		"protocol lda {\n  mail_plugins = sieve\n}\nplugin {\n  sieve = file:%[1]s/spam.sieve\n  sieve_plugins = sieve_extprograms\n"+
			"  sieve_extensions = +vnd.dovecot.pipe\n  sieve_pipe_bin_dir = %[1]s/bin\n}\n", folder)}
	servertest.WriteFile(t, filepath.Join(folder, "spam.sieve"), recipe(t, "vnd.dovecot.pipe"))
	s := newSiteOn(t, options)
	if err := os.Symlink(s.lendTo(servertest.MailUID), filepath.Join(folder, "bin")); err != nil {
		t.Fatal(err)
	}
	deliver := func(message string) {
		t.Helper()
		agent, err := servertest.FindProgram("dovecot-lda")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), agent, "-c", filepath.Join(s.dovecot.Dir, "dovecot.conf"), "-d", servertest.DovecotUser, "-e")
		cmd.Stdin = strings.NewReader(message)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("dovecot-lda: %v\n%s\n%s", err, out, s.dovecot.Log())
		}
	}
	deliver(piped(1, "YES"))
	deliver(piped(2, "NO"))
	s.postfix.WaitMail(t, "abuse@hosting.example", 1)
	if mail := s.postfix.AllMail(t); len(mail) != 1 {
		t.Errorf("%d complaints, want the one about what is spam\n%s", len(mail), s.dovecot.Log())
	}
	for name, want := range map[string]int{"Junk": 1, "INBOX": 1} {
		if got := len(s.dovecot.Flags(t, servertest.DovecotUser, name)); got != want {
			t.Errorf("%d messages in %s, want %d", got, name, want)
		}
	}
}

func TestProcmailPipesSpam(t *testing.T) {
	t.Parallel()
	servertest.RequireOrSkip(t, "procmail", "procmail")
	s := newSite(t)
	folder := s.lendTo(0)
	servertest.WriteFile(t, filepath.Join(folder, "rc"), fmt.Sprintf("PATH=%[1]s:$PATH\nMAILDIR=%[1]s\nDEFAULT=inbox\nLOGFILE=log\n%[2]s", folder, recipe(t, "ic\n")))
	for n, flag := range []string{"YES", "NO"} {
		cmd := exec.CommandContext(t.Context(), "procmail", filepath.Join(folder, "rc"))
		cmd.Stdin, cmd.Env = strings.NewReader(strings.ReplaceAll(piped(n, flag), "\r\n", "\n")), s.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("procmail: %v\n%s", err, out)
		}
	}
	s.postfix.WaitMail(t, "abuse@hosting.example", 1)
	if mail := s.postfix.AllMail(t); len(mail) != 1 {
		t.Errorf("%d complaints, want the one about what is spam", len(mail))
	}
	for name, want := range map[string]string{"Junk": "message 0", "inbox": "message 1"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || strings.Count(string(text), "\nSubject: ") != 1 || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
