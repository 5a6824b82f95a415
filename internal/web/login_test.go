package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"spamreport/internal/web"
)

// everyPage is every page there is, with one complaint in the store.
func everyPage(incident string) []string {
	return []string{
		"/", "/review", "/complaints", "/complaints?what=all", "/complaints/" + incident, "/networks", "/networks?by=contact",
		"/networks?by=country&span=0", "/queue", "/queue?state=failed", "/queue?state=delivered", "/queue?state=dropped", "/never", "/accounts", "/checkup",
	}
}

func TestNobodySeesAPageWithoutSigningIn(t *testing.T) {
	h := newHouse(t, nil)
	e := h.hold(spam{Number: 1})
	for _, path := range append(everyPage(e.Complaint.Incident), "/download/messages.csv", "/complaints/"+e.Complaint.Incident+"/raw", "/nothing") {
		if a := h.get(path); a.status != http.StatusSeeOther || a.location != "/login" {
			t.Errorf("GET %s: %d %s", path, a.status, a.location)
		}
	}
	for _, path := range []string{"/review", "/complaints/" + e.Complaint.Incident, "/queue", "/never", "/logout"} {
		if a := h.post(path, url.Values{"do": {"approve"}, "incident": {e.Complaint.Incident}}); a.status != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	if got := h.action(e); got != "held" {
		t.Errorf("the complaint is %s", got)
	}
	if a := h.get("/events"); a.status != http.StatusForbidden {
		t.Errorf("GET /events: %d", a.status)
	}
}

func TestAPasswordSignsIn(t *testing.T) {
	h := newHouse(t, nil)
	if a := h.post("/login", url.Values{"password": {"guess"}}); a.status != http.StatusForbidden || !strings.Contains(a.body, "not the password") {
		t.Errorf("a wrong password: %d", a.status)
	}
	h.signIn()
	if a := h.get("/"); a.status != http.StatusOK {
		t.Errorf("after the right one: %d", a.status)
	}
	cookie := h.post("/login", url.Values{"password": {password}}).header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie is %q, without %s", cookie, want)
		}
	}
	h.submit("/never", "/logout", url.Values{})
	if a := h.get("/"); a.location != "/login" {
		t.Errorf("after signing out: %d", a.status)
	}
}

func TestBehindTLSTheCookieStaysThere(t *testing.T) {
	h := newHouse(t, func(o *web.Options) { o.Secure = true })
	a := h.post("/login", url.Values{"password": {password}})
	if cookie := a.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie is %q", cookie)
	}
	if a.header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
}

func TestALinkSignsInOnce(t *testing.T) {
	h := newHouse(t, func(o *web.Options) { o.CheckPassword = nil })
	h.site.NewLink()
	link := h.links[0]
	token := strings.TrimPrefix(link, "/login?token=")
	for range 3 { // what looks at links before people do
		if a := h.get(link); a.status != http.StatusOK || !strings.Contains(a.body, token) {
			t.Fatalf("GET of the link: %d", a.status)
		}
	}
	if a := h.post("/login", url.Values{"token": {token}}); a.status != http.StatusSeeOther {
		t.Fatalf("the link: %d", a.status)
	}
	if a := h.get("/"); a.status != http.StatusOK {
		t.Errorf("the page: %d", a.status)
	}
	h.browser = h.newBrowser()
	if a := h.post("/login", url.Values{"token": {token}}); a.status != http.StatusForbidden {
		t.Errorf("the link again: %d", a.status)
	}
	if a := h.post("/login", url.Values{"password": {""}}); a.status != http.StatusForbidden {
		t.Errorf("an empty password where there is none: %d", a.status)
	}
	if len(h.links) != 2 || h.links[1] == link {
		t.Errorf("the links were %q: another one must be printed once one was used", h.links)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	h := newHouse(t, nil)
	tries := 0
	for ; tries < 20; tries++ {
		if a := h.post("/login", url.Values{"password": {"guess"}}); a.status == http.StatusTooManyRequests {
			if a.header.Get("Retry-After") == "" {
				t.Error("it is not said when to try again")
			}
			break
		}
	}
	if tries != 5 {
		t.Errorf("%d guesses were looked at, want 5", tries)
	}
	if a := h.post("/login", url.Values{"password": {password}}); a.status != http.StatusTooManyRequests {
		t.Errorf("the right password, guessed next: %d", a.status)
	}
	h.now = h.now.Add(time.Minute)
	h.signIn()
}

func TestASessionEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		visits int // one every 11 hours
		after  time.Duration
		open   bool
	}{
		"not while it is used":         {visits: 3, after: 11 * time.Hour, open: true},
		"when nobody came for a while": {visits: 1, after: 13 * time.Hour, open: false},
		"after a week, used or not":    {visits: 16, after: 11 * time.Hour, open: false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.signIn()
			for range tc.visits {
				h.get("/never")
				h.now = h.now.Add(11 * time.Hour)
			}
			h.now = h.now.Add(tc.after - 11*time.Hour)
			if a := h.get("/never"); (a.status == http.StatusOK) != tc.open {
				t.Errorf("the page: %d", a.status)
			}
		})
	}
}

