package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"spamreport/internal/contract"
	"spamreport/internal/servertest"
	"spamreport/internal/web"
)

// deaf is what a check-up finds whose smarthost is gone.
var deaf = contract.Check{Name: "sending/smarthost", Status: "fail", What: "connection <refused>", Do: "check smarthost in [relay]"}

func TestACheckUpShowsItsFindingsByItself(t *testing.T) {
	servertest.RequireOrSkip(t, servertest.ChromiumPackages, "chromium")
	finish := make(chan struct{})
	h := newHouse(t, func(o *web.Options) {
		o.Examine = func(ctx context.Context) []contract.Check {
			select {
			case <-finish:
			case <-ctx.Done():
			}
			return []contract.Check{{Name: "config", Status: "ok", What: "fine"}, deaf}
		}
	})
	base := h.serve()
	b := servertest.Chromium(t, base)
	signInBy(t, b, base)
	b.Run(t, page.BringToFront(), chromedp.Navigate(base+"/checkup"), chromedp.Click(`main button`), chromedp.WaitVisible(`main button:disabled`))
	close(finish)
	b.Run(t, chromedp.WaitVisible(`//tr[1][contains(., "connection <refused>")]`)) // the fault is first
	b.Run(t, chromedp.Navigate(base), chromedp.WaitVisible(`//li[contains(., "part failed its check-up")]`))
	for _, fault := range b.Faults() {
		t.Error(fault)
	}
}

func TestHowOftenEveryPartIsExamined(t *testing.T) {
	for name, tc := range map[string]struct {
		every time.Duration
		want  []time.Duration // after the start
	}{
		"daily":                     {24 * time.Hour, []time.Duration{time.Minute, 24*time.Hour + time.Minute, 48*time.Hour + time.Minute}},
		"only when it is asked for": {0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), 72*time.Hour)
				defer stop()
				start := time.Now()
				var at []time.Duration
				site := web.New(web.Options{Every: tc.every, Examine: func(context.Context) []contract.Check {
					at = append(at, time.Since(start))
					return nil
				}})
				site.KeepExamined(ctx)
				if !slices.Equal(at, tc.want) {
					t.Errorf("examined after %v, want %v", at, tc.want)
				}
			})
		})
	}
}

func TestTheOverviewNamesFaultsAlone(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	h.site.Examined(contract.Check{Name: "config", Status: "ok"}, contract.Check{Name: "identity/dkim", Status: "warn", Do: "make keys"})
	if body := h.get("/").body; strings.Contains(body, "/checkup\" aria-label") {
		t.Error("a warning wants the user")
	}
	h.site.Examined(deaf, deaf)
	if body := h.get("/").body; !strings.Contains(body, "<b>2</b> parts failed their check-up") {
		t.Errorf("no word of the faults:\n%s", body)
	}
}

func TestAPageWithoutDoctorCannotExamine(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	if a := h.submit("/checkup", "/checkup", url.Values{}); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func TestAUserOfTheRelayIsDisabledAndEnabled(t *testing.T) {
	h := newHouse(t, nil)
	h.signIn()
	if body := h.get("/accounts").body; !strings.Contains(body, "spamreport relay user add") {
		t.Error("without a user it is not said how to add one")
	}
	users := h.store.RelayUsers()
	if err := users.Add(t.Context(), "printer@example.org", "secret-hash"); err != nil {
		t.Fatal(err)
	}
	body := h.get("/accounts").body
	if !strings.Contains(body, "printer@example.org @example.org") || strings.Contains(body, "secret-hash") {
		t.Errorf("the user, what it may send as, and nothing secret:\n%s", body)
	}
	for _, step := range []struct {
		do       string
		disabled bool
	}{{"disable", true}, {"enable", false}} {
		a := h.submit("/accounts", "/accounts", url.Values{"user": {"printer@example.org"}, "do": {step.do}})
		u, err := users.User(t.Context(), "printer@example.org")
		if a.status != http.StatusSeeOther || err != nil || u.Disabled != step.disabled {
			t.Errorf("after %s: %d, disabled %v, %v", step.do, a.status, u.Disabled, err)
		}
	}
	for name, form := range map[string]url.Values{
		"nobody":       {"user": {"<nobody>"}, "do": {"disable"}},
		"another deed": {"user": {"printer@example.org"}, "do": {"remove"}},
	} {
		if a := h.submit("/accounts", "/accounts", form); a.status != http.StatusBadRequest && a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}
