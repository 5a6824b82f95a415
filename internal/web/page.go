package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"spamreport/complaint"
	"spamreport/relay"
)

// visit is a request of somebody who has signed in.
type visit struct {
	w    http.ResponseWriter
	r    *http.Request
	site *Site
	csrf string

	changes int // how many there had been when the visit began
}

// page answers a request. What it returns is shown in its place.
type page func(v *visit) error

// Errors that have a page.
var (
	errNotFound = errors.New("there is no such page")
	errBadForm  = errors.New("this form is out of date: go back, load the page again, and repeat what you did")
)

// refusal is a mistake of the person at the browser.
type refusal struct{ error }

// signedIn lets a page be seen by who has signed in, and a form be sent only
// from a page of the same session.
func (s *Site) signedIn(p page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		csrf, ok := s.sessions.find(s.token(r))
		switch {
		case !ok && r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/events"):
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		case !ok:
			http.Error(w, "sign in first", http.StatusForbidden)
			return
		}
		v := &visit{w: w, r: r, site: s, csrf: csrf, changes: s.live.count()}
		err := errBadForm
		if r.Method == http.MethodGet || r.Method == http.MethodHead || same(r.PostFormValue("csrf"), csrf) {
			err = p(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// fail shows an error. What a person cannot act on goes to the log.
func (s *Site) fail(v *visit, err error) {
	var mistake refusal
	status, text := http.StatusInternalServerError, "This did not work: "+err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return // nobody waits any more
	case errors.Is(err, errNotFound), errors.Is(err, complaint.ErrUnknown):
		status, text = http.StatusNotFound, "There is no such page, or no complaint of that name."
	case errors.Is(err, errBadForm):
		status, text = http.StatusForbidden, err.Error()
	case errors.As(err, &mistake), errors.Is(err, relay.ErrNotQueued), errors.Is(err, complaint.ErrUnfit):
		status, text = http.StatusBadRequest, err.Error()
	default:
		s.Log.Error("a page failed", "path", v.r.URL.Path, "error", err)
	}
	s.write(v.w, v.r, status, "error", v.view("", "Something went wrong", text))
}

// show writes a page of the menu.
func (v *visit) show(name, title string, data any) error { return v.showUnder(name, name, title, data) }

// showUnder writes a page that belongs to one of the menu.
func (v *visit) showUnder(menu, name, title string, data any) error {
	view := v.view(menu, title, data)
	pulse, err := v.site.Store.Pulse(v.r.Context())
	if err != nil {
		return err
	}
	view.Pulse = pulse
	view.Flashes = v.site.sessions.hear(v.site.token(v.r))
	v.site.write(v.w, v.r, http.StatusOK, name, view)
	return nil
}

func (v *visit) view(page, title string, data any) view {
	return view{Page: page, Title: title, Data: data, CSRF: v.csrf, Version: v.site.Version, SignedIn: true, Changes: v.changes}
}

// say has the next page say what came of this one.
func (v *visit) say(text string) { v.site.sessions.say(v.site.token(v.r), flash{Text: text}) }

func (v *visit) regret(text string) {
	v.site.sessions.say(v.site.token(v.r), flash{Text: text, Bad: true})
}

// redirect leads to another page of ours, after a form: a reload does not
// repeat what was done.
func (v *visit) redirect(path string) { http.Redirect(v.w, v.r, path, http.StatusSeeOther) }

// query is a parameter of the address, without what surrounds it.
func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }
