package doctor

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// absolute keeps the search domains of the system out of a name.
func absolute(name string) string { return strings.TrimSuffix(name, ".") + "." }

// txt returns the TXT records of a name; none is no error.
func (s Setup) txt(ctx context.Context, name string) ([]string, error) {
	records, err := s.Resolver.LookupTXT(ctx, absolute(name))
	if isNotFound(err) {
		return nil, nil
	}
	return records, err
}

func (s Setup) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	addrs, err := s.Resolver.LookupNetIP(ctx, "ip", absolute(name))
	if isNotFound(err) {
		return nil, nil
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, err
}

func isNotFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// plainly says what is wrong in a few words.
func plainly(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case isNotFound(err):
		return "no such name"
	case errors.As(err, &dns) && dns.IsTimeout:
		return "the DNS server does not answer"
	case errors.As(err, &dns) && strings.Contains(dns.Err, "connection refused"):
		return "no DNS server is there"
	case errors.As(err, &dns) && dns.Err == "server misbehaving": // SERVFAIL, REFUSED
		return "the DNS server reports a failure"
	case errors.As(err, &dns):
		return "DNS: " + dns.Err
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	var op *net.OpError
	var call *os.SyscallError
	switch {
	case errors.As(err, &call):
		return call.Err.Error()
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// unanswered is the result for a question that DNS does not answer now.
func unanswered(about string, err error) Result {
	return skip("%s: cannot tell: %s", about, plainly(err))
}

// resolver asks for the root servers, which every resolver knows.
func (s Setup) resolver(ctx context.Context) []Result {
	which := "the system's DNS server"
	if s.Config.DNS.Server != "" {
		which = "the DNS server " + s.Config.DNS.Server
	}
	start := time.Now()
	_, err := s.Resolver.LookupNS(ctx, ".")
	if err != nil && !isNotFound(err) {
		return one(fail("set server in [dns], or repair that of the system", "%s does not answer: %s", which, plainly(err)))
	}
	return one(ok("%s answers, in %s", which, time.Since(start).Round(time.Millisecond)))
}
