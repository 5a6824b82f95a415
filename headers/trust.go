package headers

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// TrustRule is one thing that the recipient believes: a network, or a host
// or domain with everything below it. The zero value matches nothing.
type TrustRule struct {
	Prefix netip.Prefix
	Domain string // lower case, no trailing dot
}

// ParseTrust reads a CIDR, an address, a host or a domain. A domain covers
// its subdomains.
func ParseTrust(s string) (TrustRule, error) {
	text := strings.TrimSpace(s)
	if p, err := netip.ParsePrefix(text); err == nil {
		return TrustRule{Prefix: p.Masked()}, nil
	}
	if ip, ok := parseIP(text); ok {
		return TrustRule{Prefix: netip.PrefixFrom(ip, ip.BitLen())}, nil
	}
	domain := strings.ToLower(strings.Trim(strings.TrimPrefix(text, "*."), "."))
	if err := checkDomain(domain); err != nil {
		return TrustRule{}, fmt.Errorf("trust %q: %w: give a network (203.0.113.0/24), an address, a host or a domain", s, err)
	}
	return TrustRule{Domain: domain}, nil
}

func checkDomain(d string) error {
	if d == "" {
		return errors.New("it is empty")
	}
	if len(d) > 253 || strings.Contains(d, "..") || d[0] == '-' || d[len(d)-1] == '-' {
		return errors.New("not a domain name")
	}
	digits := true
	for _, r := range d {
		switch {
		case r >= 'a' && r <= 'z', r == '-', r == '_', r > 127:
			digits = false
		case r >= '0' && r <= '9', r == '.':
		default:
			return errors.New("not an address and not a domain name")
		}
	}
	if digits {
		return errors.New("not an address")
	}
	return nil
}

// String gives the rule back as ParseTrust reads it.
func (t TrustRule) String() string {
	if t.Prefix.IsValid() {
		return t.Prefix.String()
	}
	return t.Domain
}

func (t TrustRule) coversAddr(ip netip.Addr) bool {
	return t.Prefix.IsValid() && t.Prefix.Contains(ip)
}

func (t TrustRule) coversName(name string) bool {
	return t.Domain != "" && underDomain(name, t.Domain)
}

// underDomain reports whether name is domain or below it, whatever the case.
func underDomain(name, domain string) bool {
	cut := len(name) - len(domain)
	if cut < 0 || cut > 0 && name[cut-1] != '.' {
		return false
	}
	return strings.EqualFold(name[cut:], domain)
}
