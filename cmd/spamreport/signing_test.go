package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spamreport/internal/contract"
	"spamreport/internal/servertest"
)

// sign makes keys as a person does: by the command, whose lines go into the
// configuration as they are. It returns the records, by name.
func (s *site) sign() map[string]string {
	s.t.Helper()
	out, err := s.command("relay", "dkim", "init", "--quiet").Output()
	if err != nil {
		s.t.Fatalf("relay dkim init: %v\n%s", err, out)
	}
	_, lines, _ := strings.Cut(string(out), "\n\n")
	file := filepath.Join(s.dir, "config.toml")
	config, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(config, lines...), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	shown, err := s.command("relay", "dkim", "show", "--json").Output()
	if err != nil {
		s.t.Fatalf("relay dkim show: %v\n%s", err, shown)
	}
	records := map[string]string{}
	for line := range bytes.Lines(shown) {
		var key contract.DKIMKey
		if err := json.Unmarshal(line, &key); err != nil {
			s.t.Fatal(err)
		}
		records[key.Name] = key.Record
	}
	return records
}

// TestComplaintsVerifyAtTheDesk takes complaints of each format from the
// mailbox through a real smarthost, and has others verify what arrived.
func TestComplaintsVerifyAtTheDesk(t *testing.T) {
	t.Parallel()
	servertest.RequireOrSkip(t, servertest.DKIMPackages, "opendkim")
	s := newSite(t)
	records := s.sign()
	for i, format := range []string{"text", "arf", "xarf"} {
		t.Run(format, func(t *testing.T) {
			s.env = append(s.env, "SPAMREPORT_COMPLAINT_FORMAT="+format)
			s.fill(i, i+1)
			s.sweep()
			arrived := s.postfix.WaitMail(t, "abuse@hosting.example", i+1)[i]
			verdicts := servertest.VerifyDKIM(t, arrived, records)
			slices.Sort(verdicts)
			want := []string{
				"dkimpy ed25519-sha256 spamreport-ed25519 pass", "dkimpy rsa-sha256 spamreport pass",
				"opendkim ed25519-sha256 spamreport-ed25519 pass", "opendkim rsa-sha256 spamreport pass",
			}
			if !slices.Equal(verdicts, want) {
				t.Errorf("%q\n%s", verdicts, arrived)
			}
		})
	}
}

// TestDoctorAtRealServers changes nothing there.
func TestDoctorAtRealServers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(0, 3)
	out, err := s.command("doctor", "--only", "account", "--only", "sending").CombinedOutput()
	if err != nil || bytes.Count(out, []byte("ok  ")) != 3 {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	for uid, flags := range s.dovecot.Flags(t, servertest.DovecotUser, "Junk") {
		if len(flags) > 0 {
			t.Errorf("message %d has the flags %v", uid, flags)
		}
	}
	if mail := s.postfix.AllMail(t); len(mail) > 0 {
		t.Errorf("mail was sent: %q", mail)
	}
	s.dovecot.Stop()
	out, err = s.command("doctor", "--only", "account", "--only", "sending").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("fail  account/home")) || !bytes.Contains(out, []byte("ok    sending/smarthost")) {
		t.Errorf("doctor without the IMAP server: %v\n%s", err, out)
	}
}
