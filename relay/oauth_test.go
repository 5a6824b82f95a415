package relay_test

import (
	"context"
	"errors"
	"testing"

	"spamreport/internal/servertest"
	"spamreport/relay"
)

// A real submission server asks the authorization server about each token, and
// hands what it takes to a real Postfix.
func TestARealSubmissionServerTakesATokenForALogIn(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{})
	for mechanism, to := range map[string]string{"oauthbearer": "one@example.net", "xoauth2": "two@example.net"} {
		t.Run(mechanism, func(t *testing.T) {
			auth := servertest.NewAuthServer(t, alice)
			options := servertest.DovecotOAuth(t, auth, mechanism)
			options.Relay = p.SMTP
			d := servertest.Dovecot(t, options)
			token := auth.Grant()
			r := newRelay(t, d.Submission)
			smarthost(r).TLS, smarthost(r).CAFile = relay.TLSStart, d.CA.File
			smarthost(r).User, smarthost(r).Token = alice, func(context.Context) (string, error) { return token, nil }

			submit(t, r, "one", to)
			if report, err := r.Flush(t.Context()); err != nil || report.Delivered != 1 {
				t.Fatalf("%+v, %v\n%s", report, err, d.Log())
			}
			p.WaitMail(t, to, 1)

			// Nobody may any more. The mail waits, and it is said what to do.
			auth.Revoke()
			id := submit(t, r, "two", to)
			_, err := r.Flush(t.Context())
			if !errors.Is(err, relay.ErrAuthRefused) {
				t.Errorf("with a token that was taken back: %v\n%s", err, d.Log())
			}
			if s := states(t, r, id)[to]; s.State != relay.Retrying {
				t.Errorf("the message is %s", s.State)
			}
		})
	}
}
