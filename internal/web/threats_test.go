package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"spamreport/internal/web"
)

// Who puts a cookie of his own choice into somebody's browser (session
// fixation) has no session when that person signs in.
func TestASessionThatSomebodyElseChoseIsNone(t *testing.T) {
	h := newHouse(t, nil)
	site, err := url.Parse(h.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	planted := &http.Cookie{Name: "spamreport", Value: "chosen-by-somebody-else", Path: "/"}
	h.browser.Jar.SetCookies(site, []*http.Cookie{planted})
	h.signIn()
	if got := h.browser.Jar.Cookies(site)[0].Value; got == planted.Value {
		t.Error("signing in kept the planted cookie")
	}
	h.browser = h.newBrowser()
	h.browser.Jar.SetCookies(site, []*http.Cookie{planted})
	if a := h.get("/"); a.location != "/login" {
		t.Errorf("the planted cookie opens the page: %d", a.status)
	}
}

// Server-sent events tell when something happens here, and are for those who
// signed in.
func TestAStrangerHearsNoEvents(t *testing.T) {
	h := newHouse(t, nil)
	if a := h.get("/events"); a.status < 300 || strings.Contains(a.header.Get("Content-Type"), "event-stream") {
		t.Errorf("%d %s %v", a.status, a.location, a.header)
	}
}

// The token of a link would travel in the Referer field to whatever the page
// loads or leads to.
func TestTheTokenOfALinkDoesNotTravel(t *testing.T) {
	h := newHouse(t, func(o *web.Options) { o.CheckPassword = nil })
	a := h.get("/login?token=SECRET")
	if a.status != http.StatusOK || a.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%d, %v", a.status, a.header)
	}
	for _, attribute := range []string{`src="//`, `href="//`, `src="http`, `href="http`, `action="http`} {
		if strings.Contains(a.body, attribute) {
			t.Errorf("the page has %s", attribute)
		}
	}
}

// Another site cannot put a page into a frame and have somebody press its
// buttons unseen (clickjacking).
func TestNoOtherSiteFramesAPage(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	for _, page := range append(everyPage(e.Complaint.Incident), "/login", "/nothing") {
		if policy := h.get(page).header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: %q", page, policy)
		}
	}
}
