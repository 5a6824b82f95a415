package servertest

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"
)

// ChromiumPackages is what to install on Debian for a browser.
const ChromiumPackages = "chromium"

// browserTimeout is how long all that a test does in a browser may take.
const browserTimeout = 3 * time.Minute

// Browser is a page in a real Chromium, without a screen. It takes note of
// what no page may do: errors on the console, requests to others than the
// site, dialogs.
type Browser struct {
	Context   context.Context // for chromedp.Run
	Downloads string          // folder that downloads go to

	mu     sync.Mutex
	site   string // host that may be asked
	faults []string
}

// Chromium starts a browser for the site at this address, or skips the test
// (see RequireOrSkip).
func Chromium(t testing.TB, site string) *Browser {
	t.Helper()
	RequireOrSkip(t, ChromiumPackages, "chromium")
	u, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	dir := TempDir(t)
	port := FreePorts(t, 1)[0]
	process := StartProcess(t, filepath.Join(dir, "log"), "chromium",
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--lang=en-GB",
		"--user-data-dir="+filepath.Join(dir, "profile"), fmt.Sprint("--remote-debugging-port=", port), "about:blank")
	WaitListening(t, Loopback(port), process.Log)

	b := &Browser{site: u.Host, Downloads: filepath.Join(dir, "downloads")}
	ctx, cancel := context.WithTimeout(context.Background(), browserTimeout)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewRemoteAllocator(ctx, "http://"+Loopback(port))
	t.Cleanup(cancel)
	b.Context, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	chromedp.ListenTarget(b.Context, b.listen)
	// The first run opens the page, which lives as long as its context.
	if err := chromedp.Run(b.Context); err != nil {
		t.Fatalf("browser: %v\n%s", err, process.Log())
	}
	b.Run(t, network.Enable(), log.Enable(), runtime.Enable(), page.Enable(),
		security.SetIgnoreCertificateErrors(true),
		browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(b.Downloads).WithEventsEnabled(true))
	return b
}

// Run does something in the browser, within startTimeout.
func (b *Browser) Run(t testing.TB, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Context, startTimeout)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatalf("browser: %v\nfaults so far: %s", err, strings.Join(b.Faults(), "\n"))
	}
}

// Faults are what the page did and may not.
func (b *Browser) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.faults...)
}

func (b *Browser) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

func (b *Browser) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Host != b.site && u.Scheme != "data" && u.Scheme != "about" && u.Scheme != "blob" {
			b.fault("a request to %s", e.Request.URL)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			b.fault("the console says: %s (%s)", e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		b.fault("a script writes to the console: %s", e.Type)
	case *runtime.EventExceptionThrown:
		b.fault("an exception: %s", e.ExceptionDetails.Error())
	case *page.EventJavascriptDialogOpening:
		b.fault("a dialog: %s", e.Message)
		go func() { _ = chromedp.Run(b.Context, page.HandleJavaScriptDialog(false)) }()
	}
}
