package mailbox

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// login uses the first of these that the server offers: PLAIN (RFC 4616),
// which takes any password; the IMAP command LOGIN, unless it is disabled; the
// SASL mechanism LOGIN, which some servers have instead of both.
func (s *Session) login(ctx context.Context, caps imap.CapSet) error {
	mechanisms := caps.AuthMechanisms()
	offered := func(name string) bool {
		return slices.ContainsFunc(mechanisms, func(m string) bool { return strings.EqualFold(m, name) })
	}
	if s.account.Token != nil {
		return s.loginWithToken(ctx, offered)
	}
	var authenticate func(user, password string) error
	switch {
	case offered(sasl.Plain):
		authenticate = func(user, password string) error {
			return s.client.Authenticate(sasl.NewPlainClient("", user, password))
		}
	case offered(sasl.Login):
		authenticate = func(user, password string) error {
			return s.client.Authenticate(&loginClient{user: user, password: password})
		}
	case !caps.Has(imap.CapLoginDisabled):
		authenticate = func(user, password string) error { return s.client.Login(user, password).Wait() }
	case s.account.Security == Plaintext:
		return errorf(errNotInTheOpen, "log in to %s", s.account.address())
	default:
		return errorf(errors.New("the server takes no password, it offers "+strings.Join(mechanisms, ", ")),
			"log in to %s", s.account.address())
	}
	if s.account.Password == nil {
		return errorf(errors.New("no password is configured"), "log in to %s as %s", s.account.address(), s.account.User)
	}
	password, err := s.account.Password(ctx)
	if err != nil {
		return errorf(err, "get the password of %s", s.account.User)
	}
	err = s.ask(ctx, func() error { return authenticate(s.account.User, password) })
	return s.loggedIn(ctx, err, ErrLogin)
}

// loggedIn says what the answer to a log-in means; refused is the error of a
// server that does not let us in.
func (s *Session) loggedIn(ctx context.Context, err, refused error) error {
	var status *imap.Error
	if errors.As(err, &status) && !isTemporary(status) {
		if status.Code == imap.ResponseCodePrivacyRequired {
			refused = errNotInTheOpen
		}
		return errorf(refused, "log in to %s as %s", s.account.address(), s.account.User)
	}
	return s.explain(ctx, err, "log in to %s as %s", s.account.address(), s.account.User)
}

// loginWithToken uses OAUTHBEARER (RFC 7628), or the mechanism that it was
// made from and that Microsoft still has alone.
func (s *Session) loginWithToken(ctx context.Context, offered func(string) bool) error {
	var mechanism func(token string) sasl.Client
	switch {
	case offered(sasl.OAuthBearer):
		mechanism = func(token string) sasl.Client {
			return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: s.account.User, Token: token})
		}
	case offered(xoauth2):
		mechanism = func(token string) sasl.Client { return &xoauth2Client{user: s.account.User, token: token} }
	default:
		return errorf(errNoOAuth, "log in to %s", s.account.address())
	}
	token, err := s.account.Token(ctx)
	if err != nil {
		return errorf(err, "log in to %s", s.account.address())
	}
	err = s.ask(ctx, func() error { return s.client.Authenticate(mechanism(token)) })
	var invalid *sasl.OAuthBearerError
	if errors.As(err, &invalid) {
		// The library leaves before the server has said NO.
		return errorf(ErrToken, "log in to %s as %s", s.account.address(), s.account.User)
	}
	return s.loggedIn(ctx, err, ErrToken)
}

var errNoOAuth = errors.New("the server does not offer OAuth (use a password)")

var errNotInTheOpen = errors.New("the server takes no password without TLS (use TLS or STARTTLS)")

// xoauth2 is a mechanism of Google's:
// developers.google.com/workspace/gmail/imap/xoauth2-protocol
const xoauth2 = "XOAUTH2"

type xoauth2Client struct{ user, token string }

func (c *xoauth2Client) Start() (string, []byte, error) {
	return xoauth2, []byte("user=" + c.user + "\x01auth=Bearer " + c.token + "\x01\x01"), nil
}

// Next answers the description of an error, after which the server says NO.
func (*xoauth2Client) Next([]byte) ([]byte, error) { return nil, nil }

// loginClient is the mechanism LOGIN. That of go-sasl sends the user name with
// the command, which servers without SASL-IR (RFC 4959) do not expect.
type loginClient struct{ user, password string }

func (*loginClient) Start() (string, []byte, error) { return sasl.Login, nil, nil }

func (c *loginClient) Next(challenge []byte) ([]byte, error) {
	if bytes.HasPrefix(bytes.ToLower(challenge), []byte("user")) {
		return []byte(c.user), nil
	}
	return []byte(c.password), nil
}
