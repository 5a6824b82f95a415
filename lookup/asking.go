package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ask asks the sources in turn until somebody may be mailed, and remembers
// what they say. learned is what another lookup has learned since this one began,
// or nil; old is an expired answer, if there is one.
func (c *Client) ask(ctx context.Context, q query, learned func() *remembered, old *remembered) (Result, error) {
	t := &turn{learned: learned}
	defer t.drop()
	all := finding{}
	for _, source := range c.sources {
		got, err := c.askSource(ctx, source, q, t, all)
		all.add(got)
		if errors.Is(err, errKnownMeanwhile) {
			return c.serve(t.known, q.text)
		}
		if err != nil {
			all.failure = err
			break
		}
		if best := c.best(all); best == High || best == Medium {
			break
		}
	}
	if q.kind == netQuery && all.network.ASN == 0 && len(c.overrides.asns) > 0 {
		got, _ := c.origin(ctx, q) // a caller that gave up is told so below
		all.steps = append(all.steps, got.steps...)
		all.network.ASN = got.network.ASN
		all.unsure = got.failure != nil
	}
	return c.conclude(ctx, q, all, old)
}

// askSource asks a source for as long as it takes; where somebody may be
// mailed already, looking for a better desk is worth one time-out, no more.
func (c *Client) askSource(ctx context.Context, source sourceFunc, q query, t *turn, sofar finding) (finding, error) {
	if c.best(sofar) == Low {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.opts.Timeout)
		defer cancel()
	}
	t.lost = 0
	return source(ctx, q, t)
}

// add merges what another source says. The first that knows the network
// describes it.
func (f *finding) add(g finding) {
	asn := max(f.network.ASN, g.network.ASN)
	if f.network.isZero() {
		f.network = g.network
	}
	f.network.ASN = asn
	f.contacts = append(f.contacts, g.contacts...)
	f.dead = append(f.dead, g.dead...)
	f.steps = append(f.steps, g.steps...)
	f.answered = f.answered || g.answered
	if g.failure != nil {
		f.failure = g.failure
	}
}

func (n Network) isZero() bool {
	return n.Handle == "" && n.Name == "" && len(n.CIDR) == 0 && n.Domain == ""
}

// conclude turns what was found into the result, the entry and the error.
func (c *Client) conclude(ctx context.Context, q query, all finding, old *remembered) (Result, error) {
	raw := Result{Network: all.network, Contacts: all.contacts}
	for _, email := range all.dead {
		raw.Rejected = append(raw.Rejected, Rejected{email, "the registry says that it does not work"})
	}
	r := c.finish(raw)
	r.Query, r.Trail = q.text, all.steps
	// Where a server failed, the others' not knowing the network is no answer:
	// the one that failed may be the one that runs it.
	answered := all.answered && (all.failure == nil || !all.network.isZero())
	switch {
	case len(r.Contacts) > 0:
		ttl := c.opts.TTL
		if all.unsure || all.failure != nil && r.Contacts[0].Confidence == Low {
			ttl = c.opts.NegativeTTL // what failed may know better
		}
		c.store(ctx, q, raw, ttl)
		return r, nil
	case ctx.Err() != nil:
		return r, &Error{Query: q.text, Kind: ErrUnreachable, Hint: "interrupted; try again later", Cause: ctx.Err()}
	case !answered && old != nil:
		stale, err := c.serve(old, q.text)
		stale.Stale = true
		stale.Trail = append(slices.Clone(all.steps), Step{Via: "cache", Server: "cache", Outcome: "stale"})
		return stale, err
	case !answered:
		return r, &Error{Query: q.text, Kind: ErrUnreachable, Hint: "try again later", Cause: all.failure}
	}
	if all.failure == nil {
		c.store(ctx, q, raw, c.opts.NegativeTTL)
	}
	return r, noContact(r)
}

func noContact(r Result) error {
	hint := "the registries name nobody; set an override if you know the desk"
	if len(r.Rejected) > 0 {
		hint = fmt.Sprintf("%s must not be mailed: %s", r.Rejected[0].Email, r.Rejected[0].Why)
	}
	return &Error{Query: r.Query, Kind: ErrNoContact, Hint: hint}
}
