package web_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"spamreport/internal/contract"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
	"spamreport/relay/suppress"
)

// serve shows the site where a browser can see it.
func (h *house) serve() (base string) {
	h.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.site.Serve(ctx, l) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.t.Errorf("the site ended with: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}

// signInBy signs in as a person does.
func signInBy(t testing.TB, b *servertest.Browser, base string) {
	t.Helper()
	b.Run(t, chromedp.Navigate(base), chromedp.WaitVisible("#password"), chromedp.SendKeys("#password", password+"\n"), chromedp.WaitVisible("nav"))
}

func TestNoScriptOfSpamRuns(t *testing.T) {
	h := newHouse(t, nil)
	incidents := h.besiege()
	base := h.serve()
	b := servertest.Chromium(t, base)
	signInBy(t, b, base)
	pages := everyPage(incidents[0])
	for _, incident := range incidents {
		pages = append(pages, "/complaints/"+incident+"#edit")
	}
	for _, path := range pages {
		var ran, windows int
		b.Run(t, chromedp.Navigate(base+path), chromedp.WaitReady("footer"),
			// What an attack would call is not there; that it was called is an
			// exception, and so a fault of the page.
			chromedp.Evaluate(`document.querySelectorAll("iframe, object, embed, base, [onload], [onerror]").length`, &ran),
			chromedp.Evaluate(`window.length`, &windows))
		if ran+windows != 0 {
			t.Errorf("%s: %d foreign elements, %d frames", path, ran, windows)
		}
	}
	for _, fault := range b.Faults() {
		t.Error(fault)
	}
}

// The proof that the test above can fail: without the policy, and with a
// script on the page, the browser tells.
func TestTheBrowserTellsOfFaults(t *testing.T) {
	h := newHouse(t, nil)
	base := h.serve()
	b := servertest.Chromium(t, base)
	signInBy(t, b, base)
	b.Run(t, chromedp.Evaluate(`fetch("http://127.0.0.1:1/").catch(() => {}); const s = document.createElement("script"); s.textContent = "attack()"; document.body.append(s); setTimeout(() => { throw new Error("loud") })`, nil))
	// It tells a while after it has answered.
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		faults := strings.Join(b.Faults(), "\n")
		missing := slices.DeleteFunc([]string{"script-src", "connect-src", "loud"}, func(want string) bool { return strings.Contains(faults, want) })
		if len(missing) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no word of %v:\n%s", missing, faults)
		}
	}
}

// looks are how the pages are looked at.
var looks = []struct {
	name          string
	width, height int64
	scheme        string
	phone         bool
}{
	{"light", 1280, 860, "light", false},
	{"dark", 1280, 860, "dark", false},
	{"phone", 390, 844, "light", true},
}

var shots = flag.String("screenshots", "", "write a picture of every page into this `folder`")

// shown are the pages of which there are pictures, by name.
func shown(held, filed string) map[string]string {
	return map[string]string{
		"login": "/login", "overview": "/", "review": "/review", "approval": "/complaints/" + held, "complaints": "/complaints",
		"complaint": "/complaints/" + filed, "networks": "/networks", "queue": "/queue", "bounces": "/queue?state=failed",
		"never": "/never", "accounts": "/accounts", "checkup": "/checkup", "missing": "/nothing",
	}
}

func TestEveryPageIsAccessible(t *testing.T) {
	servertest.RequireOrSkip(t, servertest.ChromiumPackages, "chromium")
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	h, held, filed := lived(t)
	base := h.serve()
	b := servertest.Chromium(t, base)
	pages := shown(held, filed)
	signedIn := false
	for _, name := range []string{"login", "overview", "review", "approval", "complaints", "complaint", "networks", "queue", "bounces", "never", "accounts", "checkup", "missing"} {
		if name != "login" && !signedIn {
			signInBy(t, b, base)
			signedIn = true
		}
		for _, look := range looks {
			b.Run(t, emulation.SetDeviceMetricsOverride(look.width, look.height, 1, look.phone),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}}),
				chromedp.Navigate(base+pages[name]), chromedp.WaitReady("main"))
			if name == "overview" {
				b.Run(t, chromedp.WaitReady(".u-wrap canvas"))
			}
			if *shots != "" && name != "missing" {
				shoot(t, b, look.width, filepath.Join(*shots, name+"-"+look.name+".png"))
			}
			t.Run(name+" "+look.name, func(t *testing.T) {
				for _, fault := range inspect(t, b, string(axe)) {
					t.Error(fault)
				}
				var wide bool
				b.Run(t, chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide))
				if wide {
					t.Error("the page is wider than the screen")
				}
			})
		}
	}
	for _, fault := range b.Faults() {
		if !strings.Contains(fault, base+pages["missing"]) { // the browser notes each page that is not there
			t.Error(fault)
		}
	}
}

