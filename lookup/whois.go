package lookup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxWHOISQueries bounds the chain of referrals for one query.
	maxWHOISQueries = 6
	// maxHandles bounds the people that are asked for in one answer.
	maxHandles = 2
)

// whoisSource looks a query up over WHOIS: at the registry that the bundled
// table names (or the one that IANA refers to), and on from there to the
// servers that the answers refer to, until somebody may be mailed.
func (c *Client) whoisSource(ctx context.Context, q query, t *turn) (finding, error) {
	w := &whoisAsker{c: c, q: q, turn: t, seen: make(map[string]bool)}
	w.hosts = c.whoisStarts(q, t.port43)
	for asked := 0; len(w.hosts) > 0 && asked < maxWHOISQueries && t.lost < c.opts.Timeout; {
		host := w.hosts[0]
		w.hosts = w.hosts[1:]
		if w.seen[host] {
			continue
		}
		w.seen[host] = true
		asked++
		if err := w.ask(ctx, host); err != nil {
			return w.out, err
		}
	}
	return w.out, nil
}

// whoisStarts lists the servers to begin with, likeliest first: the one that
// an RDAP answer named, the ones of the tables, IANA. Where the configuration
// maps hosts, those come before the rest.
func (c *Client) whoisStarts(q query, port43 string) []string {
	var hosts []string
	if port43 != "" {
		hosts = append(hosts, port43)
	}
	switch q.kind {
	case netQuery:
		if row, ok := c.rirs.Lookup(q.prefix.Addr()); ok {
			hosts = append(hosts, row.whois)
		}
		hosts = append(hosts, whoisIANA, whoisARIN)
	case asnQuery:
		hosts = append(hosts, whoisIANA, whoisARIN)
	case domainQuery:
		tld := q.domain[strings.LastIndexByte(q.domain, '.')+1:]
		if host, ok := domainWHOIS[tld]; ok {
			hosts = append(hosts, host)
		}
		hosts = append(hosts, "whois.nic."+tld, whoisIANA)
	}
	if q.kind != domainQuery {
		for _, row := range rirs {
			if _, mapped := c.opts.WHOISHosts[row.whois]; mapped {
				hosts = append(hosts, row.whois)
			}
		}
	}
	slices.SortStableFunc(hosts, func(a, b string) int { return c.unmapped(a) - c.unmapped(b) })
	return hosts
}

func (c *Client) unmapped(host string) int {
	if _, ok := c.opts.WHOISHosts[host]; ok {
		return 0
	}
	return 1
}

type whoisAsker struct {
	c     *Client
	q     query
	turn  *turn
	hosts []string // still to ask
	seen  map[string]bool
	out   finding
}

// ask makes one query and decides where to go from its answer. It returns an
// error only when the whole lookup is to end.
func (w *whoisAsker) ask(ctx context.Context, host string) error {
	start := time.Now()
	raw, err := w.c.queryWHOIS(ctx, host, whoisQuery(host, w.q), w.turn)
	switch {
	case errors.Is(err, errKnownMeanwhile):
		return err
	case err != nil:
		w.step(host, oneLine(err.Error(), 160), start)
		w.out.failure = fmt.Errorf("%s: %w", oneLine(host, 80), err)
		return ctx.Err()
	}
	got, kind := readWHOIS(host, raw, w.q)
	switch kind {
	case denied:
		w.c.whoisServer(host).closeFor(jitter(refusalPause), "refuses more queries")
		w.step(host, "refused: "+oneLine(firstLine(raw), 80), start)
		w.out.failure = fmt.Errorf("%s: refuses more queries", oneLine(host, 80))
		return nil
	case unknown:
		w.step(host, "not found", start)
		w.out.answered = true
		return nil
	case garbled:
		w.step(host, "not a registry's answer: "+oneLine(firstLine(raw), 60), start)
		w.out.failure = fmt.Errorf("%s: not a registry's answer", oneLine(host, 80))
		return nil
	}
	w.out.answered = true
	if got.referral != "" && (got.foreign || host == whoisIANA && len(got.candidates) == 0) {
		w.step(host, "refers to "+oneLine(got.referral, 80), start)
		w.refer(got.referral)
		return nil
	}
	if got.foreign {
		w.step(host, "another registry's network", start)
		return nil
	}
	w.take(host, raw, got, start)
	if w.c.best(w.out) == "" {
		return w.resolve(ctx, host, got.handles)
	}
	return nil
}

// resolve asks for the people whom an answer only names by handle.
func (w *whoisAsker) resolve(ctx context.Context, host string, handles []handle) error {
	for _, h := range handles[:min(len(handles), maxHandles)] {
		start := time.Now()
		raw, err := w.c.queryWHOIS(ctx, host, handleQuery(host, h), w.turn)
		if errors.Is(err, errKnownMeanwhile) {
			return err
		}
		if err != nil {
			w.step(host, oneLine(err.Error(), 160), start)
			return ctx.Err()
		}
		w.step(host, "ok", start)
		w.out.contacts = append(w.out.contacts, contacts(readPerson(raw, h.role), ViaWHOIS, host)...)
	}
	return nil
}

// take keeps what an answer says, and goes on only where that may lead to a
// better desk.
func (w *whoisAsker) take(host, raw string, got answer, start time.Time) {
	outcome := "ok"
	if len(got.candidates) == 0 {
		outcome = "no contact"
	}
	w.step(host, outcome, start)
	if w.out.network.isZero() || inside(got.network, w.out.network, w.q) {
		w.out.network = got.network
	}
	w.out.contacts = append(w.out.contacts, contacts(got.candidates, ViaWHOIS, host)...)
	w.out.dead = append(w.out.dead, got.dead...)

	best := w.c.best(w.out)
	if best != "" || w.q.kind != netQuery || len(got.network.CIDR) > 0 {
		w.hosts = nil // this server knows the query: no other start is needed
	}
	if best != High && got.referral != "" {
		w.refer(got.referral)
	}
	if best != High && best != Medium {
		if national, ok := nationalWHOIS(raw); ok {
			w.refer(national)
		}
	}
}

func (w *whoisAsker) refer(host string) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, "43"
	}
	// A name in an answer is anybody's choice: no services that a line of text
	// could do harm to.
	n, err := strconv.Atoi(port)
	if err != nil || n != 43 && n < 1024 || n > 65535 {
		return
	}
	if n == 43 {
		host = name
	}
	w.hosts = append([]string{host}, w.hosts...)
}

func (w *whoisAsker) step(host, outcome string, start time.Time) {
	w.out.steps = append(w.out.steps, Step{Via: ViaWHOIS, Server: oneLine(host, 80), Outcome: outcome, Took: time.Since(start)})
}

// nationalWHOIS finds the national registry that an answer of APNIC stands in
// for.
func nationalWHOIS(raw string) (string, bool) {
	lower := strings.ToLower(raw)
	for _, row := range nirs {
		if strings.Contains(lower, row.mark) {
			return row.whois, true
		}
	}
	return "", false
}

// inside tells whether network a is a part of network b around the query.
func inside(a, b Network, q query) bool {
	single := netip.PrefixFrom(q.prefix.Addr(), max(0, q.prefix.Addr().BitLen()))
	narrow, ok1 := covering(a.CIDR, single)
	wide, ok2 := covering(b.CIDR, single)
	return ok1 && ok2 && narrow.Bits() > wide.Bits()
}

func firstLine(raw string) string {
	for line := range strings.Lines(raw) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}
