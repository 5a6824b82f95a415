package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spamreport/internal/servertest"
)

// served is a running serve.
type served struct {
	watched
	link string // that signs in
}

var signInLink = regexp.MustCompile(`http://\S+/login\?token=\S+`)

func (s *site) serve(args ...string) served {
	s.t.Helper()
	w := watched{s.command(append([]string{"serve", "--address", "127.0.0.1:0"}, args...)...), &lockedBuffer{}}
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	if err := w.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = w.cmd.Process.Kill() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if link := signInLink.FindString(w.out.String()); link != "" {
			return served{w, link}
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("serve prints no link\n%s", w.out)
		}
	}
}

// TestAPersonLooksAfterTheirComplaints is a week's visit: one complaint is
// approved and arrives, one bounces and is sent again, one is dropped. It runs beside
// no other test: a browser that gets too little of the processor loses clicks.
func TestAPersonLooksAfterTheirComplaints(t *testing.T) {
	servertest.RequireOrSkip(t, servertest.ChromiumPackages, "chromium")
	s := newSite(t)
	s.env = append(s.env, "SPAMREPORT_COMPLAINT_APPROVE=review")
	s.fill(0, 3)
	serve := s.serve()
	base := serve.link[:strings.Index(serve.link, "/login")]
	b := servertest.Chromium(t, base)

	// The link signs in, the watch has read the mailbox meanwhile, and the page
	// learns of it by itself.
	b.Run(t, chromedp.Navigate(serve.link), chromedp.Click("form button"), chromedp.WaitVisible(`nav a[href="/review"] .count`))
	b.Run(t, chromedp.Click(`nav a[href="/review"]`), chromedp.WaitVisible(`//tr[@data-row][3]`))

	// The first is approved by keys, and the desk's server refuses it.
	s.postfix.Answer("abuse@hosting.example", "554 5.7.1 not today")
	b.Run(t, press("j"), press("a"), chromedp.WaitVisible(".flash.good"),
		chromedp.Click(`nav a[href="/queue"]`), chromedp.WaitVisible(".tabs"))
	refused := `//td[contains(., "not today")]`
	wait(t, b, base+"/queue?state=failed", refused)
	s.postfix.Answer("abuse@hosting.example", "")

	// It is suppressed from then on, until a person knows better.
	b.Run(t, chromedp.Navigate(base+"/never"), chromedp.Click(`button[value="lift"]`), chromedp.WaitVisible(".flash.good"))

	// The second is read, edited, approved, and arrives with the new text.
	b.Run(t, chromedp.Navigate(base+"/review"), chromedp.Click(`//tr[@data-row][1]//a`), chromedp.WaitVisible(".path .source"))
	b.Run(t, press("e"), chromedp.WaitVisible("#text"),
		chromedp.SetValue("#text", "Dear desk,\n\nplease act on this one.\n"), chromedp.Click(`button[value="edit"]`), chromedp.WaitVisible(".flash.good"),
		chromedp.Click(`button[value="approve"]`), chromedp.WaitVisible(`//p[contains(@class, "flash") and contains(., "approved")]`))
	mail := s.postfix.WaitMail(t, "abuse@hosting.example", 1)
	if !strings.Contains(string(mail[0]), "please act on this one.") {
		t.Errorf("another text arrived:\n%s", mail[0])
	}

	// The third is on the screen now, and is dropped.
	b.Run(t, press("d"), chromedp.WaitVisible(`//p[contains(@class, "flash") and contains(., "dropped")]`))

	// The one that bounced goes out again.
	b.Run(t, chromedp.Navigate(base+"/queue?state=failed"), chromedp.Click(`td input[type="checkbox"]`),
		chromedp.Click(`button[value="retry"]`), chromedp.WaitVisible(".flash.good"))
	s.postfix.WaitMail(t, "abuse@hosting.example", 2)
	wait(t, b, base+"/queue?state=delivered", `//tr[@data-row][2]`)

	b.Run(t, chromedp.Navigate(base), chromedp.Click(`a[href="/download/messages.csv"]`))
	if rows := strings.Count(downloaded(t, filepath.Join(b.Downloads, "spamreport-messages.csv")), "\n"); rows != 4 {
		t.Errorf("the download has %d lines, want a heading and 3 messages", rows)
	}
	b.Run(t, chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(".login"), chromedp.KeyEvent(kb.Escape))
	for _, fault := range b.Faults() {
		t.Error(fault)
	}
	s.stop(serve.watched)
	if out, err := s.command("history").CombinedOutput(); err != nil || strings.Count(string(out), "sent ") != 2 || strings.Count(string(out), "dropped") == 0 {
		t.Errorf("history: %v\n%s", err, out)
	}
}

// press presses a key as soon as the page listens to keys: what it shows is there
// before its script runs.
func press(key string) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Poll(`document.readyState === "complete"`, nil, chromedp.WithPollingInterval(20*time.Millisecond)), chromedp.KeyEvent(key)}
}

// wait loads a page until something is on it: what the relay does takes its
// time.
func wait(t *testing.T, b *servertest.Browser, page, selector string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var there bool
		b.Run(t, chromedp.Navigate(page), chromedp.WaitReady("footer"),
			chromedp.Evaluate("!!document.evaluate(`"+selector+"`, document).iterateNext()", &there))
		if there {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not show %s", page, selector)
		}
	}
}

// downloaded waits for a file.
func downloaded(t *testing.T, path string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		content, err := os.ReadFile(path)
		if err == nil {
			return string(content)
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestServeStopsWhileAPageListens(t *testing.T) {
	t.Parallel()
	servertest.RequireOrSkip(t, servertest.ChromiumPackages, "chromium")
	s := newSite(t)
	serve := s.serve("--watch=false")
	b := servertest.Chromium(t, serve.link[:strings.Index(serve.link, "/login")])
	b.Run(t, chromedp.Navigate(serve.link), chromedp.Click("form button"), chromedp.WaitVisible("nav"))
	s.stop(serve.watched)
}
