package doctor

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// mx sees whether answers can come back.
func (s Setup) mx(ctx context.Context, _ sender) Result {
	domain := s.fromDomain()
	if domain == "" {
		return skip(noFrom)
	}
	const do = "publish an MX record, or use another address in [identity]: desks answer to it, and many refuse mail that cannot be answered"
	exchangers, err := s.Resolver.LookupMX(ctx, absolute(domain))
	switch {
	case err != nil && !isNotFound(err):
		return unanswered(domain, err)
	case len(exchangers) == 1 && exchangers[0].Host == ".":
		return fail(do, "%s takes no mail at all (RFC 7505)", domain)
	case len(exchangers) > 0:
		return ok("answers go to %s", strings.TrimSuffix(exchangers[0].Host, "."))
	}
	addrs, err := s.addresses(ctx, domain)
	switch {
	case err != nil:
		return unanswered(domain, err)
	case len(addrs) == 0:
		return fail(do, "%s has no mail exchanger and no address: no answer can come back", domain)
	}
	return warn(do, "%s has no MX record; answers go to its address %s (RFC 5321 §5.1)", domain, addrs[0])
}

// unknownAddress is the result for a check that needs the sending address.
func unknownAddress(from sender) Result {
	return Result{Status: Skip, What: "the sending address is not known: " + from.why, Do: sayAddress}
}

// ptr wants a name for each sending address that leads back to it: many servers
// refuse mail from an address without one.
func (s Setup) ptr(ctx context.Context, from sender) Result {
	if len(from.addrs) == 0 {
		return unknownAddress(from)
	}
	var good []string
	for _, addr := range from.addrs {
		name, r := s.confirmed(ctx, addr, from.whose)
		if r.Status != OK {
			return r.ifSure(from.sure && s.Smarthost == nil)
		}
		good = append(good, addr.String()+" is "+name)
	}
	return ok("%s, there and back", strings.Join(good, ", "))
}

// confirmed finds the name of an address that leads back to it.
func (s Setup) confirmed(ctx context.Context, addr netip.Addr, whose string) (string, Result) {
	do := "have whoever runs the network of " + addr.String() + " set its reverse name (PTR) to the name of this machine, and give that name the address (A, AAAA)"
	names, err := s.Resolver.LookupAddr(ctx, addr.String())
	switch {
	case isNotFound(err) || err == nil && len(names) == 0:
		return "", fail(do, "%s (%s) has no reverse name: many servers refuse its mail", addr, whose)
	case err != nil:
		return "", unanswered(addr.String(), err)
	}
	for _, name := range names[:min(len(names), 10)] {
		name = strings.TrimSuffix(name, ".")
		back, err := s.addresses(ctx, name)
		if err != nil {
			return "", unanswered(name, err)
		}
		if !slices.Contains(back, addr) {
			continue
		}
		if generic(name, addr) {
			return "", warn(do, "%s (%s) is called %s, as the addresses of end users are: some servers refuse their mail", addr, whose, name)
		}
		return name, ok("")
	}
	return "", fail(do, "%s (%s) is called %s, but that name does not lead back to it", addr, whose, strings.TrimSuffix(names[0], "."))
}

// generic tells a name that is made of the address, as providers give them to
// their customers, like 192-0-2-7.dyn.example.net.
func generic(name string, addr netip.Addr) bool {
	if !addr.Is4() {
		return false
	}
	digits := strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
	var numbers []int
	for _, d := range digits {
		if n, err := strconv.Atoi(d); err == nil {
			numbers = append(numbers, n)
		}
	}
	octets := addr.As4()
	for _, o := range octets {
		if !slices.Contains(numbers, int(o)) {
			return false
		}
	}
	return len(numbers) >= len(octets)
}

// heloName is the name that is given in EHLO.
func (s Setup) heloName() string {
	if s.Config.Relay.HELO != "" {
		return s.Config.Relay.HELO
	}
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// helo wants the name in EHLO to be one that leads to the sending address
// (RFC 5321 §4.1.4 lets servers look it up).
func (s Setup) helo(ctx context.Context, from sender) Result {
	name := s.heloName()
	if s.Smarthost != nil {
		return skip("only the smarthost sees the name %s", name)
	}
	const do = "set helo in [relay] to the reverse name of the sending address"
	if strings.HasPrefix(name, "[") {
		return warn(do, "the name in EHLO is %s: an address in brackets, which many servers refuse", name)
	}
	if !strings.Contains(strings.TrimSuffix(name, "."), ".") {
		return fail(do, "the name in EHLO is %q: it has no domain, and servers refuse it", name)
	}
	addrs, err := s.addresses(ctx, name)
	switch {
	case err != nil:
		return unanswered(name, err)
	case len(addrs) == 0:
		return fail(do, "the name in EHLO is %s, which does not exist in DNS", name)
	case len(from.addrs) == 0:
		return unknownAddress(from)
	}
	for _, addr := range from.addrs {
		if !slices.Contains(addrs, addr) {
			return warn(do, "the name in EHLO is %s, which leads to %s and not to %s", name, addrs[0], addr)
		}
	}
	return ok("the name in EHLO, %s, leads to %s", name, addrList(from))
}
