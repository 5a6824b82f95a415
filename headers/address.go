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
	"64:ff9b::/96",   // NAT64 of an address that is not public
	"2002::/16",      // 6to4 of one: in a trace, always an internal id
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

// public reports whether an address can be somebody outside who answers to a desk.
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

// containerGateway reports whether an address is one that Docker gives to its
// bridges. A server behind one sees it in place of every client's.
func containerGateway(ip netip.Addr) bool {
	return dockerNet.Contains(ip) && ip.As4()[3] == 1
}

var dockerNet = netip.MustParsePrefix("172.16.0.0/12")

func within(nets []netip.Prefix, ip netip.Addr) bool {
	for _, n := range nets {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// lastAddress finds the last address in a text, whatever is put around it:
// [192.0.2.7], joe@192.0.2.7, peer=192.0.2.7, 192.0.2.7:25.
func lastAddress(text string) (netip.Addr, bool) {
	for text != "" {
		at := strings.LastIndexAny(text, " []()@=,;\"")
		word := text[at+1:]
		text = text[:max(at, 0)]
		if ip, ok := parseIP(word); ok {
			return ip, true
		}
		// A port; old Exims put a dot before it.
		if i := strings.LastIndexAny(word, ":."); i >= 0 {
			if ip, ok := parseIPv4(word[:i]); ok {
				return ip, true
			}
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
	if len(s) > 5 && equalFold(s[:5], "ipv6:") {
		s = s[5:]
	}
	if len(s) < 2 || len(s) > 64 {
		return netip.Addr{}, false
	}
	if ip, ok := parseIPv4(s); ok {
		return ip, true
	}
	if !likeIPv6(s) {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.Unmap().WithZone(""), true
}

// The networks whose addresses carry an IPv4 address: that of the host, or of
// the router or relay port through which it reaches the Internet. Only who
// has that one answers for it.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052 §2.1: the last four bytes
	sixTo4 = netip.MustParsePrefix("2002::/16")    // RFC 3056 §2: behind the prefix
	teredo = netip.MustParsePrefix("2001::/32")    // RFC 4380 §4: the last four bytes, inverted
)

// embedded returns the public IPv4 address that an IPv6 address carries, or
// else the address as it is.
func embedded(ip netip.Addr) netip.Addr {
	b := ip.As16()
	var four [4]byte
	switch {
	case !ip.Is6():
		return ip
	case nat64.Contains(ip):
		copy(four[:], b[12:])
	case sixTo4.Contains(ip):
		copy(four[:], b[2:])
	case teredo.Contains(ip):
		for i, x := range b[12:] {
			four[i] = ^x
		}
	default:
		return ip
	}
	if v4 := netip.AddrFrom4(four); public(v4) {
		return v4
	}
	return ip
}

// parseIPv4 reads four decimal numbers; zeros in front of one mean nothing.
func parseIPv4(s string) (netip.Addr, bool) {
	var octets [4]byte
	at, value, digits := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			value, digits = value*10+int(c-'0'), digits+1
			if value > 255 {
				return netip.Addr{}, false
			}
		case c == '.' && digits > 0 && at < 3:
			octets[at] = byte(value) // #nosec G115 -- at most 255, see above
			at, value, digits = at+1, 0, 0
		default:
			return netip.Addr{}, false
		}
	}
	octets[at] = byte(value)
	return netip.AddrFrom4(octets), at == 3 && digits > 0
}

// likeIPv6 is a cheap refusal, so that host names do not cost an error value.
func likeIPv6(s string) bool {
	colons := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			colons++
		case c == '%':
			return colons >= 2
		case '0' <= c && c <= '9', c == '.' && colons > 0, 'a' <= c|0x20 && c|0x20 <= 'f':
		default:
			return false
		}
	}
	return colons >= 2
}
