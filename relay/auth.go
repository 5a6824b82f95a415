package relay

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail/smtp"
)

// login picks a mechanism among those that the smarthost offers. It implements
// smtp.Auth.
type login struct {
	host, user, password string
	token                bool // password is an OAuth 2.0 access token
	loopback             bool // the connection does not leave this machine
	smtp.Auth                 // the mechanism, once picked
}

// mechanism is a SASL mechanism (RFC 4422).
type mechanism struct {
	name string
	make func(*login) smtp.Auth
}

// mechanisms lists what we can do, preferred first. PLAIN is the one that
// every server gets right (RFC 6409 §4.3, RFC 4616); the connection protects
// it.
var mechanisms = []mechanism{
	// The last argument allows the password in the clear; Start has checked
	// before that the connection is safe.
	{"PLAIN", func(l *login) smtp.Auth { return smtp.PlainAuth("", l.user, l.password, l.host, true) }},
	{"LOGIN", func(l *login) smtp.Auth { return smtp.LoginAuth(l.user, l.password, l.host, true) }},
	{"SCRAM-SHA-256", func(l *login) smtp.Auth { return smtp.ScramSHA256Auth(l.user, l.password) }},
}

// tokenMechanisms are those that take a token: the standard, and the one that
// it was made from and that some providers still have alone.
var tokenMechanisms = []mechanism{
	{sasl.OAuthBearer, func(l *login) smtp.Auth { return &oauthBearer{user: l.user, token: l.password} }},
	{"XOAUTH2", func(l *login) smtp.Auth { return smtp.XOAuth2Auth(l.user, l.password) }},
}

// oauthBearer is OAUTHBEARER, which go-mail does not have.
type oauthBearer struct{ user, token string }

// Start implements smtp.Auth.
func (a *oauthBearer) Start(*smtp.ServerInfo) (string, []byte, error) {
	return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: a.user, Token: a.token}).Start()
}

// Next implements smtp.Auth. A server that refuses says why in a challenge,
// and gives its reply once that was answered (RFC 7628 §3.2.3).
func (*oauthBearer) Next(_ []byte, more bool) ([]byte, error) {
	if more {
		return []byte{0x01}, nil
	}
	return nil, nil
}

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS && !l.loopback {
		return "", nil, ErrPlaintext
	}
	known := mechanisms
	if l.token {
		known = tokenMechanisms
	}
	for _, m := range known {
		if slices.Contains(server.Auth, m.name) {
			l.Auth = m.make(l)
			return l.Auth.Start(server)
		}
	}
	return "", nil, fmt.Errorf("the smarthost offers no way to log in that is supported, only %q", server.Auth)
}

// refusedLogin reports whether an error at AUTH is a refusal that trying again
// does not change.
func refusedLogin(err error) bool {
	var e *textproto.Error
	return errors.As(err, &e) && e.Code >= 500
}

// wantsLogin reports whether a refusal speaks of the log-in and not of the
// message it came in answer to (RFC 4954 §6): 530 comes at MAIL when no
// password is configured.
func wantsLogin(r Reply) bool {
	switch r.Code {
	case 530, 534, 535, 538:
		return true
	}
	return false
}