func TestAFormComesFromAPageOfTheSameSession(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	path := "/complaints/" + e.Complaint.Incident
	foreign := csrfField.FindStringSubmatch(h.get(path).body)[1]
	h.browser = h.newBrowser()
	h.signIn()
	for name, token := range map[string]string{"without a token": "", "with a wrong one": "x", "with that of another session": foreign} {
		if a := h.post(path, url.Values{"do": {"approve"}, "csrf": {token}}); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	// A page of somebody else that has the token even so.
	own := csrfField.FindStringSubmatch(h.get(path).body)[1]
	for name, fields := range map[string][2]string{
		"from another site":   {"Sec-Fetch-Site", "cross-site"},
		"from another origin": {"Origin", "https://evil.example"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path,
			strings.NewReader(url.Values{"do": {"approve"}, "csrf": {own}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(fields[0], fields[1])
		if a := h.do(r); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if got := h.action(e); got != "held" {
		t.Errorf("the complaint is %s", got)
	}
}

func TestThePageGoesByItsOwnNamesOnly(t *testing.T) {
	h := newHouse(t, func(o *web.Options) { o.Hosts = []string{"spam.example.org"} })
	for host, status := range map[string]int{
		"127.0.0.1:8025":              http.StatusOK,
		"[::1]:8025":                  http.StatusOK,
		"localhost:8025":              http.StatusOK,
		"192.0.2.7":                   http.StatusOK,
		"spam.example.org":            http.StatusOK,
		"SPAM.example.org:8443":       http.StatusOK,
		"evil.example":                http.StatusMisdirectedRequest, // DNS rebinding
		"localhost.evil.example":      http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example:8025": http.StatusMisdirectedRequest,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if a := h.do(r); a.status != status {
			t.Errorf("Host: %s: %d, want %d", host, a.status, status)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := newHouse(t, nil)
	e := h.hold(spam{Number: 1})
	check := func(path string) {
		header := h.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if policy := header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", path, policy)
		}
	}
	check("/login")
	h.signIn()
	for _, path := range append(everyPage(e.Complaint.Incident), "/nothing", "/download/messages.csv", "/complaints/"+e.Complaint.Incident+"/raw") {
		check(path)
	}
}

func TestALargeFormIsNotRead(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	e := h.hold(spam{Number: 1})
	path := "/complaints/" + e.Complaint.Incident
	a := h.submit(path, path, url.Values{"do": {"edit"}, "text": {strings.Repeat("x", 2<<20)}})
	if a.status != http.StatusForbidden && a.status != http.StatusBadRequest {
		t.Errorf("two megabytes: %d", a.status)
	}
}
