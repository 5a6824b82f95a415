package lookup

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/gaissmai/bart"
)

// Client looks up networks and their desks. It is safe for concurrent use; all
// lookups of a process should share one, because the manners towards the
// registries are kept in it.
type Client struct {
	opts      Options
	special   special
	overrides *overrides
	rirs      *bart.Table[*rir]
	dialer    *dialer
	dns       *net.Resolver
	web       *http.Client
	boot      *bootstrapper
	servers   *servers
	memory    *memory
	sources   []sourceFunc
}

// sourceFunc asks one source, waiting for its turn at the servers. An error
// ends the lookup; a failure that the next source may make good is in the
// finding.
type sourceFunc func(ctx context.Context, q query, t *turn) (finding, error)

// New makes a client. It fails only on options that contradict themselves.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	c := &Client{opts: o, rirs: rirTable(), memory: newMemory(), servers: newServers(o.Rates)}
	c.dialer = newDialer(o)
	c.dns = resolver(o.DNSServer)
	c.web = httpClient(c.dialer, o.TLS, o.MaxRDAP)
	var err error
	if c.boot, err = newBootstrapper(o, c.dialer, c.web, c.rirs); err != nil {
		return nil, err
	}
	allow := o.AllowSpecial
	if c.boot.loopback {
		// A registry on loopback is the user's own; so is what it answers for.
		allow = append(slices.Clone(allow), documentation()...)
	}
	c.special = newSpecial(allow)
	if c.overrides, err = newOverrides(o.Overrides); err != nil {
		return nil, err
	}
	byName := map[string]sourceFunc{
		ViaRDAP: c.rdapSource, ViaWHOIS: c.whoisSource, ViaAbusix: c.abusixSource,
		ViaASN: c.asnSource, ViaRDNS: c.rdnsSource, ViaDomain: c.domainSource,
	}
	for _, name := range o.Order {
		source, ok := byName[name]
		if !ok {
			return nil, fmt.Errorf("lookup: order names %q; known are rdap, whois, abusix, asn, rdns and domain", name)
		}
		c.sources = append(c.sources, source)
	}
	return c, nil
}

// IP answers for an address.
func (c *Client) IP(ctx context.Context, addr netip.Addr) (Result, error) {
	text := addr.String()
	if r, ok, err := c.known(addr, text); ok {
		return r, err
	}
	return c.lookup(ctx, text, c.cached)
}

// Lookup answers for an IP address, CIDR, AS number ("AS64496"), domain or
// URL. The Result is filled in as far as possible also when there is an error;
// errors.Is tells ErrBadQuery, ErrSpecialPurpose, ErrNoContact and
// ErrUnreachable apart.
func (c *Client) Lookup(ctx context.Context, text string) (Result, error) {
	if r, ok, err := c.Known(text); ok {
		return r, err
	}
	return c.lookup(ctx, text, c.cached)
}

// Known answers from memory, without waiting for anybody: the warm path of a
// sweep, an address in a network that was looked up before. When ok is false,
// Lookup has to ask.
func (c *Client) Known(text string) (r Result, ok bool, err error) {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return Result{}, false, nil
	}
	return c.known(addr, text)
}

// known is Known for an address that is written as text.
func (c *Client) known(addr netip.Addr, text string) (r Result, ok bool, err error) {
	if c.overrides.any {
		return Result{}, false, nil
	}
	known, ok := c.memory.addr(addr.Unmap())
	if !ok || !known.entry.Fresh(time.Now()) {
		return Result{}, false, nil
	}
	r, err = c.serve(known, text)
	return r, true, err
}

// Refresh is Lookup without looking into the cache; the new answer replaces
// what is there.
func (c *Client) Refresh(ctx context.Context, text string) (Result, error) {
	return c.lookup(ctx, text, func(context.Context, query) (*remembered, bool) { return nil, false })
}

