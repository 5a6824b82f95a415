package mtasts_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay/mtasts"
)

// domain is a domain with a policy, as far as it has one.
type domain struct {
	records []string
	dnsDown bool
	handle  http.HandlerFunc
	host    string // that the certificate is for

	patience time.Duration

	fetched int
	client  *mtasts.Client
	now     time.Time
	kept    map[string]mtasts.Cached
}

const policy = "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 86400\n"

// serve answers with a policy.
func serve(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "mta-sts.example.net" || r.URL.Path != "/.well-known/mta-sts.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprint(w, text)
	}
}

func newDomain(t *testing.T) *domain {
	t.Helper()
	d := &domain{
		records: []string{"v=STSv1; id=1"}, handle: serve(policy), host: "mta-sts.example.net", patience: time.Minute,
		now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), kept: map[string]mtasts.Cached{},
	}
	return d
}

// start starts the web server and makes the client.
func (d *domain) start(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	ca := servertest.NewCA(t, dir)
	cert, key := ca.Issue(t, dir, d.host)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.fetched++
		d.handle(w, r)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	d.client = &mtasts.Client{
		Text: d.text, Cache: d, Roots: ca.Pool, Now: func() time.Time { return d.now }, Timeout: d.patience,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address != "mta-sts.example.net:443" {
				return nil, fmt.Errorf("dialled %s", address)
			}
			return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
		},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func (d *domain) text(_ context.Context, name string) ([]string, error) {
	if d.dnsDown {
		return nil, errors.New("SERVFAIL")
	}
	if name != "_mta-sts.example.net" {
		return nil, fmt.Errorf("asked for %s", name)
	}
	return d.records, nil
}

func (d *domain) STSPolicy(_ context.Context, domain string) (mtasts.Cached, bool, error) {
	c, found := d.kept[domain]
	return c, found, nil
}

func (d *domain) KeepSTSPolicy(_ context.Context, domain string, c mtasts.Cached) error {
	d.kept[domain] = c
	return nil
}

func TestWhenADomainHasAPolicy(t *testing.T) {
	tests := []struct {
		name   string
		change func(*domain)
		found  bool
	}{
		{"announced and served", func(*domain) {}, true},
		{"not announced", func(d *domain) { d.records = nil }, false},
		{"announced, not served", func(d *domain) { d.handle = http.NotFound }, false},
		{"served with an error", func(d *domain) {
			d.handle = func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusInternalServerError)
				serve(policy)(w, r)
			}
		}, false},
		{"a redirect is not followed", func(d *domain) {
			d.handle = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery == "" {
					http.Redirect(w, r, r.URL.Path+"?x", http.StatusFound)
					return
				}
				serve(policy)(w, r)
			}
		}, false},
		{"a web page is no policy", func(d *domain) {
			d.handle = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = fmt.Fprint(w, policy)
			}
		}, false},
		{"a policy that cannot be read", func(d *domain) { d.handle = serve("version: STSv1\n") }, false},
		{"a policy without end", func(d *domain) { d.handle = serve(policy + strings.Repeat("mx: a.example\n", 10_000)) }, false},
		{"a certificate for another host", func(d *domain) { d.host = "www.example.net" }, false},
		{"a server that says nothing", func(d *domain) {
			d.handle = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
			d.patience = 100 * time.Millisecond
		}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDomain(t)
			test.change(d)
			d.start(t)
			p, found := d.client.Policy(t.Context(), "example.net")
			if found != test.found || found && (p.Mode != mtasts.Enforce || !p.Matches("mx.example.net")) {
				t.Errorf("found %v: %+v; want %v", found, p, test.found)
			}
			if _, kept := d.kept["example.net"]; kept != test.found {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

func TestHowLongAPolicyHolds(t *testing.T) {
	tests := []struct {
		name    string
		later   time.Duration // after it was fetched
		change  func(*domain)
		found   bool
		fetched int // in all
	}{
		{"soon after, nothing is fetched", time.Hour, func(*domain) {}, true, 1},
		{"half way through, it is fetched again", 13 * time.Hour, func(*domain) {}, true, 2},
		{"a new id makes it fetched again", time.Hour, func(d *domain) { d.records = []string{"v=STSv1; id=2"} }, true, 2},
		{"the announcement is gone", 23 * time.Hour, func(d *domain) { d.records = nil }, true, 1},
		{"the announcement is gone for long", 25 * time.Hour, func(d *domain) { d.records = nil }, false, 1},
		{"DNS is down", 23 * time.Hour, func(d *domain) { d.dnsDown = true }, true, 1},
		{"the web server is down", 23 * time.Hour, func(d *domain) { d.handle = http.NotFound }, true, 2},
		{"the web server is down for long", 25 * time.Hour, func(d *domain) { d.handle = http.NotFound }, false, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := newDomain(t)
			d.start(t)
			if _, found := d.client.Policy(t.Context(), "example.net"); !found {
				t.Fatal("not found at first")
			}
			d.now = d.now.Add(test.later)
			test.change(d)
			if _, found := d.client.Policy(t.Context(), "example.net"); found != test.found || d.fetched != test.fetched {
				t.Errorf("found %v after %d fetches, want %v after %d", found, d.fetched, test.found, test.fetched)
			}
		})
	}
}

func TestAWebServerThatFailsIsNotAskedForEachMessage(t *testing.T) {
	d := newDomain(t)
	d.handle = http.NotFound
	d.start(t)
	for range 10 {
		d.client.Policy(t.Context(), "example.net")
	}
	if d.fetched != 1 {
		t.Errorf("fetched %d times within a moment", d.fetched)
	}
	d.now = d.now.Add(6 * time.Minute)
	d.client.Policy(t.Context(), "example.net")
	if d.fetched != 2 {
		t.Errorf("fetched %d times after six minutes", d.fetched)
	}
}
