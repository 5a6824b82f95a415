package headers

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// sameOrganisation reports whether two host names are under the same registered
// domain. Most pairs have too little in common to ask the list of suffixes.
func sameOrganisation(a, b string) bool {
	common := commonDomain(a, b)
	if strings.IndexByte(common, '.') < 0 || organisation(common) == "" {
		return false
	}
	return true
}

// commonDomain is the longest domain that holds both names.
func commonDomain(a, b string) string {
	a, b = strings.TrimSuffix(a, "."), strings.TrimSuffix(b, ".")
	i, j, start := len(a), len(b), len(a)
	for i > 0 && j > 0 && lower(a[i-1]) == lower(b[j-1]) {
		i, j = i-1, j-1
		if a[i] == '.' {
			start = i + 1
		}
	}
	if (i == 0 || a[i-1] == '.') && (j == 0 || b[j-1] == '.') {
		start = i
	}
	return a[start:]
}

// organisation is the registered domain of a host name, lower case; "" for
// addresses, single labels and public suffixes.
func organisation(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, isAddress := parseIP(name); isAddress || len(name) > 253 {
		return ""
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return d
}

// dynamicName reports whether a host name is that of a customer's line and not
// of a mail relay: it spells out its address, or says what it is.
func dynamicName(name string, ip netip.Addr) bool {
	low := strings.ToLower(name)
	for _, w := range [...]string{"dyn", "dial", "dhcp", "dsl", "cable", "pool", "ppp", "cust", "client", "broadband", "hsd1", "catv", "wireless", "mobile"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	if !ip.Is4() {
		return false
	}
	found := 0
	for part := range strings.SplitSeq(ip.String(), ".") {
		if at := strings.Index(low, part); at >= 0 {
			found++
			low = low[:at] + " " + low[at+len(part):]
		}
	}
	return found >= 3
}

// relayName reports whether a host name is one that people give to mail relays.
func relayName(name string) bool {
	label, _, _ := strings.Cut(strings.ToLower(name), ".")
	for _, w := range [...]string{"mx", "mail", "smtp", "relay", "mta", "out", "in", "gate", "gw", "post", "imap", "pop", "spam", "filter", "scan", "border", "barracuda", "edge", "hub", "ex", "list", "backup", "fwd", "forward"} {
		if strings.Contains(label, w) {
			return true
		}
	}
	return false
}

// localName reports whether a name can only be one on the same host or network.
func localName(name string) bool {
	if strings.IndexByte(name, '.') < 0 {
		return true
	}
	for _, d := range [...]string{"localhost", "localdomain", "local", "internal", "lan", "home.arpa"} {
		if underDomain(name, d) {
			return true
		}
	}
	return false
}
