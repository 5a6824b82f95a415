package lookup

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/likexian/whois"
)

// whoisServer is the state of a server; one that the configuration maps to
// this machine is not limited.
func (c *Client) whoisServer(host string) *server {
	rate, burst := float64(whoisRate), whoisBurst
	if target, _, err := net.SplitHostPort(c.opts.WHOISHosts[host]); err == nil && isLoopback(target) {
		rate = 0
	}
	return c.servers.get(host, rate, burst)
}

// queryWHOIS makes one query in its turn, and once again after a failure that
// may pass.
func (c *Client) queryWHOIS(ctx context.Context, host, question string, t *turn) (string, error) {
	srv := c.whoisServer(host)
	if err := t.take(ctx, srv); err != nil {
		return "", err
	}
	bounded, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	for attempt := 0; ; attempt++ {
		raw, err := c.exchange(bounded, host, question)
		switch {
		case err == nil:
			srv.answered(time.Since(t.taken), c.opts.Timeout)
			return raw, nil
		case ctx.Err() != nil: // the caller gave up: no fault of the server
			return "", ctx.Err()
		case attempt > 0 || bounded.Err() != nil || !worthRetrying(err):
			srv.failed(err)
			t.failed()
			return "", err
		}
		if err := sleep(bounded, jitter(retryPause)); err != nil {
			t.failed()
			return "", err
		}
	}
}

// whoisQuery writes a query in the server's language. ARIN takes a CIDR only
// with flags that the library does not send; the first address finds the same
// network or a narrower one.
func whoisQuery(host string, q query) string {
	subject := q.subject()
	if q.kind == netQuery && host == whoisARIN {
		subject = q.prefix.Addr().String()
	}
	if q.kind == asnQuery {
		return subject
	}
	return inLanguage(host, subject)
}

func handleQuery(host string, h handle) string { return inLanguage(host, h.name) }

func inLanguage(host, subject string) string {
	if form, ok := whoisQueries[host]; ok {
		return strings.ReplaceAll(form, "%s", subject)
	}
	return subject
}

// exchange is one question and one answer, by the library over our dialer.
func (c *Client) exchange(ctx context.Context, host, question string) (string, error) {
	d := &whoisDialer{ctx: ctx, c: c, addr: withPort(host, "43")}
	client := whois.NewClient().SetDialer(d).SetTimeout(c.opts.Timeout).SetDisableStats(true).SetDisableReferral(true)
	raw, err := client.Whois(question, host)
	switch {
	case d.conn != nil && d.conn.left <= 0:
		return "", errTooLong{c.opts.MaxWHOIS}
	case err != nil:
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", err
	case strings.TrimSpace(raw) == "":
		return "", errors.New("empty answer")
	}
	return raw, nil
}

// whoisDialer connects one query: to where the configuration maps the host, or
// to the host itself if that is a public address.
type whoisDialer struct {
	ctx  context.Context
	c    *Client
	addr string
	conn *whoisConn
}

// Dial implements proxy.Dialer, which the library takes. It leaves the
// library's choice of server aside, which for a query without a dot is IANA
// whatever server it was told.
func (d *whoisDialer) Dial(network, _ string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(d.addr)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	target, mapped := d.c.opts.WHOISHosts[d.addr]
	if !mapped {
		target, mapped = d.c.opts.WHOISHosts[host]
	}
	if mapped {
		conn, err = d.c.dialer.net.DialContext(d.ctx, network, target)
	} else {
		conn, err = d.c.dialer.DialContext(d.ctx, network, d.addr)
	}
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(d.ctx, func() { _ = conn.Close() })
	d.conn = &whoisConn{Conn: conn, left: d.c.opts.MaxWHOIS, stop: stop}
	return d.conn, nil
}

// whoisConn bounds the answer and ends with the query's context.
type whoisConn struct {
	net.Conn
	left int64
	stop func() bool
}

func (w *whoisConn) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, io.ErrShortBuffer
	}
	if int64(len(p)) > w.left {
		p = p[:w.left]
	}
	n, err := w.Conn.Read(p)
	w.left -= int64(n)
	return n, err
}

func (w *whoisConn) Close() error {
	w.stop()
	return w.Conn.Close()
}
