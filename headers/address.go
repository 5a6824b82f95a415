package headers

import "net/netip"

// Networks whose addresses never stand for a host on the public Internet
// (RFC 6890) and that netip does not know by itself. The documentation
// networks of RFC 5737 and RFC 3849 are left out on purpose: they serve in
// examples and tests as stand-ins for public addresses, and no complaint can
// come of them, because no registry has a desk for them.
var unroutedNets = prefixes(
	"0.0.0.0/8",      // this network
	"100.64.0.0/10",  // carrier-grade NAT, RFC 6598
	"192.0.0.0/24",   // protocol assignments
	"198.18.0.0/15",  // benchmarking
	"240.0.0.0/4",    // reserved, and the broadcast address
	"64:ff9b:1::/48", // local NAT64
	"100::/64",       // discard
	"fec0::/10",      // old site-local
	"2001:0000::/23", // Teredo, ORCHID and other assignments
	"2002::/16",      // 6to4: as an address in a trace, always an internal id
)

// unroutedFirst has the first bytes that such an address can start with; most
// addresses start otherwise.
var unroutedFirst = func() (first struct{ v4, v6 [256]bool }) {
	for _, n := range unroutedNets {
		low := n.Masked().Addr()
		spread := 1 << max(0, 8-n.Bits())
		for i := range spread {
			if low.Is4() {
				first.v4[int(low.As4()[0])+i] = true
			} else {
				first.v6[int(low.As16()[0])+i] = true
			}
		}
	}
	return first
}()

func prefixes(texts ...string) []netip.Prefix {
	nets := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		nets[i] = netip.MustParsePrefix(t)
	}
	return nets
}

// public says whether an address can be somebody outside who answers to a desk.
func public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.IsPrivate() || ip.IsLoopback() || ip.IsUnspecified() ||
		ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return false
	}
	if ip.Is4() {
		return !unroutedFirst.v4[ip.As4()[0]] || !within(unroutedNets, ip)
	}
	return !unroutedFirst.v6[ip.As16()[0]] || !within(unroutedNets, ip)
}

func within(nets []netip.Prefix, ip netip.Addr) bool {
	for _, n := range nets {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}
