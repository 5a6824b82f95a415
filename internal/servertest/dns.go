package servertest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// NameServer is a DNS server on loopback that knows what it is told, and that
// everything else does not exist.
type NameServer struct {
	Addr string // host:port, UDP and TCP

	mu      sync.Mutex
	records map[string][]dns.RR
	broken  []string
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
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.Addr = listener.Addr().String()
	packets, err := net.ListenPacket("udp4", s.Addr)
	if err != nil {
		return nil, err
	}
	s.servers = []*dns.Server{{Listener: listener, Handler: s}, {PacketConn: packets, Handler: s}}
	for _, server := range s.servers {
		ready := make(chan struct{})
		server.NotifyStartedFunc = func() { close(ready) }
		go func() { _ = server.ActivateAndServe() }() // ends with Stop
		<-ready
	}
	return s, nil
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
	all := s.records[name]
	for _, broken := range s.broken {
		if dns.IsSubDomain(broken, name) {
			reply.Rcode = dns.RcodeServerFailure
		}
	}
	s.mu.Unlock()
	for _, rr := range all {
		if rr.Header().Rrtype == question.Qtype {
			reply.Answer = append(reply.Answer, rr)
		}
	}
	if len(all) == 0 && reply.Rcode == dns.RcodeSuccess {
		reply.Rcode = dns.RcodeNameError
	}
	size := dns.MinMsgSize
	if edns := query.IsEdns0(); edns != nil {
		size = int(edns.UDPSize())
	}
	if w.RemoteAddr().Network() == "udp" {
		reply.Truncate(size)
	}
	_ = w.WriteMsg(reply) // a client that is gone asks again
}
