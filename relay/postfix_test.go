package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay"
)

// viaPostfix makes a relay that delivers to a real Postfix.
func viaPostfix(t *testing.T, p *servertest.PostfixServer, addr string, policy relay.TLS) *relay.Relay {
	r := newRelay(t, addr)
	smarthost(r).TLS = policy
	smarthost(r).CAFile = p.CA.File
	smarthost(r).User = servertest.PostfixUser
	smarthost(r).Password = func(context.Context) (string, error) { return servertest.PostfixPassword, nil }
	return r
}

func TestARealPostfixTakesTheMail(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	tests := []struct {
		name string
		addr string
		tls  relay.TLS
	}{
		{"log-in over STARTTLS", p.Submission, relay.TLSStart},
		{"log-in over implicit TLS", p.SMTPS, relay.TLSImplicit},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := viaPostfix(t, p, test.addr, test.tls)
			to := fmt.Sprintf("desk%d@example.net", i)
			body := "Grüße\r\n.\r\n..two\r\n" + strings.Repeat("x", 900) + "\r\n"
			message := []byte("From: " + alice + "\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 06:00:00 +0000\r\n" +
				"Message-ID: <1@example.org>\r\n\r\n" + body)
			if _, err := r.Submit(t.Context(), relay.Envelope{From: alice, To: []string{to}}, message); err != nil {
				t.Fatal(err)
			}
			report, err := r.Flush(t.Context())
			if err != nil || report.Delivered != 1 {
				t.Fatalf("%+v, %v\n%s", report, err, p.Log())
			}
			arrived := p.WaitMail(t, to, 1)[0]
			// Postfix puts fields on top and stores lines with LF.
			if want := bytes.ReplaceAll(message, []byte("\r\n"), []byte("\n")); !bytes.HasSuffix(arrived, want) {
				t.Errorf("arrived as\n%s", arrived)
			}
		})
	}
}

func TestARealPostfixRefusesAndRecovers(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	r := viaPostfix(t, p, p.Submission, relay.TLSStart)
	p.Answer("later@example.net", "450 4.2.0 greylisted")
	p.Answer("never@example.net", "550 5.1.1 no such desk")
	id := submit(t, r, "mixed", desk, "later@example.net", "never@example.net")
	report, err := r.Flush(t.Context())
	if err != nil || report.Delivered != 1 || report.Retrying != 1 || report.Failed != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	got := states(t, r, id)["never@example.net"].Reply
	if got.Code != 550 || got.Status != "5.1.1" || !strings.Contains(got.Text, "no such desk") {
		t.Errorf("the refusal was kept as %+v", got)
	}

	// The desk is back; and the smarthost is restarted in between, once it is
	// through with what it took: a Postfix that is stopped while it delivers may
	// deliver again by itself.
	eventually(t, "Postfix is through with the first message", func() bool { return strings.Contains(p.Log(), ": removed") })
	p.Answer("later@example.net", "")
	p.Stop()
	retryNow(t, r)
	_, err = r.Flush(t.Context())
	checkStop(t, err, &relay.Temporary{})
	p.Start(t)
	retryNow(t, r)
	if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, to := range []string{desk, "later@example.net"} {
		if mail := p.WaitMail(t, to, 1); len(mail) != 1 {
			t.Errorf("%s got %d messages", to, len(mail))
		}
	}
}

func TestARealPostfixRefusesTheLogin(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	tests := []struct {
		name   string
		change func(*relay.Smarthost)
		want   error
	}{
		{"a wrong password", func(h *relay.Smarthost) {
			h.Password = func(context.Context) (string, error) { return "wrong", nil }
		}, relay.ErrAuthRefused},
		{"no password", func(h *relay.Smarthost) { h.User = "" }, nil},
		{"an unknown authority", func(h *relay.Smarthost) { h.CAFile = "" }, relay.ErrCertificate},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := viaPostfix(t, p, p.Submission, relay.TLSStart)
			test.change(smarthost(r))
			id := submit(t, r, "x", desk)
			_, err := r.Flush(t.Context())
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			got := states(t, r, id)[desk]
			if test.want != nil && got.State != relay.Retrying {
				t.Errorf("the mail is %s: %s", got.State, got.Reply)
			}
			if got.State == relay.Delivered {
				t.Error("delivered without a log-in")
			}
		})
	}
}

func retryNow(t *testing.T, r *relay.Relay) {
	t.Helper()
	if _, err := r.Queue.(relay.Desk).Retry(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
}

// A server of this machine needs no TLS, unless it lets nobody log in without.
func TestALocalPostfixThatWantsTLSBeforeALogInGetsIt(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	r := viaPostfix(t, p, p.Submission, relay.TLSAuto)
	submit(t, r, "x", desk)
	if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
		t.Fatalf("%+v, %v\n%s", report, err, p.Log())
	}
	p.WaitMail(t, desk, 1)
}
