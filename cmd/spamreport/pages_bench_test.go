package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/store/storetest"
)

// BenchmarkServe measures what a browser waits for each page of `serve` itself,
// with 100,000 complaints in its store, limits set, and the relay's figures as
// it takes them. The figures to look at are the median, and the first, for which
// the relay's figures of a month are counted.
func BenchmarkServe(b *testing.B) {
	dir := b.TempDir()
	state := filepath.Join(dir, "spamreport")
	if err := os.Mkdir(state, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := storetest.Fill(b.Context(), filepath.Join(state, "spamreport.db"), storetest.Options{Messages: 105_000, Days: 365, Networks: 3000}); err != nil {
		b.Fatal(err)
	}
	config := filepath.Join(dir, "config.toml")
	text := "[identity]\nname = \"Zoe\"\nemail = \"zoe@example.org\"\n[relay]\nrate = \"5000/day, 100000/month\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	var said lockedBuffer
	cmd := exec.CommandContext(b.Context(), program, "serve", "--address", "127.0.0.1:0", "--deliver=false", "--relay=false")
	cmd.Env = append(os.Environ(), testMain+"=1", "SPAMREPORT_CONFIG="+config, "XDG_STATE_HOME="+dir)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	base, browser := signInAt(b, &said)
	for _, path := range []string{
		"/", "/review", "/complaints", "/complaints?what=all", "/complaints?state=bounced", "/complaints?state=answered", "/complaints?q=nowhere",
		"/complaints/SR-0001-0002", "/networks", "/networks?by=contact", "/networks?span=0", "/queue", "/queue?state=failed", "/queue?state=delivered",
		"/never", "/accounts", "/checkup",
	} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			weight := 0
			for b.Loop() {
				began := time.Now()
				answer, err := browser.Get(base + path)
				if err != nil {
					b.Fatal(err)
				}
				body, err := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Fatalf("%d, %v", answer.StatusCode, err)
				}
				took, weight = append(took, time.Since(began)), len(body)
			}
			first := took[0]
			slices.Sort(took)
			b.ReportMetric(float64(first.Microseconds())/1000, "ms/first")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(weight)/1000, "kB")
		})
	}
}

// signInAt takes the link that serve prints.
func signInAt(b *testing.B, said *lockedBuffer) (base string, browser *http.Client) {
	b.Helper()
	link := ""
	for deadline := time.Now().Add(time.Minute); link == ""; time.Sleep(20 * time.Millisecond) {
		if link = signInLink.FindString(said.String()); time.Now().After(deadline) {
			b.Fatalf("serve prints no link\n%s", said)
		}
	}
	base, token, _ := strings.Cut(link, "/login?token=")
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	browser = &http.Client{Jar: jar}
	form := url.Values{"token": {token}}.Encode()
	answer, err := browser.Post(base+"/login", "application/x-www-form-urlencoded", bytes.NewReader([]byte(form)))
	if err != nil {
		b.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("sign in: %d", answer.StatusCode)
	}
	return base, browser
}
