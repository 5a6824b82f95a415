package lookup

import (
	"net/netip"
	"strconv"
	"strings"
)

// Registries write networks as ranges, prefixes, several prefixes, LACNIC's
// short prefixes ("200.57.128/19"), zero-padded addresses ("074.125.000.000")
// and, where a server is confused, an address with a stray "/32". Everything
// here reads all of them and fails softly: a network that cannot be read is
// just not remembered.

// maxNetworkPrefixes bounds how many prefixes one range may fall into. The
// worst range of IPv4 needs 62.
const maxNetworkPrefixes = 62

// parseNetworks reads the value of an inetnum, NetRange, CIDR, … line.
func parseNetworks(text string) []netip.Prefix {
	if from, to, isRange := strings.Cut(text, "-"); isRange {
		return parseRange(from, to)
	}
	var out []netip.Prefix
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		if p, ok := parsePrefix(field); ok {
			out = append(out, p)
		}
	}
	if len(out) > maxNetworkPrefixes {
		out = out[:maxNetworkPrefixes]
	}
	return out
}

func parseRange(from, to string) []netip.Prefix {
	first, ok1 := parseAddr(from)
	last, ok2 := parseAddr(to)
	if !ok1 || !ok2 {
		return nil
	}
	return rangePrefixes(first, last)
}

// parseAddr reads an address with padding zeros and without a stray prefix
// length.
func parseAddr(text string) (netip.Addr, bool) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "/")
	if !strings.Contains(text, ":") {
		octets := strings.Split(text, ".")
		for i, o := range octets {
			if trimmed := strings.TrimLeft(o, "0"); trimmed != "" {
				octets[i] = trimmed
			} else if o != "" {
				octets[i] = "0"
			}
		}
		text = strings.Join(octets, ".")
	}
	addr, err := netip.ParseAddr(text)
	return addr.Unmap().WithZone(""), err == nil
}

func parsePrefix(text string) (netip.Prefix, bool) {
	base, length, hasLength := strings.Cut(strings.TrimSpace(text), "/")
	if !hasLength {
		return netip.Prefix{}, false
	}
	if !strings.Contains(base, ":") {
		for strings.Count(base, ".") < 3 { // LACNIC leaves out trailing zeros
			base += ".0"
		}
	}
	addr, ok := parseAddr(base)
	bits, err := strconv.Atoi(length)
	if !ok || err != nil || bits < 0 || bits > addr.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, bits).Masked(), true
}

// rangePrefixes is the shortest list of prefixes that is exactly the range.
func rangePrefixes(first, last netip.Addr) []netip.Prefix {
	if first.BitLen() != last.BitLen() || last.Less(first) {
		return nil
	}
	var out []netip.Prefix
	for len(out) < maxNetworkPrefixes {
		p := widestFrom(first, last)
		out = append(out, p)
		end := lastAddr(p)
		if !end.Less(last) {
			break
		}
		first = end.Next()
	}
	return out
}

// widestFrom is the widest prefix that starts at first and ends by last.
func widestFrom(first, last netip.Addr) netip.Prefix {
	bits := first.BitLen()
	for bits > 0 {
		wider := netip.PrefixFrom(first, bits-1)
		if wider.Masked().Addr() != first || last.Less(lastAddr(wider)) {
			break
		}
		bits--
	}
	return netip.PrefixFrom(first, bits)
}

func lastAddr(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
}

// covering returns the prefix of the list that holds the whole of want.
func covering(list []netip.Prefix, want netip.Prefix) (netip.Prefix, bool) {
	for _, p := range list {
		if p.Bits() <= want.Bits() && p.Contains(want.Addr()) {
			return p, true
		}
	}
	return netip.Prefix{}, false
}
