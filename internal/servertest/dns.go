package servertest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// NameServer is a DNS server on loopback that knows what it is told, and that
// everything else does not exist. It follows aliases as a resolver does, and
// stands for one that verifies DNSSEC: see Secure.
type NameServer struct {
	Addr string // host:port, UDP and TCP

	mu      sync.Mutex
	records map[string][]dns.RR
	broken  []string
	secure  []string
	servers []*dns.Server
}

// DNS starts a name server with records, each a line of a zone file.
func DNS(t testing.TB, records ...string) *NameServer {
	t.Helper()
	s, err := StartDNS(records...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// StartDNS is DNS for those who stop it themselves.
func StartDNS(records ...string) (*NameServer, error) {
	s := &NameServer{records: map[string][]dns.RR{}}
	for _, line := range records {
		if err := s.Add(line); err != nil {
			return nil, err
		}
	}
	listener, packets, err := listenBoth()
	if err != nil {
		return nil, err
	}
	s.Addr = listener.Addr().String()
	s.servers = []*dns.Server{{Listener: listener, Handler: s}, {PacketConn: packets, Handler: s}}
	for _, server := range s.servers {
		ready := make(chan struct{})
		server.NotifyStartedFunc = func() { close(ready) }
		go func() { _ = server.ActivateAndServe() }() // ends with Stop
		<-ready
	}
	return s, nil
}

// listenBoth finds a port that is free for TCP and UDP. The system chooses one
// that is for TCP; a resolver somewhere may just be asking from it by UDP.
func listenBoth() (listener net.Listener, packets net.PacketConn, err error) {
	const tries = 100
	for range tries {
		if listener, err = net.Listen("tcp4", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		if packets, err = net.ListenPacket("udp4", listener.Addr().String()); err == nil {
			return listener, packets, nil
		}
		_ = listener.Close()
	}
	return nil, nil, err
}

// Stop ends the server.
func (s *NameServer) Stop() {
	for _, server := range s.servers {
		_ = server.Shutdown()
	}
}

// Add adds a record.
func (s *NameServer) Add(line string) error {
	rr, err := dns.NewRR(line)
	if err != nil || rr == nil {
		return fmt.Errorf("record %q: %w", line, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.ToLower(rr.Header().Name)
	s.records[name] = append(s.records[name], rr)
	return nil
}

// Break has the server fail (SERVFAIL) for a name and all below it.
func (s *NameServer) Break(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, dns.Fqdn(name))
}

// Remove takes all records of a name away.
func (s *NameServer) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, dns.CanonicalName(name))
}

// Secure has the server vouch for names and everything below them: it answers
// with the AD bit.
func (s *NameServer) Secure(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		s.secure = append(s.secure, dns.CanonicalName(name))
	}
}

// Resolver asks this server.
func (s *NameServer) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Addr)
	}}
}

// ServeDNS implements dns.Handler.
func (s *NameServer) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = true // as resolvers say; without it, no answer is a lame one
	question := query.Question[0]
	name := strings.ToLower(question.Name)
	s.mu.Lock()
	reply.Rcode = s.answer(reply, name, question.Qtype)
	reply.AuthenticatedData = query.AuthenticatedData && s.vouches(reply, name)
	s.mu.Unlock()
	size := dns.MinMsgSize
	if edns := query.IsEdns0(); edns != nil {
		size = int(edns.UDPSize())
	}
	if w.RemoteAddr().Network() == "udp" {
		reply.Truncate(size)
	}
	_ = w.WriteMsg(reply) // a client that is gone asks again
}

// answer follows aliases.
func (s *NameServer) answer(reply *dns.Msg, name string, kind uint16) (rcode int) {
	for range 8 {
		for _, broken := range s.broken {
			if dns.IsSubDomain(broken, name) {
				return dns.RcodeServerFailure
			}
		}
		if len(s.records[name]) == 0 && !s.hasChildren(name) {
			return dns.RcodeNameError
		}
		alias := ""
		for _, rr := range s.records[name] {
			cname, isAlias := rr.(*dns.CNAME)
			if isAlias || rr.Header().Rrtype == kind {
				reply.Answer = append(reply.Answer, rr)
			}
			if isAlias && kind != dns.TypeCNAME {
				alias = dns.CanonicalName(cname.Target)
			}
		}
		if alias == "" {
			return dns.RcodeSuccess
		}
		name = alias
	}
	return dns.RcodeServerFailure
}

// hasChildren tells an empty name from one that does not exist (RFC 8020).
func (s *NameServer) hasChildren(name string) bool {
	for other := range s.records {
		if dns.IsSubDomain(name, other) {
			return true
		}
	}
	return false
}

// vouches reports whether the question and every name in the answer is secure.
func (s *NameServer) vouches(reply *dns.Msg, question string) bool {
	names := []string{question}
	for _, rr := range reply.Answer {
		names = append(names, dns.CanonicalName(rr.Header().Name))
	}
	return !slices.ContainsFunc(names, func(name string) bool {
		return !slices.ContainsFunc(s.secure, func(zone string) bool { return dns.IsSubDomain(zone, name) })
	})
}
