// Package resolver asks a DNS server, and tells how far an answer can be
// believed.
//
// The resolver of the standard library hides two things that mail needs to
// know. One is whether a name does not exist or could not be asked for: the
// first fails a message at once, the second has it wait. The other is the AD
// bit, by which a server says that it has verified the answer with DNSSEC (RFC
// 4035 §3.2.3). Anybody between us and the server can set that bit, so it
// counts only where the server is on this machine, or its operator is trusted
// with the path to it.
package resolver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Client asks DNS servers. The zero value asks those of the system.
type Client struct {
	// Servers are asked one after the other, as host:port; those of
	// /etc/resolv.conf when there are none.
	Servers []string
	// Trusted says that the AD bit of the servers is to be believed although
	// they are not on this machine.
	Trusted bool
	// Timeout of one question to one server; DefaultTimeout when zero.
	Timeout time.Duration
}

// DefaultTimeout of one question.
const DefaultTimeout = 5 * time.Second

// rounds is how often each server is asked: a datagram may get lost.
const rounds = 2

// ErrNoName says that a name does not exist at all (NXDOMAIN). A name without
// records of the type that was asked for is no error.
var ErrNoName = errors.New("there is no such name in DNS")

// Answer is what came back.
type Answer struct {
	Records []dns.RR // of the type that was asked for
	Name    string   // the name that they belong to, at the end of aliases
	Secure  bool     // DNSSEC has shown it to be genuine
}

// Lookup asks for the records of a name. Errors other than ErrNoName are
// temporary.
func (c *Client) Lookup(ctx context.Context, name string, kind uint16) (Answer, error) {
	servers, err := c.servers()
	if err != nil {
		return Answer{}, err
	}
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), kind)
	question.AuthenticatedData = true // RFC 6840 §5.7: we know what AD means
	question.SetEdns0(1232, false)
	err = errors.New("no DNS server is configured")
	for range rounds {
		for _, server := range servers {
			if ctx.Err() != nil {
				return Answer{}, ctx.Err()
			}
			reply, failed := c.ask(ctx, server, question)
			if failed == nil {
				return c.answer(reply, name, kind, server)
			}
			err = failed
		}
	}
	return Answer{}, fmt.Errorf("look up %s %s: %w", dns.TypeToString[kind], name, err)
}

func (c *Client) servers() ([]string, error) {
	if len(c.Servers) > 0 {
		return c.Servers, nil
	}
	system, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, fmt.Errorf("find the DNS server of this system: %w; name one as server in [dns]", err)
	}
	servers := make([]string, len(system.Servers))
	for i, host := range system.Servers {
		servers[i] = net.JoinHostPort(host, system.Port)
	}
	return servers, nil
}

// ask puts a question to one server, over TCP when the answer does not fit
// into a datagram.
func (c *Client) ask(ctx context.Context, server string, question *dns.Msg) (*dns.Msg, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client := dns.Client{Timeout: timeout}
	reply, _, err := client.ExchangeContext(ctx, question, server)
	if err == nil && reply.Truncated {
		client.Net = "tcp"
		reply, _, err = client.ExchangeContext(ctx, question, server)
	}
	switch {
	case err != nil:
		return nil, err
	case reply.Rcode != dns.RcodeSuccess && reply.Rcode != dns.RcodeNameError:
		return nil, fmt.Errorf("the DNS server %s answered %s", server, dns.RcodeToString[reply.Rcode])
	}
	return reply, nil
}

// maxAliases bounds a chain of CNAME records.
const maxAliases = 16

// answer picks the records at the end of the chain of aliases.
func (c *Client) answer(reply *dns.Msg, name string, kind uint16, server string) (Answer, error) {
	if reply.Rcode == dns.RcodeNameError {
		return Answer{}, fmt.Errorf("%s: %w", name, ErrNoName)
	}
	a := Answer{Name: dns.CanonicalName(name), Secure: reply.AuthenticatedData && c.trusts(server)}
	for range maxAliases {
		alias := ""
		for _, rr := range reply.Answer {
			if dns.CanonicalName(rr.Header().Name) != a.Name {
				continue
			}
			if rr.Header().Rrtype == kind {
				a.Records = append(a.Records, rr)
			} else if cname, ok := rr.(*dns.CNAME); ok {
				alias = dns.CanonicalName(cname.Target)
			}
		}
		if len(a.Records) > 0 || alias == "" {
			break
		}
		a.Name = alias
	}
	a.Name = strings.TrimSuffix(a.Name, ".")
	return a, nil
}

func (c *Client) trusts(server string) bool {
	if c.Trusted {
		return true
	}
	at, err := netip.ParseAddrPort(server)
	return err == nil && at.Addr().IsLoopback()
}

// Text returns the TXT records of a name, each with its strings joined. No
// such name is no record.
func (c *Client) Text(ctx context.Context, name string) ([]string, error) {
	a, err := c.Lookup(ctx, name, dns.TypeTXT)
	if errors.Is(err, ErrNoName) {
		return nil, nil
	}
	var texts []string
	for _, rr := range a.Records {
		if txt, ok := rr.(*dns.TXT); ok {
			texts = append(texts, strings.Join(txt.Txt, ""))
		}
	}
	return texts, err
}
