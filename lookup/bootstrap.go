package lookup

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gaissmai/bart"
	"github.com/openrdap/rdap/bootstrap"
)

// bootstrapper finds the RDAP servers that answer for a query (RFC 9224): from
// the files of IANA or of the configured place, kept with their age; where
// IANA's cannot be had, from the bundled table.
type bootstrapper struct {
	client   *bootstrap.Client
	timeout  time.Duration
	dialer   *dialer
	rirs     *bart.Table[*rir]
	public   bool // IANA's own files: the bundled table may stand in
	loopback bool // the registries may be on loopback, too

	// turn serialises the library's client, which is not made for concurrent
	// use, and everything below.
	turn   chan struct{}
	failed map[bootstrap.RegistryType]failedDownload
}

type failedDownload struct {
	err   error
	until time.Time
}

// bootstrapPause is how long a file is not asked for again that could not be
// had.
const bootstrapPause = time.Minute

func newBootstrapper(o Options, d *dialer, web *http.Client, rirs *bart.Table[*rir]) (*bootstrapper, error) {
	base, err := url.Parse(o.RDAPBootstrap)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("lookup: rdap_bootstrap %q is not an http or https address", o.RDAPBootstrap)
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	files := *web
	files.CheckRedirect = func(_ *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return nil
	}
	b := &bootstrapper{
		client:   &bootstrap.Client{HTTP: &files, BaseURL: base, Cache: newBootCache(o.CacheDir)},
		timeout:  o.Timeout,
		dialer:   d,
		rirs:     rirs,
		public:   base.String() == defaultBootstrap,
		loopback: isLoopback(base.Hostname()),
		turn:     make(chan struct{}, 1),
		failed:   make(map[bootstrap.RegistryType]failedDownload),
	}
	b.turn <- struct{}{}
	// This host is of the user's own configuration: it may be anywhere.
	d.allow(hostPort(base))
	return b, nil
}

// servers returns the base addresses for a query, https first. No address and
// no error: nobody offers RDAP for it.
func (b *bootstrapper) servers(ctx context.Context, q query) ([]*url.URL, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.turn:
	}
	defer func() { b.turn <- struct{}{} }()

	urls, err := b.ask(ctx, q)
	if (err != nil || len(urls) == 0) && b.public {
		if u, parseErr := url.Parse(b.bundled(q)); parseErr == nil && u.Host != "" {
			return []*url.URL{u}, nil
		}
	}
	return urls, err
}

func (b *bootstrapper) ask(ctx context.Context, q query) ([]*url.URL, error) {
	question := bootstrapQuestion(q)
	if f, ok := b.failed[question.RegistryType]; ok && time.Now().Before(f.until) {
		return nil, f.err
	}
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	found, err := b.client.Lookup(question.WithContext(ctx))
	if err != nil {
		err = fmt.Errorf("bootstrap %s: %w", question.RegistryType.Filename(), err)
		b.failed[question.RegistryType] = failedDownload{err, time.Now().Add(jitter(bootstrapPause))}
		return nil, err
	}
	urls := make([]*url.URL, 0, len(found.URLs))
	for _, u := range found.URLs {
		if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			continue // RFC 9224 §3: only these
		}
		own := *u // the library changes the address that it is given
		urls = append(urls, &own)
		if b.loopback && isLoopback(own.Hostname()) {
			b.dialer.allow(hostPort(&own))
		}
	}
	slices.SortStableFunc(urls, func(a, c *url.URL) int { return strings.Compare(c.Scheme, a.Scheme) })
	return urls, nil
}

func bootstrapQuestion(q query) *bootstrap.Question {
	question := &bootstrap.Question{Query: q.subject()}
	switch {
	case q.kind == asnQuery:
		question.RegistryType = bootstrap.ASN
	case q.kind == domainQuery:
		question.RegistryType = bootstrap.DNS
	case q.prefix.Addr().Is4():
		question.RegistryType = bootstrap.IPv4
	default:
		question.RegistryType = bootstrap.IPv6
	}
	return question
}

// bundledDomains are the RDAP servers of the largest top-level domains.
var bundledDomains = map[string]string{
	"com": "https://rdap.verisign.com/com/v1/",
	"net": "https://rdap.verisign.com/net/v1/",
	"org": "https://rdap.publicinterestregistry.org/rdap/",
}

// bundled is the answer without the files. ARIN redirects for AS numbers of
// other registries.
func (b *bootstrapper) bundled(q query) string {
	switch q.kind {
	case domainQuery:
		return bundledDomains[q.domain[strings.LastIndexByte(q.domain, '.')+1:]]
	case asnQuery:
		return rirs[0].rdap
	}
	if row, ok := b.rirs.Lookup(q.prefix.Addr()); ok {
		return row.rdap
	}
	return ""
}