func (c *Client) lookup(ctx context.Context, text string, cached func(context.Context, query) (*remembered, bool)) (Result, error) {
	q, err := parseQuery(text)
	if err != nil {
		return Result{Query: text}, err
	}
	if err := c.refuse(q); err != nil {
		return Result{Query: text}, err
	}
	if row, ok := c.overrides.find(q); ok {
		if r := c.finish(Result{Network: row.network(), Contacts: row.contacts()}); len(r.Contacts) > 0 {
			r.Query, r.Trail = text, []Step{{Via: "override", Server: "configuration", Outcome: "ok"}}
			return r, nil
		}
	}
	before, _ := c.memory.find(q) // what another lookup learns from now on counts
	old, ok := cached(ctx, q)
	if ok && old.entry.Fresh(time.Now()) {
		return c.serve(old, text)
	}
	learned := func() bool {
		if r, ok := c.memory.find(q); ok && r != before && r.entry.Fresh(time.Now()) {
			return true
		}
		r, ok := cached(ctx, q) // other processes learn as well
		return ok && r.entry.Fresh(time.Now())
	}
	return c.ask(ctx, q, learned, old)
}

// refuse tells why nobody can be asked about a query.
func (c *Client) refuse(q query) error {
	var why string
	switch q.kind {
	case netQuery:
		why = c.special.why(q.prefix)
	case asnQuery:
		why = specialASNWhy(q.asn)
	case domainQuery:
		if specialTLD(q.domain) {
			why = "a name that no registry delegates (RFC 6761)"
		}
	}
	if why == "" {
		return nil
	}
	return &Error{Query: q.text, Kind: ErrSpecialPurpose, Hint: why + "; nobody can be asked about it"}
}

// cached looks into the memory and then into the Cache. What it returns may
// have expired.
func (c *Client) cached(ctx context.Context, q query) (*remembered, bool) {
	r, ok := c.memory.find(q)
	if ok && r.entry.Fresh(time.Now()) || c.opts.Cache == nil {
		return r, ok
	}
	e, found, err := c.opts.Cache.Get(ctx, lookupKeys(q))
	if err != nil {
		c.opts.Logger.Warn("cannot read the cache of answers", "query", q.text, "error", err)
	}
	if err != nil || !found || time.Now().After(e.staleUntil()) {
		return r, ok
	}
	if ok && !e.Fresh(time.Now()) && e.Expires.Before(r.entry.Expires) {
		return r, ok
	}
	fromStore := c.remember(e)
	return fromStore, true
}

// remember prepares an entry for being served and keeps it in memory.
func (c *Client) remember(e Entry) *remembered {
	r := &remembered{entry: e, served: c.finish(e.Result)}
	r.served.Trail = []Step{{Via: "cache", Server: "cache", Outcome: "cached"}}
	if len(r.served.Contacts) == 0 {
		r.err = ErrNoContact
	}
	c.memory.put(r)
	return r
}

// serve answers from memory.
func (c *Client) serve(r *remembered, text string) (Result, error) {
	out := r.served
	if c.opts.Suppressed != nil && slices.ContainsFunc(out.Contacts, c.suppressed) {
		out = c.finish(r.entry.Result)
		out.Trail = r.served.Trail
	}
	out.Query = text
	if len(out.Contacts) == 0 {
		return out, noContact(out)
	}
	return out, nil
}

func (c *Client) suppressed(contact Contact) bool {
	_, bad := c.opts.Suppressed(contact.Email)
	return bad
}

// store remembers an answer in memory and in the Cache.
func (c *Client) store(ctx context.Context, q query, raw Result, ttl time.Duration) {
	now := time.Now()
	negative := len(c.finish(raw).Contacts) == 0
	var entries []Entry
	for _, key := range cacheKeys(q, raw.Network) {
		e := Entry{Key: key, Result: raw, Negative: negative, Stored: now, Expires: now.Add(ttl)}
		c.remember(e)
		entries = append(entries, e)
	}
	if c.opts.Cache == nil {
		return
	}
	if err := c.opts.Cache.Put(ctx, entries); err != nil {
		c.opts.Logger.Warn("cannot write the cache of answers", "query", q.text, "error", err)
	}
}
