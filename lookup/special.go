package lookup

import (
	"net/netip"
	"slices"
	"strings"
)

// specialBlock is a row of IANA's special-purpose address registries (RFC
// 6890) or of the address space that nobody was given.
type specialBlock struct {
	prefix string
	what   string
}

// specialBlocks are the addresses that no registry answers for. Rows that IANA
// marks globally reachable (192.31.196.0/24 and the like) are operated by
// somebody and are not in the table.
var specialBlocks = []specialBlock{
	{"0.0.0.0/8", "this network (RFC 791)"},
	{"10.0.0.0/8", "private (RFC 1918)"},
	{"100.64.0.0/10", "shared, behind carrier NAT (RFC 6598)"},
	{"127.0.0.0/8", "loopback (RFC 1122)"},
	{"169.254.0.0/16", "link-local (RFC 3927)"},
	{"172.16.0.0/12", "private (RFC 1918)"},
	{"192.0.0.0/24", "IETF protocol assignments (RFC 6890)"},
	{"192.0.2.0/24", "documentation (RFC 5737)"},
	{"192.88.99.0/24", "6to4 relay, deprecated (RFC 7526)"},
	{"192.168.0.0/16", "private (RFC 1918)"},
	{"198.18.0.0/15", "benchmarking (RFC 2544)"},
	{"198.51.100.0/24", "documentation (RFC 5737)"},
	{"203.0.113.0/24", "documentation (RFC 5737)"},
	{"224.0.0.0/4", "multicast (RFC 5771)"},
	{"240.0.0.0/4", "reserved (RFC 1112)"},

	{"::/3", "not global unicast (RFC 4291)"},
	{"2001::/23", "IETF protocol assignments (RFC 2928)"},
	{"2001:db8::/32", "documentation (RFC 3849)"},
	{"2002::/16", "6to4 (RFC 3056)"},
	{"3fff::/20", "documentation (RFC 9637)"},
	{"4000::/2", "not global unicast (RFC 4291)"},
	{"8000::/2", "not global unicast (RFC 4291)"},
	{"c000::/3", "not global unicast (RFC 4291)"},
	{"e000::/4", "not global unicast (RFC 4291)"},
	{"f000::/5", "not global unicast (RFC 4291)"},
	{"f800::/6", "not global unicast (RFC 4291)"},
	{"fc00::/7", "unique local (RFC 4193)"},
	{"fe00::/9", "not global unicast (RFC 4291)"},
	{"fe80::/10", "link-local (RFC 4291)"},
	{"fec0::/10", "site-local, deprecated (RFC 3879)"},
	{"ff00::/8", "multicast (RFC 4291)"},
}

// documentation blocks are what examples, tests and the demo are written with.
func documentation() []netip.Prefix {
	return mustPrefixes("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
}

// specialASN is a row of IANA's special-purpose AS number registry.
type specialASN struct {
	first, last uint32
	what        string
}

var specialASNs = []specialASN{
	{0, 0, "reserved (RFC 7607)"},
	{23456, 23456, "AS_TRANS (RFC 6793)"},
	{64512, 65534, "private use (RFC 6996)"},
	{65535, 65535, "reserved (RFC 7300)"},
	{65552, 131071, "reserved"},
	{4200000000, 4294967294, "private use (RFC 6996)"},
	{4294967295, 4294967295, "reserved (RFC 7300)"},
}

// specialTLDs are names that no registry delegates (RFC 6761 and successors).
var specialTLDs = []string{"localhost", "local", "onion", "invalid", "internal", "arpa", "alt", "home", "lan"}

// special finds the reason not to ask anyone about a prefix.
type special struct {
	blocks []netip.Prefix // parallel to specialBlocks
	allow  []netip.Prefix
}

func newSpecial(allow []netip.Prefix) special {
	s := special{allow: allow}
	for _, b := range specialBlocks {
		s.blocks = append(s.blocks, netip.MustParsePrefix(b.prefix))
	}
	return s
}

// why tells what a prefix is reserved for; empty for ordinary space and for
// what is allowed.
func (s special) why(p netip.Prefix) string {
	inside := func(block netip.Prefix) bool { return block.Bits() <= p.Bits() && block.Contains(p.Addr()) }
	if slices.ContainsFunc(s.allow, inside) {
		return ""
	}
	if i := slices.IndexFunc(s.blocks, inside); i >= 0 {
		return specialBlocks[i].what
	}
	return ""
}

func specialASNWhy(n uint32) string {
	for _, row := range specialASNs {
		if row.first <= n && n <= row.last {
			return row.what
		}
	}
	return ""
}

func specialTLD(domain string) bool {
	return slices.Contains(specialTLDs, domain[strings.LastIndexByte(domain, '.')+1:])
}

func mustPrefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}
