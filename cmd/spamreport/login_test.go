package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// newOAuthSite is a site whose Dovecot takes tokens of an authorization server,
// for reading and for sending.
func newOAuthSite(t *testing.T, auth *servertest.AuthServer) *site {
	t.Helper()
	postfix := servertest.Postfix(t, servertest.PostfixOptions{})
	options := servertest.DovecotOAuth(t, auth)
	options.Relay = postfix.SMTP
	s := newSiteOf(t, servertest.Dovecot(t, options), postfix)
	file := filepath.Join(s.dir, "config.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	oauth2 := fmt.Sprintf("oauth2 = { client_id = %q, client_secret_env = \"CLIENT_SECRET\", auth_url = %q, token_url = %q, device_url = %q }",
		servertest.AuthClientID, auth.URL+"/authorize", auth.URL+"/token", auth.URL+"/device")
	changed := strings.NewReplacer(
		`password_env = "IMAP_PASSWORD"`, oauth2, `password_env = "SMTP_PASSWORD"`, oauth2,
		strconv.Quote(postfix.Submission), strconv.Quote(s.dovecot.Submission), strconv.Quote(postfix.CA.File), strconv.Quote(s.dovecot.CA.File),
		strconv.Quote(servertest.PostfixUser), strconv.Quote(servertest.DovecotUser),
	).Replace(string(text))
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "CLIENT_SECRET="+servertest.AuthClientSecret)
	return s
}

func TestASweepWithOAuth(t *testing.T) {
	t.Parallel()
	auth := servertest.NewAuthServer(t, servertest.DovecotUser)
	auth.Life(90 * time.Second) // half a minute of use: a token is renewed a minute before its end
	s := newOAuthSite(t, auth)
	s.fill(0, 1)
	out, err := s.command("sweep").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "run: spamreport login") {
		t.Fatalf("before the log-in: %v\n%s", err, out)
	}
	out, err = s.command("login", "home").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "type in the code WDJB-MJHT") {
		t.Fatalf("%v\n%s", err, out)
	}
	s.sweep()
	s.eachOnce(1, 0)

	auth.Revoke()
	s.fill(1, 2)
	out, err = s.command("sweep").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "does not accept the OAuth log-in") {
		t.Errorf("revoked: %v\n%s", err, out)
	}

	// Another way to log in, on this machine.
	s.logInWithBrowser()
	s.sweep()
	s.eachOnce(2, 0)
}

// logInWithBrowser runs login --browser and opens the page that it names.
func (s *site) logInWithBrowser() {
	s.t.Helper()
	cmd := s.command("login", "--browser")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var said bytes.Buffer
	page := regexp.MustCompile(`(?m)^http://\S+\n`)
	for b := make([]byte, 4096); page.Find(said.Bytes()) == nil; {
		n, err := out.Read(b)
		said.Write(b[:n])
		if err != nil {
			s.t.Fatalf("%v\n%s", err, &said)
		}
	}
	answer, err := http.Get(strings.TrimSpace(page.FindString(said.String())))
	if err != nil {
		s.t.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if !strings.Contains(string(text), "Thank you") {
		s.t.Errorf("the browser shows: %s", text)
	}
	_, _ = io.Copy(&said, out)
	if err := cmd.Wait(); err != nil {
		s.t.Fatalf("%v\n%s", err, &said)
	}
}

func TestLoginSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	out, err := s.command("login").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nothing in the configuration has oauth2") {
		t.Errorf("%v\n%s", err, out)
	}
	auth := servertest.NewAuthServer(t, servertest.DovecotUser)
	o := newOAuthSite(t, auth)
	out, err = o.command("login", "hmoe").CombinedOutput()
	if err == nil || !strings.Contains(string(out), `is called "hmoe"; there are: home, relay`) {
		t.Errorf("%v\n%s", err, out)
	}
	auth.Allow(false)
	out, err = o.command("login").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the log-in was not allowed") {
		t.Errorf("%v\n%s", err, out)
	}
}
