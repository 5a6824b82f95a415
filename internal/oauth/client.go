package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Client is this program at a provider, acting for one user.
type Client struct {
	Provider
	ID string
	// Secret is asked for when it is needed; nil where the provider gives none
	// to programs on a user's machine.
	Secret func(ctx context.Context) (string, error)
	User   string       // whose mail it is; a hint for the log-in page
	HTTP   *http.Client // nil: one with a time-out
}

// timeout is how long a provider may take for one answer.
const timeout = 30 * time.Second

// Errors that a person can do something about.
var (
	ErrNoDeviceFlow = errors.New("this provider has no device flow for mail: use --browser")
	ErrDenied       = errors.New("the log-in was not allowed")
	ErrLogIn        = errors.New("log in anew with: spamreport login")
)

// prepare makes the library's configuration, and the context that it takes its
// HTTP client from.
func (c *Client) prepare(ctx context.Context) (context.Context, *oauth2.Config, error) {
	config := &oauth2.Config{
		ClientID: c.ID, Scopes: c.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: c.AuthURL, TokenURL: c.TokenURL, DeviceAuthURL: c.DeviceURL},
	}
	if c.Secret != nil {
		secret, err := c.Secret(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("get the client secret: %w", err)
		}
		config.ClientSecret = secret
	}
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: timeout}
	}
	return context.WithValue(ctx, oauth2.HTTPClient, client), config, nil
}

// Device has the person type in a code. show is given what to say.
func (c *Client) Device(ctx context.Context, show func(url, code string)) (*oauth2.Token, error) {
	if c.DeviceURL == "" {
		return nil, ErrNoDeviceFlow
	}
	ctx, config, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	verifier := oauth2.GenerateVerifier()
	grant, err := config.DeviceAuth(ctx, oauth2.S256ChallengeOption(verifier))
	if err != nil {
		return nil, c.explain("ask for a code", err)
	}
	show(grant.VerificationURI, grant.UserCode)
	token, err := config.DeviceAccessToken(ctx, grant, oauth2.VerifierOption(verifier))
	return token, c.explain("wait for the log-in", err)
}

// Browser has the person allow the log-in on the provider's page, which open
// is given the address of. The page sends the browser to a port of this
// machine; when the browser runs on another one, that fails, and the address
// that it then shows can be handed over on pasted, which may be nil.
func (c *Client) Browser(ctx context.Context, open func(url string) error, pasted <-chan string) (*oauth2.Token, error) {
	ctx, config, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	// RFC 8252 §7.3: a port of the loopback interface, whichever is free.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	config.RedirectURL = "http://" + listener.Addr().String() + "/"
	state, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	answers := make(chan url.Values, 1)
	server := &http.Server{Handler: landing(state, answers), ReadHeaderTimeout: timeout}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer func() { _ = server.Close() }()

	page := config.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("prompt", "consent"), oauth2.SetAuthURLParam("login_hint", c.User))
	if err := open(page); err != nil {
		return nil, err
	}
	code, err := await(ctx, state, answers, pasted)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	return token, c.explain("exchange the code", err)
}

// landing is the page that the provider sends the browser to. Anybody on this
// machine can call it, but only we and the provider know the state (RFC 6749
// §10.12).
func landing(state string, answers chan<- url.Values) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if r.URL.Path != "/" || !belongs(query, state) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = fmt.Fprintln(w, "Thank you. Go back to the terminal; this page can be closed.")
		select {
		case answers <- query:
		default: // loaded again
		}
	})
}

// belongs reports whether an answer is one to our question.
func belongs(answer url.Values, state string) bool {
	return subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(state)) == 1
}

// await takes the first answer to our question.
func await(ctx context.Context, state string, answers <-chan url.Values, pasted <-chan string) (code string, err error) {
	for {
		var answer url.Values
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case answer = <-answers:
		case line := <-pasted:
			address, err := url.Parse(strings.TrimSpace(line))
			if err != nil {
				continue
			}
			answer = address.Query()
		}
		switch {
		case !belongs(answer, state):
			continue
		case answer.Get("code") != "":
			return answer.Get("code"), nil
		}
		return "", fmt.Errorf("%w: the provider says %q", ErrDenied, answer.Get("error"))
	}
}

// explain says what a provider's refusal means.
func (c *Client) explain(what string, err error) error {
	var refused *oauth2.RetrieveError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.ErrorCode == "access_denied":
		return fmt.Errorf("%s: %w", what, ErrDenied)
	case errors.As(err, &refused) && refused.ErrorCode != "":
		return fmt.Errorf("%s: the provider says %q (%s)", what, refused.ErrorCode, refused.ErrorDescription)
	}
	return fmt.Errorf("%s at %s: %w", what, c.TokenURL, err)
}
