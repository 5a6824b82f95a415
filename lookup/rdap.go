package lookup

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
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
