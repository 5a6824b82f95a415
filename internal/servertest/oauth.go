package servertest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// AuthServer is an OAuth 2.0 authorization server (RFC 6749 with PKCE, RFC
// 8628) that also answers a mail server's question about a token (RFC 7662).
// Its user is always logged in and allows what Allow says.
type AuthServer struct {
	URL string

	mu      sync.Mutex
	user    string
	allow   bool
	life    time.Duration
	n       int
	codes   map[string]url.Values // authorization code → the request it came from
	devices map[string]url.Values // device code → the request
	polls   int
	refresh map[string]bool // good refresh tokens
	access  map[string]time.Time
}

// The client that is registered there.
const (
	AuthClientID     = "client-7"
	AuthClientSecret = "client-secret-7"
)

// NewAuthServer starts one for a user. Access tokens are good for an hour.
func NewAuthServer(t testing.TB, user string) *AuthServer {
	t.Helper()
	s := &AuthServer{
		user: user, allow: true, life: time.Hour,
		codes: map[string]url.Values{}, devices: map[string]url.Values{}, refresh: map[string]bool{}, access: map[string]time.Time{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /device", s.device)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /introspect", s.introspect)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Allow reports whether the user allows what is asked from now on.
func (s *AuthServer) Allow(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.allow = yes
}

// Life is how long access tokens are good that are given from now on.
func (s *AuthServer) Life(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = d
}

// Revoke voids every token.
func (s *AuthServer) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.refresh)
	clear(s.access)
}

// Tokens is how many were given.
func (s *AuthServer) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// Grant gives an access token to whoever asks, without a log-in.
func (s *AuthServer) Grant() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	access, _ := s.newToken()
	return access
}

func (s *AuthServer) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != AuthClientID || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if s.allow {
		code := fmt.Sprintf("code-%d", len(s.codes))
		s.codes[code] = q
		answer.Set("code", code)
	} else {
		answer.Set("error", "access_denied")
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *AuthServer) device(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := fmt.Sprintf("device-%d", len(s.devices))
	_ = r.ParseForm()
	s.devices[code] = r.PostForm
	respond(w, http.StatusOK, map[string]any{
		"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": s.URL + "/enter", "expires_in": 60, "interval": 1,
	})
}

func (s *AuthServer) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	form := r.PostForm
	if id, secret, ok := r.BasicAuth(); ok {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	if form.Get("client_id") != AuthClientID || form.Get("client_secret") != AuthClientSecret {
		refuse(w, "invalid_client")
		return
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		asked, ok := s.codes[form.Get("code")]
		delete(s.codes, form.Get("code")) // good once
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if !ok || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) ||
			asked.Get("redirect_uri") != form.Get("redirect_uri") {
			refuse(w, "invalid_grant")
			return
		}
	case "urn:ietf:params:oauth:grant-type:device_code":
		if _, ok := s.devices[form.Get("device_code")]; !ok {
			refuse(w, "invalid_grant")
			return
		}
		if s.polls++; s.polls == 1 {
			refuse(w, "authorization_pending")
			return
		}
		if !s.allow {
			refuse(w, "access_denied")
			return
		}
	case "refresh_token":
		if !s.refresh[form.Get("refresh_token")] {
			refuse(w, "invalid_grant")
			return
		}
		delete(s.refresh, form.Get("refresh_token")) // each is good once
	default:
		refuse(w, "unsupported_grant_type")
		return
	}
	s.give(w)
}

func (s *AuthServer) newToken() (access, refresh string) {
	s.n++
	access, refresh = fmt.Sprintf("access-%d", s.n), fmt.Sprintf("refresh-%d", s.n)
	s.refresh[refresh], s.access[access] = true, time.Now().Add(s.life)
	return access, refresh
}

func (s *AuthServer) give(w http.ResponseWriter) {
	access, refresh := s.newToken()
	respond(w, http.StatusOK, map[string]any{
		"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": int(s.life.Seconds()),
	})
}

func (s *AuthServer) introspect(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	until, known := s.access[r.PostForm.Get("token")]
	if !known || time.Now().After(until) {
		respond(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	respond(w, http.StatusOK, map[string]any{"active": true, "email": s.user, "username": s.user, "scope": "mail"})
}

func refuse(w http.ResponseWriter, code string) {
	respond(w, http.StatusBadRequest, map[string]any{"error": code})
}

func respond(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// DovecotOAuth makes a Dovecot accept the tokens of an authorization server.
func DovecotOAuth(t testing.TB, s *AuthServer, mechanisms ...string) DovecotOptions {
	t.Helper()
	if len(mechanisms) == 0 {
		mechanisms = []string{"xoauth2", "oauthbearer"}
	}
	file := TempDir(t) + "/oauth2.conf"
	WriteFile(t, file, "introspection_mode = post\nintrospection_url = "+s.URL+"/introspect\n"+
		"username_attribute = email\nactive_attribute = active\nactive_value = true\n")
	all := "plain"
	for _, m := range slices.Sorted(slices.Values(mechanisms)) {
		all += " " + m
	}
	return DovecotOptions{
		RequireTLS: true, Mechanisms: all,
		Extra: "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = " + file + "\n}\n",
	}
}
