package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"spamreport/internal/oauth"
	"spamreport/internal/servertest"
)

const user = "zoe@example.org"

func newClient(s *servertest.AuthServer) *oauth.Client {
	return &oauth.Client{
		Provider: oauth.Provider{
			AuthURL: s.URL + "/authorize", TokenURL: s.URL + "/token", DeviceURL: s.URL + "/device", Scopes: []string{"mail"},
		},
		ID: servertest.AuthClientID, User: user,
		Secret: func(context.Context) (string, error) { return servertest.AuthClientSecret, nil },
	}
}

// browse goes where a browser would go.
func browse(page string) error {
	answer, err := http.Get(page)
	if err == nil {
		_ = answer.Body.Close()
	}
	return err
}

func TestTheWaysToLogIn(t *testing.T) {
	for name, tc := range map[string]struct {
		allow bool
		run   func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error)
		want  error
	}{
		"in a browser on this machine": {true, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			return c.Browser(ctx, browse, nil)
		}, nil},
		"in a browser, and the person says no": {false, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			return c.Browser(ctx, browse, nil)
		}, oauth.ErrDenied},
		"in a browser elsewhere, whose address is pasted": {true, pasted, nil},
		"with a code": {true, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			return c.Device(ctx, func(address, code string) {
				if !strings.HasSuffix(address, "/enter") || code != "WDJB-MJHT" {
					t.Errorf("shown %q, %q", address, code)
				}
			})
		}, nil},
		"with a code, and the person says no": {false, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			return c.Device(ctx, func(_, _ string) {})
		}, oauth.ErrDenied},
		"with a code where there is none": {true, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			c.DeviceURL = ""
			return c.Device(ctx, func(_, _ string) {})
		}, oauth.ErrNoDeviceFlow},
		"and nobody answers": {true, func(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			return c.Browser(ctx, func(string) error { return nil }, nil)
		}, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servertest.NewAuthServer(t, user)
			s.Allow(tc.allow)
			token, err := tc.run(t.Context(), newClient(s))
			if !errors.Is(err, tc.want) || err == nil && (token.AccessToken == "" || token.RefreshToken == "") {
				t.Errorf("%+v, %v", token, err)
			}
		})
	}
}

// pasted logs in with a browser that cannot reach the port of this machine.
func pasted(ctx context.Context, c *oauth.Client) (*oauth2.Token, error) {
	lines := make(chan string, 3)
	return c.Browser(ctx, func(page string) error {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Get(page)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		lines <- "what?"
		lines <- "http://127.0.0.1:1/?state=forged&code=forged"
		lines <- answer.Header.Get("Location") + "\n"
		return nil
	}, lines)
}

// Anybody on this machine can call the port that the browser is sent to.
func TestAnAnswerThatIsNotToOurQuestionIsPassedOver(t *testing.T) {
	s := servertest.NewAuthServer(t, user)
	token, err := newClient(s).Browser(t.Context(), func(page string) error {
		asked, err := url.Parse(page)
		if err != nil {
			return err
		}
		for _, forged := range []string{"?code=x", "?code=x&state=", "?code=x&state=y", "favicon.ico"} {
			if err := browse(asked.Query().Get("redirect_uri") + forged); err != nil {
				return err
			}
		}
		return browse(page)
	}, nil)
	if err != nil || token.AccessToken == "" {
		t.Errorf("%+v, %v", token, err)
	}
}

func newSource(t *testing.T, s *servertest.AuthServer) *oauth.Source {
	t.Helper()
	src := &oauth.Source{Client: newClient(s), Dir: filepath.Join(t.TempDir(), "oauth2")}
	token, err := src.Client.Browser(t.Context(), browse, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Save(token); err != nil {
		t.Fatal(err)
	}
	return src
}

func TestATokenIsUsedUntilItIsOver(t *testing.T) {
	s := servertest.NewAuthServer(t, user)
	src := newSource(t, s)
	for range 3 {
		if got, err := src.Token(t.Context()); err != nil || got != "access-1" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	src.Now = func() time.Time { return time.Now().Add(59*time.Minute + 30*time.Second) }
	if got, err := src.Token(t.Context()); err != nil || got != "access-2" {
		t.Errorf("half a minute before its end: %q, %v", got, err)
	}
}

// The server of these tests voids a refresh token with its first use, as some
// providers do.
func TestOfTwoThatNeedANewTokenOneGetsIt(t *testing.T) {
	s := servertest.NewAuthServer(t, user)
	src := newSource(t, s)
	over := &oauth2.Token{AccessToken: "x", RefreshToken: "refresh-1", Expiry: time.Now()}
	if err := src.Save(over); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := src.Token(t.Context()); err != nil || got != "access-2" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	all.Wait()
	if s.Tokens() != 2 {
		t.Errorf("%d tokens were given", s.Tokens())
	}
}

func TestWhatAPersonMustDoAboutAToken(t *testing.T) {
	s := servertest.NewAuthServer(t, user)
	fresh := &oauth.Source{Client: newClient(s), Dir: t.TempDir()}
	if _, err := fresh.Token(t.Context()); !errors.Is(err, oauth.ErrNoToken) || !strings.Contains(err.Error(), user) {
		t.Errorf("before the first log-in: %v", err)
	}
	src := newSource(t, s)
	files, err := filepath.Glob(filepath.Join(src.Dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.Chmod(files[0], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Token(t.Context()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("others can read it: %v", err)
	}
	if err := os.WriteFile(files[0], []byte(`{"access`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(files[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Token(t.Context()); !errors.Is(err, oauth.ErrLogIn) {
		t.Errorf("a damaged file: %v", err)
	}
	if err := src.Save(&oauth2.Token{AccessToken: "x", RefreshToken: "refresh-1", Expiry: time.Now()}); err != nil {
		t.Fatal(err)
	}
	s.Revoke()
	if _, err := src.Token(t.Context()); !errors.Is(err, oauth.ErrLogIn) {
		t.Errorf("revoked: %v", err)
	}
	if err := src.Save(&oauth2.Token{AccessToken: "x", Expiry: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Token(t.Context()); !errors.Is(err, oauth.ErrLogIn) {
		t.Errorf("over, and cannot be renewed: %v", err)
	}
}

func TestAProviderThatIsDownIsNoReasonToLogInAnew(t *testing.T) {
	s := servertest.NewAuthServer(t, user)
	src := newSource(t, s)
	src.Client.TokenURL = "http://127.0.0.1:1/token"
	if err := src.Save(&oauth2.Token{AccessToken: "x", RefreshToken: "refresh-1", Expiry: time.Now()}); err != nil {
		t.Fatal(err)
	}
	_, err := src.Token(t.Context())
	if err == nil || errors.Is(err, oauth.ErrLogIn) || strings.Contains(err.Error(), "refresh-1") {
		t.Errorf("%v", err)
	}
}

func TestProviders(t *testing.T) {
	for _, name := range []string{"google", "microsoft"} {
		p, ok := oauth.Named(name)
		if !ok || p.AuthURL == "" || p.TokenURL == "" || len(p.Scopes) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, ok := oauth.Named("nobody"); ok {
		t.Error("a provider without a name")
	}
}
