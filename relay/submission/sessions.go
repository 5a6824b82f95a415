package submission

import (
	"net/netip"
	"sync"
	"time"
)

// sessions are the clients that are connected.
type sessions struct {
	mu        sync.Mutex
	open      map[*client]struct{}
	byAddress map[netip.Prefix]int
	all       sync.WaitGroup
}

// enter counts a client in, or says why it must go.
func (s *sessions) enter(c *client, limits Limits) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := network(c.addr)
	switch {
	case len(s.open) >= limits.Sessions:
		return refuse(421, "4.3.2", "too many connections, try again later")
	case from.IsValid() && !c.addr.IsLoopback() && s.byAddress[from] >= limits.PerAddress:
		return refuse(421, "4.7.0", "too many connections from your address")
	}
	if s.byAddress == nil {
		s.byAddress = make(map[netip.Prefix]int)
	}
	s.open[c] = struct{}{}
	s.byAddress[from]++
	s.all.Add(1)
	return nil
}

func (s *sessions) leave(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := network(c.addr)
	if s.byAddress[from]--; s.byAddress[from] == 0 {
		delete(s.byAddress, from)
	}
	delete(s.open, c)
	s.all.Done()
}

// each calls do for every client.
func (s *sessions) each(do func(*client)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		do(c)
	}
}

// stop ends the sessions: politely, and after the grace time by closing their
// connections.
func (s *sessions) stop(grace time.Duration) {
	s.each((*client).shutDown)
	gone := make(chan struct{})
	go func() { s.all.Wait(); close(gone) }()
	select {
	case <-gone:
		return
	case <-time.After(grace):
	}
	s.each(func(c *client) { _ = c.close() })
	select {
	case <-gone:
	case <-time.After(time.Second):
	}
}

// network is what counts as one address: a household has a /64 of IPv6.
func network(addr netip.Addr) netip.Prefix {
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // zero for no address
	return p
}
