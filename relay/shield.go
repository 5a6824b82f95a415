package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"spamreport/relay/dane"
	"spamreport/relay/mtasts"
	"spamreport/relay/mx"
)

// Protection is how connections to the servers of a domain are protected.
type Protection string

// The protections. Left to the domain means: DANE where the domain publishes
// TLSA records that DNSSEC vouches for, otherwise its MTA-STS policy, otherwise
// TLS where it is offered. DANE comes first since it does not depend on what
// was fetched once (RFC 8461 §2).
const (
	LeftToDomain  Protection = ""
	Opportunistic Protection = "opportunistic" // TLS where it is offered, unverified (RFC 7435)
	Required      Protection = "required"      // TLS, verified for the name of the server or of the domain
	DANE          Protection = "dane"          // TLSA records, or no delivery
	Unprotected   Protection = "none"          // no TLS: for servers that get it wrong
)

// demand is what a domain, or the configuration, wants of every server of it.
type demand struct {
	Protection
	sts *mtasts.Policy // to be enforced
}

// demand finds out what is wanted for a domain.
func (x *Exchangers) demand(ctx context.Context, domain string) demand {
	d := demand{Protection: x.Protection[domain]}
	if d.Protection == LeftToDomain {
		d.Protection = x.Protection["*"]
	}
	if d.Protection != LeftToDomain || x.STS == nil || domain[0] == '[' {
		return d
	}
	if policy, found := x.STS.Policy(ctx, domain); found && policy.Mode == mtasts.Enforce {
		d.sts = &policy
	}
	return d
}

// shield is how one connection is protected.
type shield struct {
	config *tls.Config // nil: no TLS
	must   bool        // without it there is no delivery
	why    string      // who says so
}

var unshielded = shield{}

func (s shield) says() string {
	if s.why == "" {
		return ""
	}
	return s.why + " requires TLS: "
}

// shield decides for one server. An error means that it must not be used.
func (x *Exchangers) shield(ctx context.Context, domain string, host mx.Host, at mx.Addresses, d demand) (shield, error) {
	switch d.Protection {
	case Unprotected:
		return unshielded, nil
	case Required:
		return shield{x.verified(host.Name, domain), true, "the configuration"}, nil
	case LeftToDomain, DANE:
		s, found, err := x.daneShield(ctx, domain, host, at)
		if err != nil || found {
			return s, err
		}
		if d.Protection == DANE {
			return s, fmt.Errorf("the configuration wants DANE for %s, and there are no TLSA records that DNSSEC vouches for", domain)
		}
	}
	if d.sts != nil {
		if !d.sts.Matches(host.Name) {
			return shield{}, fmt.Errorf("the MTA-STS policy of %s does not name this server", domain)
		}
		return shield{x.verified(host.Name), true, "the MTA-STS policy of " + domain}, nil
	}
	return shield{config: &tls.Config{
		ServerName: host.Name,
		// Old TLS with any certificate is still better than none at all.
		MinVersion:         tls.VersionTLS10,
		InsecureSkipVerify: true, // #nosec G402 -- see above
	}}, nil
}

// daneShield applies DANE where the whole way to the server is secured by
// DNSSEC (RFC 7672 §2.2).
func (x *Exchangers) daneShield(ctx context.Context, domain string, host mx.Host, at mx.Addresses) (s shield, found bool, err error) {
	if !host.Secure || !at.Secure {
		return s, false, nil
	}
	// RFC 7672 §2.2.2: the name at the end of the aliases first.
	names := []string{at.Name}
	if at.Name != host.Name {
		names = append(names, host.Name)
	}
	for _, name := range names {
		records, found, err := dane.Lookup(ctx, x.resolver(), name, x.port())
		if err != nil {
			return s, false, fmt.Errorf("it is not known whether there are TLSA records: %w", err)
		}
		if found {
			return shield{dane.Config(records, name, host.Name, domain), true, "DANE"}, true, nil
		}
	}
	return s, false, nil
}

// verified wants a certificate that a known authority has signed for one of
// the names, the first of which is the server's.
func (x *Exchangers) verified(names ...string) *tls.Config {
	return &tls.Config{
		ServerName: names[0], MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: true, // #nosec G402 -- several names count, see VerifyConnection
		VerifyConnection: func(state tls.ConnectionState) (err error) {
			between := x509.NewCertPool()
			for _, c := range state.PeerCertificates[1:] {
				between.AddCert(c)
			}
			for _, name := range names {
				_, err = state.PeerCertificates[0].Verify(x509.VerifyOptions{
					Roots: x.Roots, Intermediates: between, DNSName: name,
				})
				if err == nil {
					return nil
				}
			}
			return err
		},
	}
}
