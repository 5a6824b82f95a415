//go:build unix

package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

// BenchmarkPages measures what a page takes on the server with 100,000
// complaints in a store on disk. The figure to look at is the median.
func BenchmarkPages(b *testing.B) {
	path := filepath.Join(b.TempDir(), "spamreport.db")
	if err := storetest.Fill(b.Context(), path, storetest.Options{Messages: 105_000, Days: 365, Networks: 3000}); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(b.Context(), path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	h := newHouseOn(b, s, nil)
	h.signIn()
	site, err := url.Parse(h.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	cookie := h.browser.Jar.Cookies(site)[0]
	for name, path := range map[string]string{
		"overview": "/", "review": "/review", "complaints": "/complaints", "all spam": "/complaints?what=all",
		"complaints bounced": "/complaints?state=bounced", "complaints acknowledged": "/complaints?state=acknowledged",
		"complaints answered": "/complaints?state=answered", "complaints delivered": "/complaints?state=delivered",
		"complaints filed": "/complaints?state=filed", "complaints resolved": "/complaints?state=resolved",
		"search common": "/complaints?q=lottery", "search rare": "/complaints?q=nowhere", "search address": "/complaints?q=198.18.0.7",
		"contact": "/complaints?contact=abuse@net0.example", "network": "/complaints?network=198.18.0.0/24", "country": "/complaints?country=US",
		"complaint": "/complaints/SR-0001-0002", "networks": "/networks", "contacts": "/networks?by=contact", "countries": "/networks?by=country",
		"networks ever": "/networks?span=0", "contacts ever": "/networks?by=contact&span=0", "countries ever": "/networks?by=country&span=0",
		"queue": "/queue", "bounces": "/queue?state=failed", "delivered": "/queue?state=delivered", "never": "/never", "accounts": "/accounts",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			before := cpu(b)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, h.server.URL+path, nil)
				r.AddCookie(cookie)
				w := httptest.NewRecorder()
				began := time.Now()
				h.site.Handler().ServeHTTP(w, r)
				took = append(took, time.Since(began))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(len(took)), "cpu-ms/op")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
		})
	}
}

// cpu is what the process has used so far: on a busy machine the clock tells
// more about the others.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
