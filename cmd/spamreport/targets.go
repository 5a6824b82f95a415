package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"spamreport/complaint"
	"spamreport/complaint/target"
	"spamreport/headers"
	"spamreport/internal/config"
	"spamreport/internal/pipeline"
)

// openTargets says what else than the source is complained about. Names are
// looked up only where the user allows it.
func (p *parts) openTargets(s *pipeline.Stages) error {
	extra, err := extraRecipients(p.cfg.Complaint.Extra)
	if err != nil {
		return err
	}
	on := func(name string) bool { return slices.Contains(p.cfg.Complaint.Targets, name) }
	options := target.Options{
		Origin: on("origin"), Links: on("links"), Registrars: on("registrars"), DropBoxes: on("dropbox"), Feedback: on("cfbl"),
		Own: p.ownNames(),
	}
	if on("extra") {
		options.Extra = extra
	}
	if p.resolver != nil {
		options.TXT, s.Resolve = p.resolver.LookupTXT, p.addresses
	}
	s.NoSource = !on("source")
	s.OnlySource = !slices.ContainsFunc(p.cfg.Complaint.Targets, func(name string) bool { return name != "source" })
	s.Find = func(ctx context.Context, inc complaint.Incident) target.Found { return target.Find(ctx, inc, options) }
	return nil
}

// extraRecipients are the collectors that the user named.
func extraRecipients(list []config.Extra) ([]target.Recipient, error) {
	var all []target.Recipient
	for _, e := range list {
		r := target.Recipient{Name: e.To, Address: e.To}
		if e.Preset != "" {
			var err error
			if r, err = target.Preset(e.Preset, e.Code); err != nil {
				return nil, fmt.Errorf("complaint.extra: %w", err)
			}
		}
		if e.Format != "" {
			r.Format = e.Format
		}
		if e.Only != "" {
			r.Phishing = e.Only == "phishing"
		}
		all = append(all, r)
	}
	return all, nil
}

// ownNames are the user's own domains and addresses.
func (p *parts) ownNames() []string {
	own := append([]string{p.cfg.Identity.Email}, p.cfg.Complaint.OwnDomains...)
	for _, account := range p.cfg.Accounts {
		if strings.Contains(account.User, "@") {
			own = append(own, account.User)
		}
	}
	return own
}

// ownNetworks are those of the user's own mail servers.
func (p *parts) ownNetworks() ([]netip.Prefix, error) {
	var own []netip.Prefix
	for _, text := range p.allTrust() {
		rule, err := headers.ParseTrust(text)
		if err != nil {
			return nil, err
		}
		if rule.Prefix.IsValid() {
			own = append(own, rule.Prefix)
		}
	}
	return own, nil
}

// addresses finds those of a host; none is no error.
func (p *parts) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Lookup.Timeout)
	defer cancel()
	found, err := p.resolver.LookupNetIP(ctx, "ip", host)
	var missing *net.DNSError
	if errors.As(err, &missing) && missing.IsNotFound {
		return nil, nil
	}
	return found, err
}
