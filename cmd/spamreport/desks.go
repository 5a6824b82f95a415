package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"strings"

	"spamreport/internal/config"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay/bounce"
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
	if err := p.learnGone(ctx); err != nil {
		return err
	}
	opts.Suppressed = p.isGone
	p.desks, err = lookup.New(opts)
	return err
}

// learnGone reads anew which addresses do not exist: those to which mail
// bounced for that reason. A refusal for another one (policy, content) says
// nothing against the address.
func (p *parts) learnGone(ctx context.Context) error {
	if p.store == nil {
		return nil
	}
	refused, err := p.store.Refused(ctx)
	if err != nil {
		return fmt.Errorf("read what bounced: %w", err)
	}
	gone := map[string]string{}
	for address, reply := range refused {
		if verdict := understood(reply); verdict.Class == bounce.Hard && verdict.Reason != bounce.RelayDenied {
			gone[address] = "mail to it bounced: " + reply.String()
		}
	}
	p.gone.Store(&gone)
	return nil
}

func (p *parts) isGone(email string) (why string, gone bool) {
	if known := p.gone.Load(); known != nil {
		why, gone = (*known)[strings.ToLower(email)]
	}
	return why, gone
}

// understood says what a refusal means; of a bounce that was known before.
func understood(r store.Refusal) bounce.Verdict {
	if r.Class != "" {
		return bounce.Verdict{Class: r.Class}
	}
	// "Relay denied" is our own smarthost that wants a log-in.
	return bounce.Classify(r.Code, r.Status, r.Text)
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
