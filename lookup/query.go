package lookup

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

type queryKind int

const (
	netQuery queryKind = iota
	asnQuery
	domainQuery
)

// query is what was asked, understood.
type query struct {
	text   string // as asked
	kind   queryKind
	prefix netip.Prefix // for a network; a single address is /32 or /128
	asn    uint32
	domain string // the registered domain, in A-labels
}

// key is the cache's key for exactly this query.
func (q query) key() string {
	switch q.kind {
	case asnQuery:
		return "AS" + strconv.FormatUint(uint64(q.asn), 10)
	case domainQuery:
		return q.domain
	}
	return q.prefix.String()
}

// subject is how the query is written to a registry.
func (q query) subject() string {
	if q.kind == netQuery && q.prefix.IsSingleIP() {
		return q.prefix.Addr().String()
	}
	return q.key()
}

// parseQuery understands an IP address, a CIDR, an AS number, a domain or a
// URL (which stands for its host).
func parseQuery(text string) (query, error) {
	q := query{text: text}
	s := strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return q.forAddr(addr), nil
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return q.forAddr(ap.Addr()), nil
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		if q.prefix = p.Masked(); p.Bits() < shortest4 || p.Addr().Is6() && p.Bits() < shortest6 {
			return q, &Error{Query: text, Kind: ErrBadQuery, Hint: "the prefix is wider than any network"}
		}
		return q, nil
	}
	if isSlip(s) {
		return q, &Error{Query: text, Kind: ErrBadQuery, Hint: "there is no prefix of this length"}
	}
	if n, ok := parseASN(s); ok {
		q.kind, q.asn = asnQuery, n
		return q, nil
	}
	host := hostOf(s)
	if addr, err := netip.ParseAddr(host); err == nil {
		return q.forAddr(addr), nil
	}
	domain, ok := registeredDomain(host)
	if !ok {
		return q, &Error{Query: text, Kind: ErrBadQuery}
	}
	q.kind, q.domain = domainQuery, domain
	return q, nil
}

// isSlip says that an address has a number after the slash which is no length
// of a prefix. It would pass for a URL without a scheme, and its host be asked about.
func isSlip(s string) bool {
	host, length, _ := strings.Cut(s, "/")
	_, notAddr := netip.ParseAddr(host)
	_, notNumber := strconv.Atoi(length)
	return notAddr == nil && notNumber == nil
}

func (q query) forAddr(addr netip.Addr) query {
	addr = addr.Unmap().WithZone("")
	q.prefix = netip.PrefixFrom(addr, addr.BitLen())
	return q
}

func parseASN(s string) (uint32, bool) {
	if len(s) < 3 || !strings.EqualFold(s[:2], "as") {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(s[2:]), 10, 32)
	return uint32(n), err == nil
}

func hostOf(s string) string {
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil {
			return ""
		}
		return u.Hostname()
	}
	s, _, _ = strings.Cut(s, "/")
	if host, port, found := strings.Cut(s, ":"); found {
		if _, err := strconv.ParseUint(port, 10, 16); err == nil {
			return host
		}
	}
	return s
}

// registeredDomain cuts a host name down to what somebody registered at a
// domain registry. Only the public suffix list's ICANN section counts: the
// names below github.io are the business of github.io, which is registered.
func registeredDomain(host string) (string, bool) {
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(strings.TrimSuffix(host, ".")))
	if err != nil || !validDomain(ascii) {
		return "", false
	}
	suffix, icann := publicsuffix.PublicSuffix(ascii)
	for !icann && strings.Contains(suffix, ".") {
		ascii = suffix
		suffix, icann = publicsuffix.PublicSuffix(suffix[strings.IndexByte(suffix, '.')+1:])
	}
	if ascii == suffix {
		return ascii, true // a suffix itself: somebody runs that as well
	}
	labels := strings.Split(strings.TrimSuffix(ascii, "."+suffix), ".")
	return labels[len(labels)-1] + "." + suffix, true
}
