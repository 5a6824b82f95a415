package lookup

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The names of servers come from bootstrap files, redirects and referrals,
// that is, from others. A name that leads to an address inside the user's own
// network must not be connected to (server-side request forgery), and the
// check belongs where the address is known: after resolving, at the dial.

// dialer connects to servers.
type dialer struct {
	net     net.Dialer
	special special

	mu      sync.RWMutex
	allowed map[string]bool // host or host:port that the configuration names
}

func newDialer(o Options) *dialer {
	d := &dialer{special: newSpecial(nil), allowed: make(map[string]bool)}
	d.net.Timeout = o.Timeout
	d.net.Resolver = resolver(o.DNSServer)
	for _, host := range o.AllowHosts {
		d.allow(host)
	}
	return d
}

// resolver asks the configured DNS server, or the system's.
func resolver(server string) *net.Resolver {
	if server == "" {
		return net.DefaultResolver
	}
	server = withPort(server, "53")
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, server)
		},
	}
}

func withPort(addr, port string) string {
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	return net.JoinHostPort(strings.Trim(addr, "[]"), port)
}

func (d *dialer) allow(host string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.allowed[strings.ToLower(host)] = true
}

func (d *dialer) allows(addr string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	addr = strings.ToLower(addr)
	host, _, _ := net.SplitHostPort(addr)
	return d.allowed[addr] || d.allowed[host]
}

// DialContext connects to a public address, or to one that is allowed by name.
func (d *dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	n := d.net
	if !d.allows(addr) {
		n.Control = d.refusePrivate
	}
	return n.DialContext(ctx, network, addr)
}

func (d *dialer) refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	addr := behindNAT64(ap.Addr().Unmap().WithZone(""))
	if why := d.special.why(netip.PrefixFrom(addr, addr.BitLen())); why != "" {
		return errPrivate{addr, why}
	}
	return nil
}

// behindNAT64 is the IPv4 address that one of the well-known translation
// prefix stands for (RFC 6052 §2.1): how a network without IPv4 reaches
// servers without IPv6.
func behindNAT64(a netip.Addr) netip.Addr {
	b := a.As16()
	if !a.Is6() || !strings.HasPrefix(string(b[:]), "\x00\x64\xff\x9b\x00\x00\x00\x00\x00\x00\x00\x00") {
		return a
	}
	return netip.AddrFrom4([4]byte(b[12:]))
}

// errPrivate: somebody else's text led to an address inside.
type errPrivate struct {
	addr netip.Addr
	why  string
}

func (e errPrivate) Error() string {
	return fmt.Sprintf("refused to connect to %s: %s", e.addr, e.why)
}

// worthRetrying tells whether a failure on the wire may pass at once. A name
// that does not resolve, a closed port, a refused address and an answer
// without an end do not.
func worthRetrying(err error) bool {
	var tooLong errTooLong
	var private errPrivate
	var dns *net.DNSError
	return !errors.As(err, &tooLong) && !errors.As(err, &private) && !errors.As(err, &dns) && !errors.Is(err, syscall.ECONNREFUSED)
}

// isLoopback tells whether a host name or address is this machine's.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// hostPort is the address that a URL leads to.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		if port = "443"; u.Scheme == "http" {
			port = "80"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// httpClient makes single requests: redirects are handed back to be looked at,
// bodies are bounded.
func httpClient(d *dialer, base *tls.Config, maxBody int64) *http.Client {
	if base != nil {
		base = base.Clone()
	}
	transport := &http.Transport{
		DialContext:            d.DialContext,
		TLSClientConfig:        base,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{
		Transport:     boundedBody{transport, maxBody},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// boundedBody limits what is read of an answer.
type boundedBody struct {
	next http.RoundTripper
	max  int64
}

func (b boundedBody) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = &boundedReader{ReadCloser: resp.Body, left: b.max, max: b.max}
	}
	return resp, err
}

// boundedReader fails, rather than ending, when there is more than left.
type boundedReader struct {
	io.ReadCloser
	left, max int64
}

func (r *boundedReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLong{r.max}
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	return n, err
}

type errTooLong struct{ max int64 }

func (e errTooLong) Error() string { return fmt.Sprintf("the answer is longer than %d bytes", e.max) }
