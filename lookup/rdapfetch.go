package lookup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/openrdap/rdap"
)

// fetch follows redirects, each a query of its own with the manners of its own
// server, and checked at the dial like any other address.
func (a *rdapAsker) fetch(ctx context.Context, u *url.URL) ([]byte, *url.URL, error) {
	seen := make(map[string]bool)
	for range maxRedirects + 1 {
		if seen[u.String()] {
			return nil, nil, a.fail(u, errors.New("redirect loop"), 0)
		}
		seen[u.String()] = true
		if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, nil, a.fail(u, fmt.Errorf("refused address %s", oneLine(u.String(), 80)), 0)
		}
		start := time.Now()
		r, err := a.get(ctx, u)
		if err != nil {
			return nil, nil, a.fail(u, err, time.Since(start))
		}
		if r.location == "" {
			return r.body, u, nil
		}
		next, err := u.Parse(r.location)
		if err != nil {
			return nil, nil, a.fail(u, errors.New("redirect to a broken address"), time.Since(start))
		}
		a.out.steps = append(a.out.steps, Step{
			Via: ViaRDAP, Server: u.Host, Outcome: "redirect to " + oneLine(next.Host, 80), Took: time.Since(start),
		})
		u = next
	}
	return nil, nil, a.fail(u, fmt.Errorf("more than %d redirects", maxRedirects), 0)
}

func (a *rdapAsker) fail(u *url.URL, err error, took time.Duration) error {
	if !errors.Is(err, errKnownMeanwhile) {
		a.step(u.Host, err, took)
	}
	return fmt.Errorf("%s: %w", oneLine(u.Host, 80), err)
}

func (a *rdapAsker) step(server string, err error, took time.Duration) {
	a.out.steps = append(a.out.steps, Step{
		Via: ViaRDAP, Server: oneLine(server, 80), Outcome: oneLine(err.Error(), 160), Took: took,
	})
}

// get makes one request in its turn, and once again where that may help.
func (a *rdapAsker) get(ctx context.Context, u *url.URL) (reply, error) {
	rate, burst := float64(rdapRate), rdapBurst
	if a.c.dialer.allows(hostPort(u)) {
		rate = 0 // the user's own server
	}
	srv := a.c.servers.get(hostPort(u), rate, burst)
	if err := a.turn.take(ctx, srv); err != nil {
		return reply{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, a.c.opts.Timeout)
	defer cancel()
	for attempt := 0; ; attempt++ {
		r, again, err := a.c.request(bounded, u)
		switch {
		case ctx.Err() != nil: // the caller gave up: no fault of the server
			return reply{}, ctx.Err()
		case err == nil, errors.Is(err, errNotFound):
			srv.answered(time.Since(a.turn.taken), a.c.opts.Timeout)
			return r, err
		}
		var limited errLimited
		pause := jitter(retryPause)
		if errors.As(err, &limited) {
			pause = limited.pause(retryPause)
		}
		if deadline, ok := bounded.Deadline(); !again || attempt > 0 || ok && time.Until(deadline) < pause {
			srv.failed(err)
			a.turn.failed()
			if limited.status != 0 {
				srv.closeFor(limited.pause(refusalPause), limited.Error())
			}
			return reply{}, err
		}
		if err := sleep(bounded, pause); err != nil {
			a.turn.failed()
			return reply{}, err
		}
	}
}

// request makes one HTTP request. again tells that a failure may pass at once.
func (c *Client) request(ctx context.Context, u *url.URL) (r reply, again bool, err error) {
	target := *u // the library changes the address that it is given
	req := rdap.NewRawRequest(&target).WithContext(ctx)
	client := &rdap.Client{HTTP: c.web, UserAgent: userAgent}
	resp, doErr := client.Do(req)
	if resp == nil || len(resp.HTTP) == 0 {
		return reply{}, false, doErr
	}
	h := resp.HTTP[len(resp.HTTP)-1]
	if h.Response == nil {
		var wrapped *url.Error // repeats the address, which the trail has
		if errors.As(h.Error, &wrapped) {
			return reply{}, ctx.Err() == nil && worthRetrying(wrapped.Err), wrapped.Err
		}
		return reply{}, ctx.Err() == nil && worthRetrying(h.Error), h.Error
	}
	wait := retryAfter(h.Response.Header.Get("Retry-After"))
	switch status := h.Response.StatusCode; {
	case status >= 200 && status <= 299:
		return wholeBody(h)
	case status >= 300 && status <= 399 && h.Response.Header.Get("Location") != "":
		return reply{location: h.Response.Header.Get("Location")}, false, nil
	case status == http.StatusNotFound:
		return reply{}, false, errNotFound
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && wait > 0:
		return reply{}, true, errLimited{status, wait}
	default:
		return reply{}, status >= 500, fmt.Errorf("status %d", status)
	}
}

// wholeBody takes an answer that arrived as a whole. The library's decoder
// rejects what readRDAP can read, so that of its errors only the ones of the
// wire count.
func wholeBody(h *rdap.HTTPResponse) (reply, bool, error) {
	var tooLong errTooLong
	h.Body = bytes.TrimPrefix(h.Body, byteOrderMark)
	switch {
	case errors.As(h.Error, &tooLong):
		return reply{}, false, h.Error
	case len(h.Body) == 0:
		if h.Error != nil {
			return reply{}, true, h.Error
		}
		return reply{}, false, errors.New("empty answer")
	case !validJSON(h.Body):
		if h.Error != nil && !isSyntax(h.Error) {
			return reply{}, true, h.Error
		}
		return reply{}, false, errors.New("not JSON, or cut short")
	}
	return reply{body: h.Body}, false, nil
}

// reply is the outcome of one request: a body, or where else to look.
type reply struct {
	body     []byte
	location string
}

// byteOrderMark stands before some servers' JSON, where RFC 8259 §8.1 allows
// none.
var byteOrderMark = []byte("\xef\xbb\xbf")

// retryPause is the wait before the second attempt, with jitter.
const retryPause = 300 * time.Millisecond
