package mx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"spamreport/relay/resolver"
)

// Addresses are where a host listens.
type Addresses struct {
	List []netip.Addr // in the order in which to try them, both families in turn
	// Name is the host's own name, at the end of its aliases.
	Name string
	// Secure says that DNSSEC has shown the addresses to be genuine, and so
	// that the absence of TLSA records can be believed as well (RFC 7672
	// §2.2.2).
	Secure bool
}

// Addresses looks up the addresses of a host. It leaves out those that nothing
// is to be sent to. The error is a *Refusal when none is left.
func (f *Finder) Addresses(ctx context.Context, host Host) (Addresses, error) {
	if host.Literal.IsValid() {
		if why := f.forbidden(host.Literal); why != "" {
			return Addresses{}, &Refusal{554, "5.4.4", fmt.Sprintf("[%s] is %s", host.Literal, why)}
		}
		return Addresses{List: []netip.Addr{host.Literal}, Name: host.Literal.String()}, nil
	}
	six, found6, err6 := f.family(ctx, host.Name, dns.TypeAAAA)
	four, found4, err4 := f.family(ctx, host.Name, dns.TypeA)
	a := Addresses{List: inTurn(six, four), Name: host.Name}
	var why string
	a.List = slices.DeleteFunc(a.List, func(addr netip.Addr) bool {
		reason := f.forbidden(addr)
		if reason != "" {
			why = fmt.Sprintf("%s points to %s, which is %s", host.Name, addr, reason)
		}
		return reason != ""
	})
	switch {
	case len(a.List) > 0:
		// What could not be asked for is unknown, so nothing of it is proven.
		a.Secure = err6 == nil && err4 == nil && found6.Secure && found4.Secure
		a.Name = found4.Name
		if found4.Name == "" {
			a.Name = host.Name
		}
		return a, nil
	case err6 != nil && !errors.Is(err6, resolver.ErrNoName):
		return a, err6
	case err4 != nil && !errors.Is(err4, resolver.ErrNoName):
		return a, err4
	case why != "":
		return a, &Refusal{554, "5.4.4", why}
	}
	return a, &Refusal{550, "5.4.4", host.Name + " has no address"}
}

// family looks up the addresses of one family.
func (f *Finder) family(ctx context.Context, name string, kind uint16) ([]netip.Addr, resolver.Answer, error) {
	answer, err := f.Resolver.Lookup(ctx, name, kind)
	var list []netip.Addr
	for _, rr := range answer.Records {
		var ip net.IP
		switch record := rr.(type) {
		case *dns.A:
			ip = record.A
		case *dns.AAAA:
			ip = record.AAAA
		}
		if addr, ok := netip.AddrFromSlice(ip); ok {
			list = append(list, addr.Unmap())
		}
	}
	return list, answer, err
}

// inTurn takes from both lists by turns: when a family does not work from
// here, every second address does.
func inTurn(a, b []netip.Addr) []netip.Addr {
	all := make([]netip.Addr, 0, len(a)+len(b))
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			all = append(all, a[i])
		}
		if i < len(b) {
			all = append(all, b[i])
		}
	}
	return all
}

// special are networks that no public mail server is in (RFC 6890 and the
// registries of special-purpose addresses that it made).
var special = []struct {
	prefix netip.Prefix
	what   string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "no address of a server"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "private to a provider"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine"},
	{netip.MustParsePrefix("169.254.0.0/16"), "local to a link"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},
	{netip.MustParsePrefix("192.0.2.0/24"), "for documentation"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a group"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("::/128"), "no address of a server"},
	{netip.MustParsePrefix("::1/128"), "this machine"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "private"},
	{netip.MustParsePrefix("100::/64"), "for discarding"},
	{netip.MustParsePrefix("2001:db8::/32"), "for documentation"},
	{netip.MustParsePrefix("3fff::/20"), "for documentation"},
	{netip.MustParsePrefix("fc00::/7"), "private"},
	{netip.MustParsePrefix("fe80::/10"), "local to a link"},
	{netip.MustParsePrefix("ff00::/8"), "a group"},
}

// forbidden says why nothing is sent to an address; "" when it may be.
func (f *Finder) forbidden(addr netip.Addr) string {
	addr = addr.Unmap()
	for _, allowed := range f.AllowPrivate {
		if allowed.Contains(addr) {
			return ""
		}
	}
	if slices.Contains(f.SelfAt, addr) {
		return "this machine"
	}
	for _, row := range special {
		if row.prefix.Contains(addr) {
			return row.what
		}
	}
	return ""
}

// Public reports whether an address is one that mail, and the questions that go
// with it, may be sent to.
func (f *Finder) Public(addr netip.Addr) bool { return f.forbidden(addr) == "" }
