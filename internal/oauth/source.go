package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/oauth2"
)

// margin is how long a token must still be good: a log-in takes time, and
// clocks differ.
const margin = time.Minute

// ErrNoToken says that nobody has logged in yet.
var ErrNoToken = errors.New("nobody has allowed this yet; run: spamreport login")

// Source gives access tokens for one log-in.
type Source struct {
	Client *Client
	Dir    string           // where tokens lie
	Now    func() time.Time // nil: time.Now
}

// file is where the token lies. An account for reading and a smarthost with
// the same client and user share it.
func (s *Source) file() string {
	sum := sha256.Sum256([]byte(s.Client.TokenURL + "\x00" + s.Client.ID + "\x00" + s.Client.User))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:12])+".json")
}

// Shares reports whether two log-ins have one token: allowed once, it serves
// both.
func (s *Source) Shares(other *Source) bool { return s.file() == other.file() }

// Token returns an access token that is good now, renewed when it was not.
// It implements the Token fields of mailbox.Account and relay.Smarthost.
func (s *Source) Token(ctx context.Context) (string, error) {
	token, err := s.load()
	if err != nil {
		return "", err
	}
	if !s.good(token) {
		token, err = s.renew(ctx)
	}
	if err != nil {
		return "", err
	}
	return token.AccessToken, nil
}

func (s *Source) good(t *oauth2.Token) bool {
	now := time.Now()
	if s.Now != nil {
		now = s.Now()
	}
	return t.AccessToken != "" && (t.Expiry.IsZero() || t.Expiry.After(now.Add(margin)))
}

// renew gets a new access token, unless another program just did.
func (s *Source) renew(ctx context.Context) (*oauth2.Token, error) {
	lock := flock.New(s.file() + ".lock")
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("wait for another program that renews the token: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	token, err := s.load()
	if err != nil || s.good(token) {
		return token, err
	}
	if token.RefreshToken == "" {
		return nil, fmt.Errorf("the token of %s is over and cannot be renewed: %w", s.Client.User, ErrLogIn)
	}
	ctx, config, err := s.Client.prepare(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		// RFC 6749 §5.2: revoked, or too old.
		return nil, fmt.Errorf("the provider does not accept the log-in of %s any more: %w", s.Client.User, ErrLogIn)
	}
	if err != nil {
		return nil, s.Client.explain("renew the token of "+s.Client.User, err)
	}
	return fresh, s.Save(fresh)
}

func (s *Source) load() (*oauth2.Token, error) {
	raw, err := os.ReadFile(s.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", s.Client.User, ErrNoToken)
	}
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(s.file()); err == nil && info.Mode()&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s: others can read this file (mode %04o): run chmod 600 on it, or log in anew", s.file(), info.Mode().Perm())
	}
	var token oauth2.Token
	if err := json.Unmarshal(raw, &token); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", s.file(), ErrLogIn)
	}
	return &token, nil
}

// Save keeps a token. The file is replaced as a whole, so a kill or a full
// disk leaves the old one.
func (s *Source) Save(token *oauth2.Token) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	raw, err := json.Marshal(token) // #nosec G117 -- the token is what is kept
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.Dir, "new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(raw)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	return os.Rename(f.Name(), s.file())
}
