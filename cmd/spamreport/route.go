package main

import (
	"net/netip"
	"strings"

	"spamreport/internal/config"
	"spamreport/relay"
	"spamreport/relay/mtasts"
	"spamreport/relay/mx"
	dnsclient "spamreport/relay/resolver"
)

// route is how mail leaves: by the smarthost, or straight to the recipients'
// servers. That takes a public name, which a machine at home has not got: there
// its mail would be refused as spam, so without one it stays queued, and the
// user is told. It is nil then.
func (p *parts) route() relay.Route {
	cfg := p.cfg.Relay
	if host := smarthost(cfg, p.stateDir); host != nil {
		return host
	}
	if cfg.HELO == "" {
		return nil
	}
	return p.exchangers(cfg)
}

// exchangers deliver straight to the recipients' servers.
func (p *parts) exchangers(cfg config.Relay) *relay.Exchangers {
	dns := &dnsclient.Client{Trusted: p.cfg.DNS.Trusted}
	if p.cfg.DNS.Server != "" {
		dns.Servers = []string{p.cfg.DNS.Server}
	}
	finder := &mx.Finder{Resolver: dns, AllowPrivate: cfg.AllowPrivate}
	protection := make(map[string]relay.Protection, len(cfg.Destinations))
	for _, d := range cfg.Destinations {
		protection[d.Domain] = relay.Protection(d.TLS)
	}
	return &relay.Exchangers{
		Resolver: dns, HELO: cfg.HELO, HELOFrom: heloFrom(cfg.HELOFrom), Port: cfg.MXPort, Timeout: cfg.Timeout,
		Connections: cfg.ConnectionsPerDomain, AllowPrivate: cfg.AllowPrivate, Protection: protection,
		STS: &mtasts.Client{Text: dns.Text, Cache: p.store, Dial: finder.Dial, Log: p.log},
	}
}

// sources are the addresses that the mail of each user leaves from.
func sources(users []config.RelayUser) func(submitter string) netip.Addr {
	bySubmitter := make(map[string]netip.Addr, len(users))
	for _, u := range users {
		if addr, err := netip.ParseAddr(u.Source); err == nil {
			bySubmitter[strings.ToLower(u.Name)] = addr
		}
	}
	return func(submitter string) netip.Addr { return bySubmitter[strings.ToLower(submitter)] }
}

// heloFrom has the names by address; the configuration has checked those.
func heloFrom(names map[string]string) map[netip.Addr]string {
	bySource := make(map[netip.Addr]string, len(names))
	for source, name := range names {
		if addr, err := netip.ParseAddr(source); err == nil {
			bySource[addr] = name
		}
	}
	return bySource
}
