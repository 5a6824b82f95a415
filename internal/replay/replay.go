// Package replay is a registry on loopback: an RDAP server with its bootstrap
// files (RFC 9224) and WHOIS servers with IANA's referral (RFC 3912), speaking
// the real protocols over real sockets and answering from memory.
//
// Tests and the demo point the lookup at it:
//
//	srv, err := replay.Start(ctx, replay.Sample())
//	defer srv.Close()
//	lookup.New(lookup.Options{
//		RDAPBootstrap: srv.BootstrapURL(),
//		WHOISHosts:    srv.WHOISHosts(),
//	})
//
// A server counts the queries it gets and misbehaves on request (Fault): a
// client is judged by both.
package replay

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Registry holds the answers, each under the network ("192.0.2.0/24"), the AS
// number ("AS64496") or the domain ("shop.example") that it is about. A query
// for an address gets the answer of the longest prefix around it.
type Registry struct {
	// RDAP: key → JSON. "{base}" in it becomes the server's own address, for
	// links. Keys of the form "entity/HANDLE" answer entity queries.
	RDAP map[string][]byte
	// WHOIS: registry host name → key → text.
	WHOIS map[string]map[string]string
}

// IANA is the host that refers a WHOIS query to the registry that knows it.
// It is there by itself, answering from the other hosts' keys, unless the
// Registry has one of its own.
const IANA = "whois.iana.org"

// Server is a running registry.
type Server struct {
	registry Registry
	base     string // http://127.0.0.1:port
	http     *http.Server
	whois    map[string]net.Listener // by registry host
	cancel   context.CancelFunc
	serving  sync.WaitGroup

	mu      sync.Mutex
	queries map[string][]string // by target
	faults  map[string]Fault    // by target
}

// Start listens on free ports of 127.0.0.1 and serves until Close is called or
// the context ends.
func Start(ctx context.Context, r Registry) (*Server, error) {
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{
		registry: r,
		whois:    make(map[string]net.Listener),
		cancel:   cancel,
		queries:  make(map[string][]string),
		faults:   make(map[string]Fault),
	}
	if err := s.listen(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("replay: %w", err)
	}
	context.AfterFunc(ctx, s.stop)
	return s, nil
}

func (s *Server) listen(ctx context.Context) error {
	var lc net.ListenConfig
	web, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.base = "http://" + web.Addr().String()
	s.http = &http.Server{Handler: s.rdapHandler(), ReadHeaderTimeout: 10 * time.Second}
	s.serving.Go(func() { _ = s.http.Serve(web) })

	hosts := map[string]bool{IANA: true}
	for host := range s.registry.WHOIS {
		hosts[host] = true
	}
	for host := range hosts {
		l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.whois[host] = l
		s.serving.Go(func() { s.serveWHOIS(ctx, host, l) })
	}
	return nil
}

// Close stops the servers and waits for them.
func (s *Server) Close() {
	s.cancel()
	s.stop()
	s.serving.Wait()
}

func (s *Server) stop() {
	if s.http != nil {
		_ = s.http.Close()
	}
	for _, l := range s.whois {
		_ = l.Close()
	}
}

// BootstrapURL is the address for the lookup's rdap_bootstrap.
func (s *Server) BootstrapURL() string { return s.base + "/bootstrap/" }

// RDAPURL is the base address of the RDAP server.
func (s *Server) RDAPURL() string { return s.base + "/rdap/" }

// WHOISHosts is the map for the lookup's whois_hosts.
func (s *Server) WHOISHosts() map[string]string {
	hosts := make(map[string]string, len(s.whois))
	for host, l := range s.whois {
		hosts[host] = l.Addr().String()
	}
	return hosts
}

// The targets of faults and counters, besides the WHOIS host names.
const (
	RDAP      = "rdap"
	Bootstrap = "bootstrap"
)

// Queries returns the queries that a target got, in order.
func (s *Server) Queries(target string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.queries[target]...)
}

// Count is the number of queries that a target got.
func (s *Server) Count(target string) int { return len(s.Queries(target)) }

// Forget sets every counter to zero and ends every fault.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.queries)
	clear(s.faults)
}

// arrive counts a query and returns the fault that it shall meet.
func (s *Server) arrive(target, query string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries[target] = append(s.queries[target], query)
	f, bad := s.faults[target]
	if !bad {
		return Fault{}, false
	}
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			delete(s.faults, target)
		} else {
			s.faults[target] = f
		}
	}
	return f, true
}
