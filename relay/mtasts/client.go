package mtasts

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"sync"
	"time"
)

// Cached is a policy as it is kept.
type Cached struct {
	Policy  Policy
	ID      string    // of the announcement that it was fetched for
	Fetched time.Time // when; it holds for Policy.MaxAge from then on
}

// Cache keeps policies, by domain. It must outlive the program to be of use.
type Cache interface {
	// STSPolicy returns what is kept for a domain.
	STSPolicy(ctx context.Context, domain string) (c Cached, found bool, err error)
	// KeepSTSPolicy replaces it.
	KeepSTSPolicy(ctx context.Context, domain string, c Cached) error
}

// Client finds the policy of a domain.
type Client struct {
	// Text looks up TXT records. No record is not an error.
	Text  func(ctx context.Context, name string) ([]string, error)
	Cache Cache

	// Dial connects to the host that serves a policy; that of net.Dialer when
	// nil. It is where private addresses are refused.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that the host is verified with; nil: those of
	// the system.
	Roots   *x509.CertPool
	Timeout time.Duration // of fetching a policy; DefaultTimeout when zero

	Log *slog.Logger     // nil: no log
	Now func() time.Time // the clock; time.Now when nil

	mu     sync.Mutex
	failed map[string]time.Time // domain → when its policy could not be fetched
}

// DefaultTimeout of fetching a policy. The mail waits meanwhile.
const DefaultTimeout = 15 * time.Second

// maxSize of a policy (RFC 8461 §3.2 has nothing that needs more).
const maxSize = 64 << 10

// pause is how long a policy that could not be fetched is not asked for again
// (RFC 8461 §3.3).
const pause = 5 * time.Minute

// Policy returns what holds for a domain now; found is false when there is no
// policy. Whatever goes wrong on the way, a policy that is kept and not expired
// holds on, and without one there is none: RFC 8461 §3.3 has mail flow rather
// than depend on a web server.
func (c *Client) Policy(ctx context.Context, domain string) (p Policy, found bool) {
	now := c.now()
	kept, have, err := c.Cache.STSPolicy(ctx, domain)
	if err != nil {
		c.warn("read the kept MTA-STS policy", domain, err)
	}
	age := now.Sub(kept.Fetched)
	have = have && age < kept.Policy.MaxAge
	records, err := c.Text(ctx, "_mta-sts."+domain)
	if err != nil {
		c.warn("look up the MTA-STS policy", domain, err)
	}
	id, announced := parseID(records)
	// Also an unchanged one is fetched again when half of its time is over, so
	// that it does not expire while it still holds.
	if announced && !(have && kept.ID == id && age < kept.Policy.MaxAge/2) && c.mayFetch(domain, now) {
		fresh, err := c.fetch(ctx, domain)
		if err != nil {
			c.refused(domain, now)
			c.warn("fetch the MTA-STS policy", domain, err)
			return kept.Policy, have
		}
		kept, have = Cached{Policy: fresh, ID: id, Fetched: now}, true
		if err := c.Cache.KeepSTSPolicy(ctx, domain, kept); err != nil {
			c.warn("keep the MTA-STS policy", domain, err)
		}
	}
	return kept.Policy, have
}

// mayFetch reports whether the last failure is long enough ago.
func (c *Client) mayFetch(domain string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for d, at := range c.failed {
		if now.Sub(at) >= pause {
			delete(c.failed, d)
		}
	}
	_, recently := c.failed[domain]
	return !recently
}

func (c *Client) refused(domain string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = make(map[string]time.Time)
	}
	c.failed[domain] = now
}

// fetch gets the policy over HTTPS. Redirects are not followed (RFC 8461
// §3.3), and the host is verified as for any web page.
func (c *Client) fetch(ctx context.Context, domain string) (Policy, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	web := http.Client{
		Transport: &http.Transport{
			DialContext:            c.Dial,
			TLSClientConfig:        &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxSize,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mta-sts."+domain+"/.well-known/mta-sts.txt", nil)
	if err != nil {
		return Policy{}, err
	}
	response, err := web.Do(request)
	if err != nil {
		return Policy{}, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return Policy{}, fmt.Errorf("the answer was %s, want 200", response.Status)
	}
	// A host where users put pages of their own must not make policies.
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || kind != "text/plain" {
		return Policy{}, fmt.Errorf("the answer is %.60q, want text/plain", response.Header.Get("Content-Type"))
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxSize+1))
	if err != nil {
		return Policy{}, err
	}
	if len(text) > maxSize {
		return Policy{}, errors.New("the policy is too large")
	}
	return Parse(string(text))
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) warn(what, domain string, err error) {
	if c.Log != nil {
		c.Log.Warn("cannot "+what, "domain", domain, "error", err)
	}
}