// lived is a site that was in use for a while, with a complaint that waits and
// one that was answered.
func lived(t *testing.T) (h *house, held, filed string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spamreport.db")
	if err := storetest.Fill(t.Context(), path, storetest.Options{Messages: 3000, Days: 120, Networks: 300}); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h = newHouseOn(t, s, nil)
	e := h.hold(spam{Number: 990, Subject: "You have won the Spanish lottery", From: "winner@prize.example", Network: "ISP-EXAMPLE-NET", Contact: "abuse@isp.example"})
	sent := h.hold(spam{Number: 980, Subject: "Invoice 2231 overdue", From: "billing@prize.example", Network: "ISP-EXAMPLE-NET", Contact: "abuse@host.example"})
	h.approve(sent)
	h.deliver(relay.Delivered, relay.Reply{Code: 250, Status: "2.0.0", Text: "Ok: queued as 4XyZ1a2b3c"})
	h.replies(sent, "abuse@host.example", "Re: Spam: account closed", "4711")
	for folder, failure := range map[string]error{"Junk": nil, "Spam": fmt.Errorf("dial tcp 192.0.2.1:993: connection refused")} {
		if err := s.Visited(t.Context(), "home", folder, failure); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Never(t.Context(), "noc@deaf.example"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"printer@example.org", "shop"} {
		if err := s.RelayUsers().Add(t.Context(), name, "hash"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RelayUsers().Disable(t.Context(), "shop", true); err != nil {
		t.Fatal(err)
	}
	if err := s.Suppress(t.Context(), suppress.Entry{Address: "old@gone.example", Reason: suppress.Hard, Source: "550 5.1.1 No such user here", Since: h.now}); err != nil {
		t.Fatal(err)
	}
	h.site.Examined(
		contract.Check{Name: "account/home", Status: "ok", What: "imap.example.org:993: logged in as alice, certificate good for 61 days"},
		contract.Check{Name: "sending/smarthost", Status: "fail", What: "smarthost smtp.example.org:587: the smarthost refused the log-in", Do: "check user and password in [relay]; with two-factor log-in, make an app password at the provider"},
		contract.Check{Name: "identity/dkim", Status: "warn", What: "mail from example.org is not signed here", Do: "make keys: spamreport relay dkim init --domain example.org"},
		contract.Check{Name: "blocklist/zen.spamhaus.org", Status: "skip", What: "cannot tell"},
	)
	return h, e.Complaint.Incident, sent.Complaint.Incident
}

// inspect has axe look at the page, and returns what it finds serious.
func inspect(t testing.TB, b *servertest.Browser, axe string) (faults []string) {
	t.Helper()
	var found string
	b.Run(t, chromedp.Evaluate(axe+";0", nil), chromedp.Evaluate(
		`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, &found,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	var violations []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		if v.Impact == "minor" || v.Impact == "moderate" {
			t.Logf("%s (%s)", v.Help, v.Impact)
			continue
		}
		for _, node := range v.Nodes {
			faults = append(faults, fmt.Sprintf("%s: %s: %s\n%s", v.ID, v.Help, node.HTML, node.FailureSummary))
		}
	}
	return faults
}

func shoot(t testing.TB, b *servertest.Browser, width int64, file string) {
	t.Helper()
	var picture []byte
	// Of a list its beginning is enough.
	var height float64
	b.Run(t, chromedp.Evaluate(`document.querySelectorAll("[data-row]").length > 10 ? innerHeight : document.documentElement.scrollHeight`, &height))
	b.Run(t, page.BringToFront(), chromedp.ActionFunc(func(ctx context.Context) (err error) {
		clip := &page.Viewport{Width: float64(width), Height: height, Scale: 1}
		picture, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).WithCaptureBeyondViewport(true).WithClip(clip).Do(ctx)
		return err
	}))
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAPageIsLight(t *testing.T) {
	h, held, filed := lived(t)
	h.signIn()
	const most = 300_000 // octets of a page with all that it loads
	for name, path := range shown(held, filed) {
		weight := len(h.get(path).body)
		body := h.get(path).body
		for rest := body; ; {
			_, after, found := strings.Cut(rest, `"/static/`)
			if !found {
				break
			}
			file, tail, _ := strings.Cut(after, `"`)
			a := h.get("/static/" + file)
			if a.status != http.StatusOK || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %s: %d %s", name, file, a.status, a.header.Get("Cache-Control"))
			}
			weight += len(a.body)
			rest = tail
		}
		if weight > most {
			t.Errorf("%s weighs %d octets, more than %d", name, weight, most)
		}
		t.Logf("%s: %d octets", name, weight)
	}
}
