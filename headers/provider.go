package headers

import (
	"net/netip"
	"slices"
	"strings"
)

// provider is what is known of one big mailbox, filtering or sending service.
// To add one, add a row to providers.go and a message to
// testdata/walks.txt.
type provider struct {
	name string
	// hosts are the domains under which its servers sign the by part.
	hosts []string
	// inner are the names of its own hops, and innerNets the addresses that
	// those names stand for. Both must fit: a name alone is only what the
	// client called itself.
	inner     []string
	innerNets []netip.Prefix
	// outbound are its servers that talk to the world, and outNets their
	// addresses. Mail from one of them to a mailbox at the same provider
	// crossed the border like any other: the sender is a customer. Where
	// outNets is empty, only a checked name shows the provider.
	outbound []string
	outNets  []netip.Prefix
	// complete says that the addresses above are all that it sends from: a
	// host elsewhere that claims to be the provider lies.
	complete bool
	// looksPast says that its results name the client of a filter that the
	// recipient has put in front of it and told it about: Exchange Online's
	// enhanced filtering for connectors, Gmail's inbound gateways.
	looksPast bool
	// clients are the forms in which its servers write down who gave them a
	// message. Nothing of another form is taken for their word.
	clients []clientForm
	// steps are the by names of hosts inside that do not carry the domain.
	steps []string
	// evidence are the headers of its own that lead its desk to the account.
	evidence []string
	// originHeader is a header in which it puts the address of the client,
	// overwriting what the client may have written there.
	originHeader string
	// sealers are the names under which it signs Authentication-Results
	// (RFC 8601 §2.5) and ARC sets (RFC 8617).
	sealers []string
}

// clientForm is how a provider's servers write down a client.
type clientForm struct {
	by    string            // the server that took the message, as a glob
	with  []string          // the protocols that it notes then
	id    func(*Hop) bool   // the shape of its ids; nil when any will do
	what  string            // what the client did, for the reason
	extra func(h *Hop) bool // what else must hold; nil for nothing
}

// signs reports whether a server called name is one of the provider's.
func (p *provider) signs(name string) bool {
	for _, d := range p.hosts {
		if underDomain(name, d) {
			return true
		}
	}
	return globAny(p.steps, name)
}

// isInner reports whether a name and an address are a hop inside the provider.
func (p *provider) isInner(name string, ip netip.Addr) bool {
	return p != nil && within(p.innerNets, ip) && p.named(name)
}

// named reports whether a name is in the form of the provider's own hops.
func (p *provider) named(name string) bool {
	return p != nil && globAny(p.inner, name) && !globAny(p.outbound, name)
}

// isOutbound reports whether the name is one of the servers that send for customers.
func (p *provider) isOutbound(name string) bool {
	return p != nil && globAny(p.outbound, name) && p.signs(name)
}

// stands reports whether the provider's outbound servers have this address.
func (p *provider) stands(ip netip.Addr) bool {
	return p != nil && (within(p.outNets, ip) || within(p.innerNets, ip))
}

// signer is a name under which a provider signs its lines: a domain, or in
// steps a glob.
type signer struct {
	name  string
	owner *provider
}

// providerDomains and providerSteps find a provider by the first letter of
// the domain and of the whole name.
var (
	providerDomains = signers(func(p *provider) []string { return p.hosts })
	providerSteps   = signers(func(p *provider) []string { return p.steps })
)

func signers(names func(*provider) []string) *byLetter[signer] {
	var all []signer
	for i := range providers {
		for _, n := range names(&providers[i]) {
			all = append(all, signer{n, &providers[i]})
		}
	}
	return lettered(all, func(s *signer) string { return s.name })
}

// providerOf finds the provider that a by name belongs to; nil when none.
func providerOf(name string) *provider {
	if len(name) > 256 {
		return nil
	}
	for domain := name; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		for _, s := range providerDomains.rows(domain) {
			if equalFold(domain, s.name) {
				return s.owner
			}
		}
	}
	for _, s := range providerSteps.rows(name) {
		if glob(s.name, name) {
			return s.owner
		}
	}
	return nil
}

// outRange is an address range of a provider, for the search by address.
type outRange struct {
	first netip.Addr
	net   netip.Prefix
	owner *provider
}

// outRanges are the ranges of all providers in order. Where one lies inside
// another, only the larger is kept: they belong to the same provider.
var outRanges = func() []outRange {
	var ranges []outRange
	for i := range providers {
		for _, n := range providers[i].outNets {
			ranges = append(ranges, outRange{n.Masked().Addr(), n, &providers[i]})
		}
	}
	slices.SortFunc(ranges, func(a, b outRange) int {
		if c := a.first.Compare(b.first); c != 0 {
			return c
		}
		return a.net.Bits() - b.net.Bits()
	})
	kept := ranges[:0]
	for _, r := range ranges {
		if len(kept) == 0 || !kept[len(kept)-1].net.Contains(r.first) {
			kept = append(kept, r)
		}
	}
	return kept
}()

// providerAt finds the provider whose outbound server stands at an address,
// or, for those with unknown addresses, has a checked name.
func providerAt(ip netip.Addr, checkedName string) *provider {
	i, exact := slices.BinarySearchFunc(outRanges, ip, func(r outRange, ip netip.Addr) int { return r.first.Compare(ip) })
	if !exact {
		i--
	}
	if i >= 0 && outRanges[i].net.Contains(ip) {
		return outRanges[i].owner
	}
	if p := providerOf(checkedName); p.isOutbound(checkedName) {
		return p
	}
	return nil
}

// sealerOf finds the provider that signs results under a name.
func sealerOf(authserv string) *provider {
	for i := range providers {
		for _, s := range providers[i].sealers {
			if underDomain(authserv, s) {
				return &providers[i]
			}
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

// glob matches a name in any case; each * stands for any characters.
func glob(pattern, name string) bool {
	for {
		star := strings.IndexByte(pattern, '*')
		if star < 0 {
			return equalFold(name, pattern)
		}
		if !hasPrefixFold(name, pattern[:star]) {
			return false
		}
		name, pattern = name[star:], pattern[star+1:]
		if pattern == "" {
			return true
		}
		if strings.IndexByte(pattern, '*') < 0 { // the last star reaches to the end
			cut := len(name) - len(pattern)
			return cut >= 0 && equalFold(name[cut:], pattern)
		}
		next := pattern[:strings.IndexByte(pattern, '*')]
		if next == "" {
			continue
		}
		at := indexFold(name, next)
		if at < 0 {
			return false
		}
		name = name[at:]
	}
}
