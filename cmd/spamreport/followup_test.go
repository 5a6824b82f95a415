package main

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"spamreport/internal/servertest"
)

// TestABounceSendsTheComplaintToTheNextContact has a real Dovecot keep the
// answers and a real Postfix take the complaints.
func TestABounceSendsTheComplaintToTheNextContact(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.env = append(s.env, "SPAMREPORT_REPLIES_ACCOUNT=home")
	s.fill(0, 1)
	s.sweep()
	sent := s.postfix.WaitMail(t, "abuse@hosting.example", 1)
	if len(sent) != 1 {
		t.Fatalf("%d complaints arrived", len(sent))
	}
	m, err := mail.ReadMessage(strings.NewReader(string(sent[0])))
	if err != nil {
		t.Fatal(err)
	}
	answers := answersTo(m.Header.Get("Message-Id"))
	s.dovecot.Fill(t, servertest.DovecotUser, "INBOX", len(answers), func(i int) []byte {
		return []byte(strings.ReplaceAll(answers[i], "\n", "\r\n"))
	})
	for range 2 { // the second time changes nothing
		s.sweep()
		if got := s.postfix.WaitMail(t, "noc@hosting.example", 1); len(got) != 1 || len(s.arrived()) != 1 {
			t.Fatalf("%d complaints at the next contact, %d at the one that is gone", len(got), len(s.arrived()))
		}
	}
	for uid, f := range s.dovecot.Flags(t, servertest.DovecotUser, "INBOX") {
		if len(f) != 0 {
			t.Errorf("answer %d has the flags %v", uid, f)
		}
	}
	out, err := s.command("history", "--json").CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"contact":"noc@hosting.example"`) ||
		!strings.Contains(string(out), `"state":"answered","ticket":"4711","url":"","bounce":"","replies":3`) {
		t.Errorf("history: %v\n%s", err, out)
	}
	out, err = s.command("lookup", "198.51.100.7").CombinedOutput()
	if err != nil || !strings.Contains(string(out), ": it bounced (550 5.1.1 no such user") {
		t.Errorf("lookup: %v\n%s", err, out)
	}
}

// answersTo are what a complaint to a contact of many sides gets, and ordinary
// mail.
func answersTo(id string) []string {
	return []string{
		"From: joe@friends.example\nSubject: Lunch\nMessage-ID: <l@friends.example>\n\nAt noon?\n",
		fmt.Sprintf("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nSubject: Undelivered Mail Returned to Sender\n"+
			"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
			"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"+
			"Final-Recipient: rfc822; abuse@hosting.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n"+
			"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: %s\n\n--b--\n", id),
		fmt.Sprintf("From: abuse@hosting.example\nSubject: [#4711] Spam\nIn-Reply-To: %s\nAuto-Submitted: auto-replied\n\nYour report has been received.\n", id),
		fmt.Sprintf("From: Joe <joe@hosting.example>\nSubject: Re: Spam\nReferences: %s\n\nWe closed the account.\n", id),
	}
}
