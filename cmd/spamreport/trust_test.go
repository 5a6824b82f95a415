package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spamreport/headers"
	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
)

// ordinary fills the INBOX with mail that came in through mx.example.org. The
// bodies are large beside the headers.
func (s *site) ordinary(n int) {
	s.t.Helper()
	body := strings.Repeat("It was a long day, and it is a long letter.\r\n", 1000)
	s.dovecot.Fill(s.t, servertest.DovecotUser, "INBOX", n, func(i int) []byte {
		date := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
		return fmt.Appendf(nil, "Received: from mx.example.org (unknown [203.0.113.20])\r\n\tby store.example.org (Postfix) with ESMTPS id S%[1]d; %[2]s\r\n"+
			"Received: from mail.friend%[1]d.example (mail.friend%[1]d.example [198.51.100.%[3]d])\r\n\tby mx.example.org (Postfix) with ESMTPS id M%[1]d; %[2]s\r\n"+
			"From: friend%[1]d@friend%[1]d.example\r\nSubject: letter %[1]d\r\nMessage-ID: <letter-%[1]d@friend.example>\r\nDate: %[2]s\r\n\r\n%[4]s",
			i, date, i%250+1, body)
	})
}

// source is where a dry run of the sweep says that the only spam came from.
func (s *site) source() contract.Source {
	s.t.Helper()
	out, err := s.command("sweep", "--dry-run", "--json").Output()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	var report contract.Report
	if err := json.Unmarshal(out, &report); err != nil || report.Source == nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	return *report.Source
}

func TestTheSweepWalksThroughHostsLearnedFromOrdinaryMail(t *testing.T) {
	t.Parallel()
	const letters = 40
	s := newSite(t)
	s.distrust()
	s.ordinary(letters)
	s.dovecot.Append(t, servertest.DovecotUser, "Junk", fmt.Appendf(nil,
		"Received: from mx.example.org (unknown [203.0.113.20])\r\n\tby store.example.org (Postfix) with ESMTPS id S1; %[1]s\r\n"+
			"Received: from bad.example.net (bad.example.net [192.0.2.66])\r\n\tby mx.example.org (Postfix) with ESMTP id M1; %[1]s\r\n"+
			"From: a@example.net\r\nSubject: offer\r\nMessage-ID: <offer@example.net>\r\nDate: %[1]s\r\n\r\nbuy\r\n",
		time.Now().Add(-time.Hour).Format(time.RFC1123Z)))
	if got := s.source(); got.IP != "203.0.113.20" {
		t.Fatalf("before learning: %+v", got)
	}
	if out, err := s.command("trust", "learn", "--yes", "--messages", strconv.Itoa(letters-10)).CombinedOutput(); err != nil {
		t.Fatalf("learn: %v\n%s", err, out)
	}
	if got := s.source(); got.IP != "192.0.2.66" {
		t.Errorf("after learning: %+v", got)
	}
	for uid, flags := range s.dovecot.Flags(t, servertest.DovecotUser, "INBOX") {
		if len(flags) != 0 {
			t.Errorf("message %d has flags %v", uid, flags)
		}
	}
	s.fetched(letters - 10)
}

// distrust takes the account's trust out of the configuration.
func (s *site) distrust() {
	s.t.Helper()
	file := filepath.Join(s.dir, "config.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	servertest.WriteFile(s.t, file, string(bytes.Replace(text, []byte("trust = [\"example.org\"]\n"), nil, 1)))
	if err := os.Chmod(file, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

var logout = regexp.MustCompile(`hdr_count=(\d+) hdr_bytes=\d+ body_count=(\d+)`)

// fetched checks in the server's own log that one session fetched so many
// headers and no body, and that only the two sweeps, of one message, fetched any
// other.
func (s *site) fetched(n int) {
	s.t.Helper()
	var sessions []string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && len(sessions) < 3; time.Sleep(20 * time.Millisecond) {
		sessions = nil
		for _, m := range logout.FindAllStringSubmatch(s.dovecot.Log(), -1) {
			if m[1] != "0" {
				sessions = append(sessions, "headers "+m[1]+" bodies "+m[2])
			}
		}
	}
	slices.Sort(sessions)
	want := []string{"headers 1 bodies 1", "headers 1 bodies 1", fmt.Sprintf("headers %d bodies 0", n)}
	if !slices.Equal(sessions, want) {
		s.t.Errorf("sessions that fetched headers: %q, want %q\n%s", sessions, want, s.dovecot.Log())
	}
}

func TestAFileIsWalkedWithTheHostsOfEveryAccount(t *testing.T) {
	t.Parallel()
	s, err := store.OpenMemory(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for account, rule := range map[string]string{"home": "203.0.113.20/32", "work": "mx.example.com", "gone": "mx.example.net"} {
		row := store.TrustRow{Rule: rule, Messages: 30, Sample: 40, Learned: time.Now()}
		if err := s.SetTrust(t.Context(), account, []store.TrustRow{row}); err != nil {
			t.Fatal(err)
		}
	}
	p := &parts{store: s}
	p.cfg.Accounts = []config.Account{{Name: "home", Trust: []string{"example.org"}}, {Name: "work"}}
	walker, err := p.fileWalker(t.Context(), []string{"192.0.2.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(walker.Trust, walker.Learned); got != "[example.org 192.0.2.0/24] [203.0.113.20/32 mx.example.com]" {
		t.Errorf("walker %s", got)
	}
	p.store = nil // nothing was ever stored
	if walker, err := p.fileWalker(t.Context(), nil); err != nil || len(walker.Learned) != 0 || len(walker.Trust) != 1 {
		t.Errorf("without a store: %+v, %v", walker, err)
	}
}

func TestAHostWhoseNameMakesNoRuleIsNotProposed(t *testing.T) {
	t.Parallel()
	good := headers.Learned{Rule: headers.TrustRule{Domain: "mx.example.org"}}
	var found []headers.Learned
	for _, name := range []string{"mx.example.org.", "mail$1", "a..b", "a b", ""} {
		found = append(found, headers.Learned{Rule: headers.TrustRule{Domain: name}})
	}
	if got := readable(found); len(got) != 1 || got[0] != good {
		t.Errorf("proposed %v", got)
	}
}
