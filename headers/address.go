package headers

import (
	"net/netip"
	"strings"
)

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

// addressIn finds the first address among the words of a text; bracketed asks
// for one in square brackets.
func addressIn(text string, bracketed bool) (netip.Addr, bool) {
	for text != "" {
		var word string
		word, text, _ = strings.Cut(text, " ")
		if bracketed {
			_, rest, found := strings.Cut(word, "[")
			if !found {
				continue
			}
			word, _, _ = strings.Cut(rest, "]")
		}
		if ip, ok := parseIP(strings.Trim(word, ",;()")); ok {
			return ip, true
		}
	}
	return netip.Addr{}, false
}

// parseIP reads an address as servers write it: with or without brackets,
// the IPv6 tag (RFC 5321 §4.1.3), a zone, a mapped IPv4 address, or zeros in
// front of the numbers.
func parseIP(s string) (netip.Addr, bool) {
	s = strings.TrimPrefix(s, "[")
	s = strings.TrimSuffix(s, "]")
	if len(s) > 5 && strings.EqualFold(s[:5], "ipv6:") {
		s = s[5:]
	}
	if len(s) < 2 || len(s) > 64 || !addressLike(s) {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(s)
	if err != nil {
		if ip, err = netip.ParseAddr(stripZeros(s)); err != nil {
			return netip.Addr{}, false
		}
	}
	return ip.Unmap().WithZone(""), true
}

// addressLike is a cheap refusal, so that host names do not cost an error value.
func addressLike(s string) bool {
	dots, colons := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c == '%':
			return colons >= 2
		case c >= '0' && c <= '9':
		case (c|0x20 >= 'a' && c|0x20 <= 'f') && (colons > 0 || dots == 0):
		default:
			return false
		}
	}
	return colons >= 2 || (dots == 3 && colons == 0)
}

// stripZeros turns 010.001.000.009 into 10.1.0.9.
func stripZeros(s string) string {
	if strings.IndexByte(s, ':') >= 0 {
		return s
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		for len(p) > 1 && p[0] == '0' {
			p = p[1:]
		}
		parts[i] = p
	}
	return strings.Join(parts, ".")
}
