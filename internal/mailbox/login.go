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
	var status *imap.Error
	if errors.As(err, &status) && !isTemporary(status) {
		err = ErrLogin
		if status.Code == imap.ResponseCodePrivacyRequired {
			err = errNotInTheOpen
		}
		return errorf(err, "log in to %s as %s", s.account.address(), s.account.User)
	}
	return s.explain(ctx, err, "log in to %s as %s", s.account.address(), s.account.User)
}

var errNotInTheOpen = errors.New("the server takes no password without TLS (use TLS or STARTTLS)")

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
