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

// The sources of last resort all speak DNS. Their zones:
const (
	// Abusix publishes the registries' contacts as TXT records.
	abusixZone = "abuse-contacts.abusix.zone"
	// Team Cymru maps addresses to the AS that announces them:
	// "64500 | 192.0.2.0/24 | NL | ripencc | 2026-01-01".
	cymruZone4 = "origin.asn.cymru.com"
	cymruZone6 = "origin6.asn.cymru.com"
)

// dnsSource runs one DNS question and notes it in the trail. A name that does
// not exist is an answer; anything else that fails may pass.
func (c *Client) dnsSource(ctx context.Context, name string, ask func(context.Context) ([]Contact, error)) (finding, error) {
	start := time.Now()
	inner, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	found, err := ask(inner)
	f := finding{contacts: found, answered: err == nil}
	outcome := "ok"
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		f.answered, outcome = true, "not found"
	case err != nil:
		f.failure, outcome = err, oneLine(err.Error(), 160)
	case len(found) == 0:
		outcome = "no contact"
	}
	f.steps = []Step{{Via: "dns", Server: name, Outcome: outcome, Took: time.Since(start)}}
	return f, ctx.Err()
}

// abusixSource asks Abusix's contact database.
func (c *Client) abusixSource(ctx context.Context, q query, _ *turn) (finding, error) {
	if q.kind != netQuery {
		return finding{}, nil
	}
	return c.dnsSource(ctx, abusixZone, func(ctx context.Context) ([]Contact, error) {
		records, err := c.dns.LookupTXT(ctx, reverseName(q.prefix.Addr())+"."+abusixZone+".")
		var found []Contact
		for _, text := range records {
			for _, email := range emailsIn(text) {
				found = append(found, Contact{Email: email, Role: "abuse", Via: ViaAbusix, Server: abusixZone, Confidence: Medium})
			}
		}
		return found, err
	})
}

// origin finds the AS that announces an address, which the registries seldom
// say of a network.
func (c *Client) origin(ctx context.Context, q query) (finding, error) {
	var asn uint32
	f, err := c.dnsSource(ctx, cymruZone4, func(ctx context.Context) ([]Contact, error) {
		zone := cymruZone4
		if q.prefix.Addr().Is6() {
			zone = cymruZone6
		}
		records, err := c.dns.LookupTXT(ctx, reverseName(q.prefix.Addr())+"."+zone+".")
		for _, text := range records {
			asn = max(asn, number(firstField(text)))
		}
		return nil, err
	})
	f.network.ASN = asn
	return f, err
}

// asnSource asks for the contact of the AS that announces the address.
func (c *Client) asnSource(ctx context.Context, q query, t *turn) (finding, error) {
	if q.kind != netQuery {
		return finding{}, nil
	}
	f, err := c.origin(ctx, q)
	asn := f.network.ASN
	if err != nil || asn == 0 {
		return f, err
	}
	of := query{text: "AS" + strconv.FormatUint(uint64(asn), 10), kind: asnQuery, asn: asn}
	for _, source := range []sourceFunc{c.rdapSource, c.whoisSource} {
		got, err := source(ctx, of, t)
		f.steps = append(f.steps, got.steps...)
		if err != nil {
			return f, err
		}
		for _, contact := range got.contacts {
			if contact.Confidence == High {
				contact.Confidence = Medium // the AS's desk, not the network's own
				contact.Via = ViaASN
				f.contacts = append(f.contacts, contact)
			}
		}
		if len(f.contacts) > 0 {
			break
		}
	}
	return f, nil
}

// rdnsSource guesses abuse@ the domain of the reverse name (RFC 2142 §2), if
// the name leads back to the address, so that nobody can point it at others,
// and if the domain takes mail.
func (c *Client) rdnsSource(ctx context.Context, q query, _ *turn) (finding, error) {
	if q.kind != netQuery {
		return finding{}, nil
	}
	addr := q.prefix.Addr()
	return c.dnsSource(ctx, "reverse name", func(ctx context.Context) ([]Contact, error) {
		names, err := c.dns.LookupAddr(ctx, addr.String())
		if err != nil {
			return nil, err
		}
		for _, name := range names[:min(len(names), 3)] {
			domain, ok := registeredDomain(name)
			if !ok || specialTLD(domain) {
				continue
			}
			back, err := c.dns.LookupNetIP(ctx, "ip", name)
			if err != nil || !slices.ContainsFunc(back, func(a netip.Addr) bool { return a.Unmap() == addr }) {
				continue
			}
			if found, err := c.byConvention(ctx, domain, ViaRDNS); err == nil && len(found) > 0 {
				return found, nil
			}
		}
		return nil, nil
	})
}

// domainSource guesses abuse@ the domain that was asked for.
func (c *Client) domainSource(ctx context.Context, q query, _ *turn) (finding, error) {
	if q.kind != domainQuery {
		return finding{}, nil
	}
	return c.dnsSource(ctx, q.domain, func(ctx context.Context) ([]Contact, error) {
		return c.byConvention(ctx, q.domain, ViaDomain)
	})
}

// byConvention is abuse@domain (RFC 2142 §2) where the domain has a mail
// exchanger; "." is the one of a domain that takes no mail (RFC 7505).
func (c *Client) byConvention(ctx context.Context, domain, via string) ([]Contact, error) {
	exchangers, err := c.dns.LookupMX(ctx, domain+".")
	if err != nil {
		return nil, err
	}
	for _, mx := range exchangers {
		if strings.Trim(mx.Host, ".") != "" {
			return []Contact{{Email: "abuse@" + domain, Role: "abuse", Via: via, Server: domain, Confidence: Low}}, nil
		}
	}
	return nil, nil
}

// reverseName is the address as in in-addr.arpa and ip6.arpa, without those.
func reverseName(a netip.Addr) string {
	var b strings.Builder
	bytes := a.AsSlice()
	for _, octet := range slices.Backward(bytes) {
		if a.Is4() {
			fmt.Fprintf(&b, "%d.", octet)
		} else {
			fmt.Fprintf(&b, "%x.%x.", octet&0xf, octet>>4)
		}
	}
	return strings.TrimSuffix(b.String(), ".")
}
