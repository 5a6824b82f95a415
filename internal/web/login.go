package web

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"sync"
)

// links are the links that sign in: one at a time, and each works once.
type links struct {
	mu    sync.Mutex
	token string
}

// newLink hands out a link where there is no password.
func (s *Site) newLink() {
	if s.ShowLink == nil {
		return
	}
	s.links.mu.Lock()
	s.links.token = rand.Text()
	path := "/login?token=" + s.links.token
	s.links.mu.Unlock()
	s.ShowLink(path)
}

// use uses a link up.
func (l *links) use(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.token == "" || !same(l.token, token) {
		return false
	}
	l.token = ""
	return true
}

// loginView is the page that asks who is there.
type loginView struct {
	HasPassword bool
	Token       string // of the link that was followed
	Wrong       string
}

// showLogin asks. A link is not used up by following it, since programs that
// look at links before people do (mail scanners, previews) would use it up: the
// button does.
func (s *Site) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.sessions.find(s.token(r)); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.askLogin(w, r, http.StatusOK, loginView{Token: r.URL.Query().Get("token")})
}

func (s *Site) askLogin(w http.ResponseWriter, r *http.Request, status int, v loginView) {
	v.HasPassword = s.CheckPassword != nil
	s.write(w, r, status, "login", view{Title: "Sign in", Data: v})
}

// login takes a password or the token of a link.
func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	wait, ok := s.throttle.try(r)
	if !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		s.askLogin(w, r, http.StatusTooManyRequests, loginView{Wrong: "Too many tries. Wait " + wait.String() + " and try again."})
		return
	}
	token := r.PostFormValue("token")
	switch {
	case token != "" && s.links.use(token):
		defer s.newLink()
	case token != "":
		s.askLogin(w, r, http.StatusForbidden, loginView{Wrong: "This link was used, or is not the last one. serve has printed another."})
		return
	case s.CheckPassword == nil || !s.CheckPassword(r.PostFormValue("password")):
		s.Log.Warn("a log-in to the page failed", "address", r.RemoteAddr)
		s.askLogin(w, r, http.StatusForbidden, loginView{Wrong: "That is not the password."})
		return
	}
	s.throttle.forgive(r)
	s.sessions.close(s.token(r)) // nobody keeps a session that began before (fixation)
	s.setCookie(w, s.sessions.open(), sessionMost)
	s.Log.Info("signed in to the page", "address", r.RemoteAddr)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Site) logout(v *visit) error {
	s.sessions.close(s.token(v.r))
	s.setCookie(v.w, "", -1)
	v.redirect("/login")
	return nil
}
