package replay

import (
	"iter"
	"net/netip"
	"strings"
)

// match finds the key that answers a query: the longest prefix around an
// address or prefix, or the same AS number or domain.
func match(keys iter.Seq[string], query string) (best string, ok bool) {
	query = strings.ToLower(query)
	want, isNet := asPrefix(query)
	bits := -1
	for key := range keys {
		if have, err := netip.ParsePrefix(key); err == nil {
			if isNet && have.Bits() > bits && have.Bits() <= want.Bits() && have.Contains(want.Addr()) {
				best, bits, ok = key, have.Bits(), true
			}
			continue
		}
		if !isNet && strings.ToLower(key) == query {
			return key, true
		}
	}
	return best, ok
}

func asPrefix(query string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(query); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(query)
	return prefix, err == nil
}
