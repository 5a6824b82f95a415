package lookup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openrdap/rdap"
)

const (
	// maxRedirects: a registry passes on to the one that took the network
	// over, and that to a server of its own.
	maxRedirects = 4
	// maxParents bounds the way up from a network without a contact.
	maxParents = 2
	// maxStubs bounds the entities that are fetched for their address.
	maxStubs = 2

	userAgent = "spamreport (abuse contact lookup)"
)

// errNotFound: the registry does not know the query.
var errNotFound = errors.New("not found")

// finding is what one source has to say.
type finding struct {
	network  Network
	contacts []Contact // every candidate, ranked; not yet checked
	dead     []string
	steps    []Step
	answered bool  // some registry answered, if only that it knows nothing
	failure  error // a failure that may pass
	unsure   bool  // an override by AS may apply, but nobody said which AS it is
}

// rdapSource looks a query up over RDAP.
func (c *Client) rdapSource(ctx context.Context, q query, t *turn) (finding, error) {
	a := &rdapAsker{c: c, q: q, turn: t}
	bases, err := c.boot.servers(ctx, q)
	switch {
	case err != nil:
		a.step(c.boot.client.BaseURL.Hostname(), err, 0)
		a.out.failure = err
	case len(bases) == 0:
		a.out.steps = append(a.out.steps, Step{Via: ViaRDAP, Outcome: "no server for " + oneLine(q.subject(), 80)})
	}
	for _, base := range bases {
		err := a.network(ctx, rdapURL(base, q))
		if err == nil || errors.Is(err, errNotFound) {
			a.out.answered = true
			break
		}
		if errors.Is(err, errKnownMeanwhile) || ctx.Err() != nil {
			return a.out, err
		}
		a.out.failure = err
		if t.lost >= c.opts.Timeout {
			break
		}
	}
	return a.out, nil
}

// rdapURL is the address of a query (RFC 9082 §3.1).
func rdapURL(base *url.URL, q query) *url.URL {
	kind, subject := "ip", q.subject()
	switch q.kind {
	case asnQuery:
		kind, subject = "autnum", strings.TrimPrefix(subject, "AS")
	case domainQuery:
		kind = "domain"
	}
	return base.JoinPath(kind, subject) // #nosec G125 -- see FuzzQuery
}

// rdapAsker asks for one query, which may take several requests.
type rdapAsker struct {
	c    *Client
	q    query
	turn *turn
	out  finding
}

// network asks for the network, and for its parents while nobody may be
// mailed (for a domain: for the registrar's own answer).
func (a *rdapAsker) network(ctx context.Context, u *url.URL) error {
	for level := 0; ; level++ {
		got, server, err := a.object(ctx, u)
		if err != nil {
			if level > 0 && !errors.Is(err, errKnownMeanwhile) {
				return nil // what the network itself said stands
			}
			return err
		}
		if level == 0 {
			a.out.network, a.turn.port43 = got.network, got.referral
		}
		if !a.mailable(got.candidates, got.dead) {
			more, err := a.stubs(ctx, got.stubs)
			if err != nil {
				return err
			}
			got.candidates = append(got.candidates, more...)
		}
		for i := range got.candidates {
			got.candidates[i].order += level * ordersPerSection
		}
		a.out.contacts = append(a.out.contacts, contacts(got.candidates, ViaRDAP, server)...)
		a.out.dead = append(a.out.dead, got.dead...)

		up, err := u.Parse(got.up)
		if err != nil || got.up == "" || *up == *u || level >= maxParents || a.mailable(got.candidates, got.dead) {
			return nil
		}
		u = up
	}
}

// mailable tells whether one of the candidates may be written to.
func (a *rdapAsker) mailable(list []candidate, dead []string) bool {
	for _, cand := range list {
		if _, bad := a.c.unmailable(cand.email); !bad && !contains(dead, cand.email) {
			return true
		}
	}
	return false
}

// stubs fetches abuse entities that the network's answer only names.
func (a *rdapAsker) stubs(ctx context.Context, links []string) (found []candidate, err error) {
	for _, link := range links[:min(len(links), maxStubs)] {
		u, err := url.Parse(link)
		if err != nil || u.Host == "" || a.turn.lost >= a.c.opts.Timeout {
			continue
		}
		body, _, err := a.fetch(ctx, u)
		if errors.Is(err, errKnownMeanwhile) {
			return nil, err
		}
		if err == nil {
			found = append(found, readEntity(body)...)
		}
	}
	return found, nil
}

// object fetches and reads one network, autnum or domain.
func (a *rdapAsker) object(ctx context.Context, u *url.URL) (answer, string, error) {
	start := time.Now()
	body, final, err := a.fetch(ctx, u)
	if err != nil {
		return answer{}, "", err
	}
	got, err := readRDAP(body, a.q.kind)
	if err != nil {
		a.step(final.Host, err, time.Since(start))
		return answer{}, "", err
	}
	outcome := "ok"
	if len(got.candidates) == 0 {
		outcome = "no contact"
	}
	if len(got.notes) > 0 {
		outcome += ", " + got.notes[0]
	}
	a.out.steps = append(a.out.steps, Step{Via: ViaRDAP, Server: final.Host, Outcome: outcome, Took: time.Since(start)})
	return got, final.Host, nil
}

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

// reply is the outcome of one request: a body, or where else to look.
type reply struct {
	body     []byte
	location string
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

// retryPause is the wait before the second attempt, with jitter.
const retryPause = 300 * time.Millisecond

// errLimited is 429, or 503 with a time to come back (RFC 6585 §4, RFC 9110
// §10.2.3).
type errLimited struct {
	status int
	after  time.Duration // 0: the server does not say
}

func (e errLimited) Error() string {
	if e.after > 0 {
		return fmt.Sprintf("asks to wait %s (status %d)", e.after.Round(time.Second), e.status)
	}
	return fmt.Sprintf("asks to wait (status %d)", e.status)
}

func (e errLimited) pause(otherwise time.Duration) time.Duration {
	if e.after > 0 {
		return e.after
	}
	return jitter(otherwise)
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

// byteOrderMark stands before some servers' JSON, where RFC 8259 §8.1 allows
// none.
var byteOrderMark = []byte("\xef\xbb\xbf")

// retryAfter reads seconds or a date.
func retryAfter(value string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if when, err := http.ParseTime(value); err == nil {
		return max(0, min(time.Until(when), 24*time.Hour))
	}
	return 0
}
