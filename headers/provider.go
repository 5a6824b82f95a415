package headers

import (
	"net/netip"
	"strings"
)

// provider is what is known of one big mailbox, filtering or sending service.
type provider struct {
	name string
	// hosts are the domains under which its servers sign the by part.
	hosts []string
	// inner are the names of its own hops, and innerNets the addresses that
	// those names stand for. Both must fit: a name alone is only what the
	// client called itself.
	inner     []string
	innerNets []netip.Prefix
	// outbound are its servers that talk to the world. Mail from one of them
	// to a mailbox at the same provider crossed the border like any other:
	// the sender is a customer.
	outbound []string
	outNets  []netip.Prefix
}

// signs says whether a server called name is one of the provider's.
func (p *provider) signs(name string) bool {
	for _, d := range p.hosts {
		if underDomain(name, d) {
			return true
		}
	}
	return false
}

func (p *provider) isInner(name string, ip netip.Addr) bool {
	return p != nil && globAny(p.inner, name) && within(p.innerNets, ip)
}

func (p *provider) isOutbound(name string, ip netip.Addr) bool {
	return globAny(p.outbound, name) && within(p.outNets, ip)
}

// providerOf finds the provider that a by name belongs to; nil when none.
func providerOf(name string) *provider {
	for i := range providers {
		if providers[i].signs(name) {
			return &providers[i]
		}
	}
	return nil
}

// providerAt finds the provider whose outbound server stands at an address.
func providerAt(ip netip.Addr) *provider {
	for i := range providers {
		if within(providers[i].outNets, ip) {
			return &providers[i]
		}
	}
	return nil
}

func globAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if glob(p, name) {
			return true
		}
	}
	return false
}

// glob matches a name in any case; one * stands for any characters.
func glob(pattern, name string) bool {
	star := strings.IndexByte(pattern, '*')
	if star < 0 {
		return strings.EqualFold(pattern, name)
	}
	head, tail := pattern[:star], pattern[star+1:]
	return len(name) >= len(head)+len(tail) &&
		strings.EqualFold(name[:len(head)], head) &&
		strings.EqualFold(name[len(name)-len(tail):], tail)
}
