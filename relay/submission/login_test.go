package submission_test

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"spamreport/internal/servertest"
	"spamreport/relay/submission"
)

func TestHashes(t *testing.T) {
	t.Parallel()
	old, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		hash string
		ok   bool
	}{
		{"argon2id", submission.HashPassword(password), true},
		{"bcrypt of another server", string(old), true},
		{"argon2id of the reference implementation", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", true},
		{"argon2i", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", false},
		{"one that takes all memory", "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", false},
		{"one that takes forever", "$argon2id$v=19$m=65536,t=2000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", false},
		{"no salt", "$argon2id$v=19$m=65536,t=2,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", false},
		{"bad bcrypt", "$2y$xx", false},
		{"the password itself", password, false},
		{"MD5", "$1$abc$def", false},
		{"nothing", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := submission.CheckHash(test.hash)
			if (err == nil) != test.ok || err != nil && !errors.Is(err, submission.ErrHash) {
				t.Errorf("%v", err)
			}
		})
	}
	if first := submission.HashPassword("x"); first == submission.HashPassword("x") {
		t.Error("no salt")
	}
}

func TestALogInWithEachKindOfHash(t *testing.T) {
	t.Parallel()
	old, err := bcrypt.GenerateFromPassword([]byte("password"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, nil)
	w.users.byName["bcrypt"] = submission.User{Name: "bcrypt", Hash: string(old)}
	// The test vector of the reference implementation.
	w.users.byName["reference"] = submission.User{Name: "reference", Hash: "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"}
	for name, want := range map[string]string{"bcrypt": "235 ", "reference": "235 ", "BCRYPT": "235 "} {
		p := dial(t, w.addr)
		p.expect("connect", "220 ")
		p.say("EHLO x", "250-")
		p.say(plain(name, "Password"), "535 ")
		p.say(plain(name, "password"), want)
	}
}

func TestAPasswordThatWasChangedIsForgottenAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.loggedIn(t)
	w.loggedIn(t)
	w.users.mu.Lock()
	w.users.byName[alice] = submission.User{Name: alice, Hash: submission.HashPassword("another")}
	w.users.mu.Unlock()
	p := dial(t, w.addr)
	p.expect("connect", "220 ")
	p.say("EHLO x", "250-")
	p.say(plain(alice, password), "535 ")
	p.say(plain(alice, "another"), "235 ")
}

func TestTheTimeOfALoginIsNotedNowAndThen(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for range 5 {
		w.loggedIn(t)
	}
	if w.users.logins != 1 {
		t.Errorf("%d notes of five log-ins within a minute", w.users.logins)
	}
}

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) get() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func TestWhoGuessesIsLockedOut(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	w := start(t, func(s *submission.Server) { s.Now = c.get })
	try := func(addr, password string) string {
		p := dial(t, addr)
		p.expect("connect", "220 ")
		p.startTLS(w.ca)
		p.say("EHLO x", "250-")
		p.send(plain(alice, password) + "\r\n")
		return p.reply()
	}
	if got := try(w.addr, password); !strings.HasPrefix(got, "235 ") {
		t.Fatal(got)
	}
	for i := range 5 {
		if got := try(w.outside, "guess"); !strings.HasPrefix(got, "535 ") {
			t.Fatalf("guess %d: %s", i, got)
		}
	}
	if got := try(w.outside, password); !strings.HasPrefix(got, "454 4.7.0 too many failed log-ins") {
		t.Errorf("after five guesses even the right password: %s", got)
	}
	if got := try(w.addr, password); !strings.HasPrefix(got, "235 ") {
		t.Errorf("somebody else is locked out: %s", got)
	}
	c.pass(2 * time.Minute)
	if got := try(w.outside, password); !strings.HasPrefix(got, "235 ") {
		t.Errorf("after the lock: %s", got)
	}
}

func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca := servertest.NewCA(t, dir)
	certFile, keyFile := ca.Issue(t, dir, "localhost", "127.0.0.1")
	certificate := &submission.Certificate{CertFile: certFile, KeyFile: keyFile}
	config, err := certificate.TLS()
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, func(s *submission.Server) { s.TLS = config })
	w.ca = ca
	serial := func() string {
		p := w.dialTLS(t)
		return p.conn.(interface{ ConnectionState() tls.ConnectionState }).ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	before := serial()
	if serial() != before {
		t.Error("two certificates")
	}
	// Half of a renewal: the key does not fit. The old one stays in use.
	second := servertest.TempDir(t)
	newCert, newKey := ca.Issue(t, second, "localhost", "127.0.0.1")
	replace(t, certFile, newCert)
	if serial() != before {
		t.Error("half a renewal was used")
	}
	replace(t, keyFile, newKey)
	if serial() == before {
		t.Error("the renewal was not noticed")
	}
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	serial()
	if _, err := (&submission.Certificate{CertFile: certFile, KeyFile: keyFile}).TLS(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a certificate that is not there: %v", err)
	}
}

// replace puts a file in the place of another, with a time of its own.
func replace(t *testing.T, path, by string) {
	t.Helper()
	text, err := os.ReadFile(by)
	if err != nil {
		t.Fatal(err)
	}
	temporary := filepath.Join(filepath.Dir(path), "new")
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(temporary, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		t.Fatal(err)
	}
}
