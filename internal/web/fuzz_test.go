package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest asks for anything, signed in or not. No request breaks a page,
// none is answered without the policy, and a stranger gets nothing.
func FuzzRequest(f *testing.F) {
	h := newHouse(f, nil)
	h.signIn()
	e := h.hold(spam{Number: 1, Subject: "<script>", From: "x@x.example", Network: "NET"})
	for _, path := range append(everyPage(e.Complaint.Incident), "/download/messages.csv", "/complaints?q=%25&country=NL&before=x", "/complaints/../login", "/static/app.css", "//evil.example", "/complaints/%00") {
		f.Add(path, "", true)
		f.Add(path, "do=approve&incident="+e.Complaint.Incident, true)
		f.Add(path, "csrf=x&do=approve", false)
	}
	server, err := url.Parse(h.server.URL)
	if err != nil {
		f.Fatal(err)
	}
	cookies := h.browser.Jar.Cookies(server)
	f.Fuzz(func(t *testing.T, path, form string, signedIn bool) {
		page, err := url.ParseRequestURI(path)
		if err != nil || page.Host != "" || strings.HasPrefix(page.Path, "/events") { // which goes on and on
			t.Skip("no path")
		}
		r := &http.Request{Method: http.MethodGet, URL: page, Host: server.Host, Header: http.Header{}, Body: http.NoBody}
		if form != "" {
			r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form))
			r.URL, r.Host = page, server.Host
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		if signedIn {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		}
		w := httptest.NewRecorder()
		h.site.Handler().ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", r.Method, path, w.Code, w.Body)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s: %d without a policy", r.Method, path, w.Code)
		}
		if body := w.Body.String(); !signedIn && strings.Contains(body, e.Complaint.Incident) {
			t.Errorf("%s %s shows a stranger: %s", r.Method, path, body)
		}
		if place := w.Header().Get("Location"); place != "" && (!strings.HasPrefix(place, "/") || strings.HasPrefix(place, "//") || strings.HasPrefix(place, `/\`)) {
			t.Errorf("%s %s leads away, to %q", r.Method, path, place)
		}
	})
}
