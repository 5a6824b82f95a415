package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"spamreport/internal/config"
	"spamreport/lookup"
	"spamreport/relay/suppress"
)

// openDesks makes the lookup, which remembers answers where it can.
func (p *parts) openDesks(ctx context.Context) error {
	opts, err := lookupOptions(p.cfg)
	if err != nil {
		return err
	}
	opts.Logger = p.log
	if p.store != nil {
		opts.Cache = p.store.Cache()
		opts.CacheDir = filepath.Join(p.stateDir, "rdap")
	}
	if p.store != nil && p.mode == readOnly {
		opts.Cache, opts.CacheDir = frozenCache{p.store.Cache()}, ""
	}
	opts.Suppressed = p.unreachable(ctx)
	p.desks, err = lookup.New(opts)
	return err
}

// warm has the lookup take into memory what earlier runs learned, beside the
// log-in, when there is nothing else to do. What it returns ends that.
func (p *parts) warm(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var warming sync.WaitGroup
	warming.Go(func() { p.desks.Warm(ctx) })
	return func() {
		cancel()
		warming.Wait()
	}
}

// unreachable knows the addresses on the suppression list: those to which mail
// bounced since they do not exist, and those whose owners want none.
func (p *parts) unreachable(ctx context.Context) func(email string) (string, bool) {
	if p.store == nil {
		return nil
	}
	ask := func(email string) string {
		listed, err := p.store.Suppressed(ctx, time.Now(), email)
		if err != nil {
			p.log.Error("cannot read the suppression list", "error", err)
		}
		if e, is := listed[suppress.Key(email)]; is {
			return e.String()
		}
		return ""
	}
	lately := &lately{ask: ask} // the relay asks again before it sends
	return func(email string) (string, bool) {
		why := lately.answer(email, time.Now())
		return why, why != ""
	}
}

// lately remembers answers for a second: a sweep asks about the same few desks
// thousands of times in one.
type lately struct {
	ask func(string) string

	mu      sync.Mutex
	since   time.Time
	answers map[string]string
}

func (l *lately) answer(question string, now time.Time) string {
	l.mu.Lock()
	if now.Sub(l.since) > time.Second {
		l.since, l.answers = now, map[string]string{}
	}
	answer, known := l.answers[question]
	l.mu.Unlock()
	if known {
		return answer
	}
	answer = l.ask(question)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[question] = answer
	return answer
}

// frozenCache reads what earlier runs learned, and adds nothing.
type frozenCache struct{ lookup.Cache }

func (frozenCache) Put(context.Context, []lookup.Entry) error { return nil }

// lookupOptions are the options that the configuration decides.
func lookupOptions(cfg config.Config) (lookup.Options, error) {
	c := cfg.Lookup
	base, err := registryTLS(c.CAFile)
	if err != nil {
		return lookup.Options{}, fmt.Errorf("lookup.ca_file: %w", err)
	}
	rates, err := perSecond(c.Rates)
	if err != nil {
		return lookup.Options{}, err
	}
	return lookup.Options{
		RDAPBootstrap: c.RDAPBootstrap, Order: c.Order, WHOISHosts: c.WHOISHosts, DNSServer: cfg.DNS.Server,
		Timeout: c.Timeout, TTL: c.TTL, NegativeTTL: c.NegativeTTL, Rates: rates, Overrides: overrides(c.Overrides),
		AllowSpecial: c.AllowSpecial, AllowHosts: c.AllowPrivate, TLS: base,
	}, nil
}

// registryTLS trusts the authority of a mirror besides the public ones: the
// bootstrap files and whatever the mirror refers to are still elsewhere.
func registryTLS(caFile string) (*tls.Config, error) {
	if caFile == "" {
		return nil, nil // the public ones, read when they are needed: that takes longer than a look-up in the cache
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system without any: the mirror must do
	}
	return trusting(roots, caFile)
}

func perSecond(rates map[string]string) (map[string]float64, error) {
	out := make(map[string]float64, len(rates))
	for host, text := range rates {
		rate, err := config.ParseRate(text)
		if err != nil {
			return nil, fmt.Errorf("lookup.rates: %s: %w", host, err)
		}
		out[strings.ToLower(host)] = rate // servers are known in lower case
	}
	return out, nil
}

func overrides(list []config.Override) []lookup.Override {
	out := make([]lookup.Override, len(list))
	for i, o := range list {
		out[i] = lookup.Override{Prefix: o.CIDR, ASN: uint32(o.ASN), Domain: o.Domain, Contact: o.Contact}
	}
	return out
}
