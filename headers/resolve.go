package headers

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Resolver asks the DNS. *net.Resolver is one.
type Resolver interface {
	LookupAddr(ctx context.Context, addr string) ([]string, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// maxQuestions bounds the questions for one message.
const maxQuestions = 12

// resolved asks the DNS, if that is allowed, whether the sending side is the
// recipient's after all: a trusted name that leads to the address, or an MX
// of the domain that the message is for.
func (s *search) resolved(h *Hop, ip netip.Addr) (judgement, bool) {
	if s.w.Resolver == nil {
		return judgement{}, false
	}
	if name := senderName(h); !s.writer.isOutbound(name) && s.coveredName(name) && s.hostHas(name, ip) {
		return judgement{trust: Trusted, note: fmt.Sprintf("%s is trusted, and its name leads to %s.", clean(name, maxName), ip)}, true
	}
	if name := s.reverseName(ip); name != "" {
		return judgement{trust: Trusted, note: fmt.Sprintf("%s is trusted; the name of %s leads there and back.", clean(name, maxName), ip)}, true
	}
	_, domain, ok := strings.Cut(h.For, "@")
	if !ok || s.writer != nil || checkDomain(strings.ToLower(domain)) != nil {
		return judgement{}, false
	}
	for _, mx := range s.mxOf(domain) {
		if s.hostHas(mx, ip) {
			return judgement{
				trust: Trusted, note: fmt.Sprintf("%s is an MX of the recipient's domain %s.", ip, clean(domain, maxName)),
				doubt: fmt.Sprintf("%s is the recipient's by the word of the DNS today", ip),
			}, true
		}
	}
	return judgement{}, false
}

// reverseName finds a trusted name of the address that leads back to it
// (forward-confirmed reverse DNS, RFC 8601 §3).
func (s *search) reverseName(ip netip.Addr) string {
	if len(s.w.Trust)+len(s.w.Learned) == 0 {
		return ""
	}
	ctx, cancel, ok := s.question()
	if !ok {
		return ""
	}
	defer cancel()
	names, err := s.w.Resolver.LookupAddr(ctx, ip.String())
	if err != nil {
		return ""
	}
	for _, name := range names {
		name = strings.TrimSuffix(name, ".")
		if s.coveredName(name) && !s.writer.isOutbound(name) && s.hostHas(name, ip) {
			return name
		}
	}
	return ""
}

func (s *search) coveredName(name string) bool {
	for _, rules := range [2][]TrustRule{s.w.Trust, s.w.Learned} {
		for _, r := range rules {
			if r.coversName(name) {
				return true
			}
		}
	}
	return false
}

func (s *search) hostHas(name string, ip netip.Addr) bool {
	ctx, cancel, ok := s.question()
	if !ok {
		return false
	}
	defer cancel()
	addrs, err := s.w.Resolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return false
	}
	for _, a := range addrs {
		if a.Unmap() == ip {
			return true
		}
	}
	return false
}

func (s *search) mxOf(domain string) []string {
	ctx, cancel, ok := s.question()
	if !ok {
		return nil
	}
	defer cancel()
	records, err := s.w.Resolver.LookupMX(ctx, domain)
	if err != nil {
		return nil
	}
	var hosts []string
	for _, mx := range records {
		hosts = append(hosts, strings.TrimSuffix(mx.Host, "."))
	}
	return hosts
}

// question starts one question to the resolver; not ok when there were enough.
func (s *search) question() (context.Context, context.CancelFunc, bool) {
	if s.asked++; s.asked > maxQuestions {
		return nil, nil, false
	}
	limit := s.w.ResolveTimeout
	if limit <= 0 {
		limit = 3 * time.Second
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	return ctx, cancel, true
}
