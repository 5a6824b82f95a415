package submission

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
)

// logins checks passwords, a few at a time.
type logins struct {
	server   *Server
	hashing  chan struct{} // as many as may be checked at once
	throttle throttle
	dummy    func() string // hash of no password, for names that do not exist

	mu    sync.Mutex
	key   [32]byte             // of this process
	known map[[32]byte]sighted // passwords that were right a short while ago
}

// sighted is when a password was last seen to be right.
type sighted struct{ until time.Time }

// How long a right password is remembered, and how many are. A program that
// connects anew for each message would otherwise wait for the hash each time.
// What is kept is an HMAC under a key that ends with the process.
const (
	rememberFor = 5 * time.Minute
	rememberMax = 1000
)

// noteLoginAfter is how old the noted time of the last log-in may get: a note
// is a write to the disk.
const noteLoginAfter = time.Minute

func newLogins(s *Server) *logins {
	l := &logins{
		server: s, hashing: make(chan struct{}, s.Limits.Hashes), dummy: sync.OnceValue(func() string { return HashPassword(rand.Text()) }),
		known: make(map[[32]byte]sighted),
	}
	l.throttle.now = s.now
	_, _ = rand.Read(l.key[:]) // never fails
	return l
}

// maxName is how much of a name is looked at, logged and remembered. It is more
// than the longest name has.
const maxName = 255

var errCredentials = refuse(535, "5.7.8", "user or password is wrong")

// check returns the user when the password is right.
func (l *logins) check(c *client, name, password string) (*User, error) {
	name = strings.ToLower(name[:min(len(name), maxName)])
	if wait := l.throttle.wait(c.addr, name); wait > 0 {
		return nil, refuse(454, "4.7.0", "too many failed log-ins, try again in %s", wait.Round(time.Second))
	}
	user, err := l.server.Users.User(c.ctx, name)
	unknown := errors.Is(err, ErrNoUser) || err == nil && user.Disabled
	if err != nil && !unknown {
		return nil, err
	}
	hash := user.Hash
	if unknown {
		hash = l.dummy() // a name that does not exist takes as long
	}
	right, err := l.verify(c.ctx, hash, password)
	if err != nil {
		return nil, err
	}
	right = right && !unknown
	l.server.observer().Login(right)
	if !right {
		l.server.log().Warn("log-in failed", "address", c.addr.String(), "user", name)
		pause(c.ctx, l.throttle.failed(c.addr, name))
		return nil, errCredentials
	}
	l.throttle.succeeded(c.addr, name)
	l.note(c.ctx, user)
	return &user, nil
}

// verify compares a password with a hash, or remembers that it was right.
func (l *logins) verify(ctx context.Context, hash, password string) (bool, error) {
	mac := hmac.New(sha256.New, l.key[:])
	mac.Write([]byte(hash + "\x00" + password))
	digest := [32]byte(mac.Sum(nil))
	if l.remembers(digest) {
		return true, nil
	}
	select {
	case l.hashing <- struct{}{}:
		defer func() { <-l.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	// Sessions that begin at once bring the same password.
	if l.remembers(digest) {
		return true, nil
	}
	if !VerifyPassword(hash, password) {
		return false, nil
	}
	l.remember(digest)
	return true, nil
}

func (l *logins) remembers(digest [32]byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.server.now().Before(l.known[digest].until)
}

func (l *logins) remember(digest [32]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= rememberMax {
		clear(l.known)
	}
	l.known[digest] = sighted{l.server.now().Add(rememberFor)}
}

// note keeps the time of a log-in. Nothing depends on it.
func (l *logins) note(ctx context.Context, u User) {
	now := l.server.now()
	if now.Sub(u.LastLogin) < noteLoginAfter {
		return
	}
	if err := l.server.Users.LoggedIn(ctx, u.Name, now); err != nil {
		l.server.log().Warn("cannot note a log-in", "user", u.Name, "error", err)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// loginServer is the server's side of LOGIN, which no RFC describes and old
// programs need.
type loginServer struct {
	check func(name, password string) error
	name  *string
}

// Next implements sasl.Server.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil && l.name == nil:
		return []byte("Username:"), false, nil
	case l.name == nil:
		name := string(response)
		l.name = &name
		return []byte("Password:"), false, nil
	case response == nil:
		return nil, false, sasl.ErrUnexpectedClientResponse
	}
	return nil, true, l.check(*l.name, string(response))
}
