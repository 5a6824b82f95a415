package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// maxSteps is how many allocations above a network are looked at: customer,
// provider, the provider's provider.
const maxSteps = 3

// Upstream finds who stands above the network of an address: whoever gave it
// its addresses, or else announces them. It never answers with a contact of the
// network itself. The error is ErrNoContact when nobody else can be written to, and
// ErrUnreachable when a registry that might know somebody did not answer.
//
// A registry answers for a network with the narrowest one that it knows (RFC
// 9082 §3.1.1, and so does WHOIS). So the way up is to ask for a prefix that is
// one bit wider than the network.
func (c *Client) Upstream(ctx context.Context, addr netip.Addr) (Result, error) {
	addr = addr.Unmap()
	own, err := c.IP(ctx, addr)
	if err != nil && !errors.Is(err, ErrNoContact) {
		return own, err
	}
	asn := own.Network.ASN
	at := narrowest(own.Network.CIDR, addr)
	var silent error
	for range maxSteps {
		wider := wider(at)
		if !wider.IsValid() {
			break
		}
		above, err := c.Lookup(ctx, wider.String())
		if errors.Is(err, ErrUnreachable) {
			silent = err
			break
		}
		if at = narrowest(above.Network.CIDR, addr); !at.IsValid() || at.Bits() > wider.Bits() {
			break // the registry knows nothing above it
		}
		if asn == 0 {
			asn = above.Network.ASN
		}
		if above.Contacts = strangers(above, own); len(above.Contacts) > 0 {
			return above, nil
		}
	}
	as, err := c.announcer(ctx, addr, asn, own)
	if errors.Is(err, ErrNoContact) && silent != nil {
		return as, silent
	}
	return as, err
}

// announcer is the desk of the AS that announces the address.
func (c *Client) announcer(ctx context.Context, addr netip.Addr, asn uint32, own Result) (Result, error) {
	if asn == 0 && slices.Contains(c.opts.Order, ViaASN) {
		q, err := parseQuery(addr.String())
		if err != nil {
			return Result{}, err
		}
		found, err := c.origin(ctx, q)
		if err != nil {
			return Result{}, err
		}
		asn = found.network.ASN
	}
	if asn != 0 {
		as, err := c.Lookup(ctx, fmt.Sprintf("AS%d", asn))
		if errors.Is(err, ErrUnreachable) {
			return as, err
		}
		if as.Contacts = strangers(as, own); len(as.Contacts) > 0 {
			return as, nil
		}
	}
	return Result{Query: addr.String()}, &Error{Query: addr.String(), Kind: ErrNoContact, Hint: "nobody stands above its network who is not the network itself"}
}

// narrowest is the smallest of the prefixes that holds the address.
func narrowest(prefixes []netip.Prefix, addr netip.Addr) netip.Prefix {
	best := netip.Prefix{}
	for _, p := range prefixes {
		if p.Contains(addr) && (!best.IsValid() || p.Bits() > best.Bits()) {
			best = p.Masked()
		}
	}
	return best
}

// wider is the prefix that is one bit shorter; not valid when that would be
// wider than any network.
func wider(p netip.Prefix) netip.Prefix {
	shortest := shortest4
	if p.Addr().Is6() {
		shortest = shortest6
	}
	if !p.IsValid() || p.Bits()-1 < shortest {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(p.Addr(), p.Bits()-1).Masked()
}

// strangers are the contacts of another organisation: neither addresses nor
// domains of the network's own.
func strangers(above, own Result) []Contact {
	known := map[string]bool{}
	for _, c := range own.Contacts {
		known[organisation(c.Email)] = true
	}
	return slices.DeleteFunc(slices.Clone(above.Contacts), func(c Contact) bool { return known[organisation(c.Email)] })
}

// organisation is the registered domain of a mail address.
func organisation(email string) string {
	domain := strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
	if registered, ok := registeredDomain(domain); ok {
		return registered
	}
	return domain
}
