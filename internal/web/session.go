package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"
)

// How long a session lasts, and how many there are at most.
const (
	sessionIdle = 12 * time.Hour
	sessionMost = 7 * 24 * time.Hour
	maxSessions = 1000
)

// session is somebody who has signed in.
type session struct {
	csrf    string // that a form of the session carries
	began   time.Time
	seen    time.Time
	flashes []flash // to be shown on the next page
}

// flash says what came of what somebody did.
type flash struct {
	Text string
	Bad  bool
}

// sessions are kept in memory: after a restart people sign in again. The key
// is the hash of the token, so that a look at the memory of the server, or at a
// dump of it, opens no session.
type sessions struct {
	now func() time.Time

	mu  sync.Mutex
	all map[[sha256.Size]byte]*session
}

// open begins a session and returns its token.
func (s *sessions) open() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[[sha256.Size]byte]*session{}
	}
	s.makeRoom()
	token := rand.Text() // 128 bits at least
	s.all[sha256.Sum256([]byte(token))] = &session{csrf: rand.Text(), began: s.now(), seen: s.now()}
	return token
}

// makeRoom forgets what has expired, and who was away longest when that is not
// enough.
func (s *sessions) makeRoom() {
	oldest, at := [sha256.Size]byte{}, s.now()
	for key, one := range s.all {
		if s.expired(one) {
			delete(s.all, key)
		} else if !one.seen.After(at) {
			oldest, at = key, one.seen
		}
	}
	if len(s.all) >= maxSessions {
		delete(s.all, oldest)
	}
}

func (s *sessions) expired(one *session) bool {
	return s.now().Sub(one.seen) > sessionIdle || s.now().Sub(one.began) > sessionMost
}

// find returns the token for the forms of a session; false when there is none.
func (s *sessions) find(token string) (csrf string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[sha256.Sum256([]byte(token))]
	if one == nil || s.expired(one) {
		return "", false
	}
	one.seen = s.now()
	return one.csrf, true
}

// alive reports whether a session goes on. A page that is only open keeps none
// alive.
func (s *sessions) alive(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[sha256.Sum256([]byte(token))]
	return one != nil && !s.expired(one)
}

func (s *sessions) close(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, sha256.Sum256([]byte(token)))
}

// maxFlashes bounds what waits for a page that is never asked for.
const maxFlashes = 5

func (s *sessions) say(token string, f flash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.all[sha256.Sum256([]byte(token))]; one != nil && len(one.flashes) < maxFlashes {
		one.flashes = append(one.flashes, f)
	}
}

// hear takes what is to be shown.
func (s *sessions) hear(token string) []flash {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[sha256.Sum256([]byte(token))]
	if one == nil {
		return nil
	}
	flashes := one.flashes
	one.flashes = nil
	return flashes
}

// cookieName has the prefix that makes a browser refuse it over plain HTTP and
// from other hosts, where there is TLS.
func (s *Site) cookieName() string {
	if s.Secure {
		return "__Host-spamreport"
	}
	return "spamreport"
}

func (s *Site) setCookie(w http.ResponseWriter, token string, maxAge time.Duration) {
	http.SetCookie(w, &http.Cookie{ // #nosec G124 -- Secure where there is TLS
		Name: s.cookieName(), Value: token, Path: "/", MaxAge: int(maxAge.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteStrictMode,
	})
}

// token is what the cookie of a request says.
func (s *Site) token(r *http.Request) string {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
