package servertest_test

import (
	"crypto/tls"
	"errors"
	"net/textproto"
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"

	"spamreport/internal/servertest"
)

func TestPostfixTakesMailForEveryAddress(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	if err := send(p.SMTP, "abuse@example.net", "first"); err != nil {
		t.Fatal(err)
	}
	if err := send(p.SMTP, "noc@example.com", "second"); err != nil {
		t.Fatal(err)
	}
	mail := p.WaitMail(t, "noc@example.com", 1)
	if len(mail) != 1 || !strings.Contains(string(mail[0]), "Subject: second") {
		t.Errorf("arrived: %q", mail)
	}
	p.WaitMail(t, "abuse@example.net", 1)
}

func TestPostfixAnswersAsTold(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	const to = "abuse@example.net"
	for _, reply := range []string{"450 4.2.0 later", "550 5.1.1 unknown", ""} {
		p.Answer(to, reply)
		err := send(p.SMTP, to, "x")
		var refused *textproto.Error
		switch {
		case reply == "" && err != nil:
			t.Errorf("refused: %v", err)
		case reply == "":
		case !errors.As(err, &refused) || !strings.HasPrefix(reply, refused.Error()[:3]):
			t.Errorf("told to say %q, got %v", reply, err)
		}
	}
}

func TestPostfixWantsALoginForSubmission(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	if err := send(p.Submission, "abuse@example.net", "x"); err == nil {
		t.Error("submission without TLS was accepted")
	}
	c, err := smtp.Dial(p.Submission)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.StartTLS(&tls.Config{RootCAs: p.CA.Pool, ServerName: "127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Auth(smtp.PlainAuth("", servertest.PostfixUser, servertest.PostfixPassword, "127.0.0.1", false)); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
}

func TestPostfixKeepsItsMailOverARestart(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	if err := send(p.SMTP, "abuse@example.net", "before"); err != nil {
		t.Fatal(err)
	}
	p.WaitMail(t, "abuse@example.net", 1)
	p.Stop()
	if err := send(p.SMTP, "abuse@example.net", "meanwhile"); err == nil {
		t.Error("a stopped server took mail")
	}
	p.Start(t)
	if err := send(p.SMTP, "abuse@example.net", "after"); err != nil {
		t.Fatal(err)
	}
	p.WaitMail(t, "abuse@example.net", 2)
}

// send hands one message over without TLS.
func send(addr, to, subject string) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.Mail("<alice@example.org>"); err != nil {
		return err
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte("Subject: " + subject + "\r\n\r\nText.\r\n")); err != nil {
		return err
	}
	return w.Close()
}
