package web_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"spamreport/internal/servertest"
)

// stream is the live updates of one page.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

// listen opens a stream, which ends with the test.
func (h *house) listen(t *testing.T) stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := h.browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return stream{t, bufio.NewScanner(response.Body)}
}

// changes is what the next event says.
func (s stream) changes() string {
	s.t.Helper()
	for s.lines.Scan() {
		if n, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			return n
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return ""
}

// after is what the stream says once a further message is held.
func (s stream) after(h *house, one spam) string {
	s.t.Helper()
	h.hold(one)
	h.site.Look(s.t.Context())
	return s.changes()
}

var changesOfPage = regexp.MustCompile(`data-changes="(\d+)"`)

func TestAPageLearnsOfAChangeThatCameBeforeItListened(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	first := h.listen(t)
	first.changes()
	first.after(h, spam{Number: 1})
	shown := func() string { return changesOfPage.FindStringSubmatch(h.get("/review").body)[1] }

	second := shown()
	if got := h.listen(t).changes(); got != second {
		t.Errorf("nothing has changed, but a page with %s hears of %s", second, got)
	}
	told := first.after(h, spam{Number: 2})
	if got := h.listen(t).changes(); got == second || got != told {
		t.Errorf("a page that has %s hears of %s, and others of %s", second, got, told)
	}
	if now := shown(); now != told {
		t.Errorf("loaded again it has %s, not %s", now, told)
	}
}

func TestATabShowsAChangeThatCameBeforeItListened(t *testing.T) {
	servertest.RequireOrSkip(t, servertest.ChromiumPackages, "chromium")
	h := newHouse(t, nil)
	h.signIn()
	other := h.listen(t)
	other.changes()
	other.after(h, spam{Number: 1})
	// A way to the site on which the live updates take long to begin.
	begin := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" {
			<-begin
		}
		h.site.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	b := servertest.Chromium(t, slow.URL)
	t.Cleanup(slow.CloseClientConnections)
	signInBy(t, b, slow.URL)
	b.Run(t, page.BringToFront(), chromedp.Navigate(slow.URL+"/review"), chromedp.WaitReady("footer"))
	other.after(h, spam{Number: 2, Subject: "You have won"})
	close(begin)
	b.Run(t, chromedp.WaitVisible(`//td[contains(., "You have won")]`))
	for _, fault := range b.Faults() {
		t.Error(fault)
	}
}
