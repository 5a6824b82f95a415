package mailbox_test

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/oauth2"

	"spamreport/internal/mailbox"
	"spamreport/internal/oauth"
	"spamreport/internal/servertest"
)

// source logs in once as a user would, in a browser that says yes.
func source(t *testing.T, s *servertest.AuthServer) *oauth.Source {
	t.Helper()
	client := &oauth.Client{
		Provider: oauth.Provider{AuthURL: s.URL + "/authorize", TokenURL: s.URL + "/token", DeviceURL: s.URL + "/device"},
		ID:       servertest.AuthClientID, User: servertest.DovecotUser,
		Secret: func(context.Context) (string, error) { return servertest.AuthClientSecret, nil },
	}
	token, err := client.Device(t.Context(), func(_, _ string) {})
	if err != nil {
		t.Fatal(err)
	}
	src := &oauth.Source{Client: client, Dir: t.TempDir()}
	if err := src.Save(token); err != nil {
		t.Fatal(err)
	}
	return src
}

func TestATokenOpensTheMailbox(t *testing.T) {
	t.Parallel()
	for _, mechanism := range []string{"oauthbearer", "xoauth2"} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			auth := servertest.NewAuthServer(t, servertest.DovecotUser)
			d := servertest.Dovecot(t, servertest.DovecotOAuth(t, auth, mechanism))
			src := source(t, auth)
			a := account(d)
			a.Password, a.Token = nil, src.Token
			s := dial(t, a)
			if _, err := s.Select(t.Context(), "Junk", true); err != nil {
				t.Errorf("%v\n%s", err, d.Log())
			}
			auth.Revoke()
			_, err := mailbox.Dial(t.Context(), a)
			if !errors.Is(err, mailbox.ErrToken) {
				t.Errorf("revoked: %v", err)
			}
			// A token that is over is renewed before it is used; that is refused too.
			if err := src.Save(&oauth2.Token{RefreshToken: "refresh-1"}); err != nil {
				t.Fatal(err)
			}
			if _, err := mailbox.Dial(t.Context(), a); !errors.Is(err, oauth.ErrLogIn) {
				t.Errorf("renewed: %v", err)
			}
		})
	}
}

func TestATokenIsNotForAServerThatTakesNone(t *testing.T) {
	t.Parallel()
	a := account(servertest.Dovecot(t, servertest.DovecotOptions{}))
	a.Token = func(context.Context) (string, error) { t.Error("it was asked for"); return "", nil }
	if _, err := mailbox.Dial(t.Context(), a); err == nil {
		t.Error("no error")
	}
}
