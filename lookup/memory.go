package lookup

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gaissmai/bart"
)

// memory is the table in front of the Cache. Reading takes no lock and no
// allocation: the table of networks is replaced, never changed.
type memory struct {
	nets atomic.Pointer[bart.Table[*remembered]]

	mu    sync.RWMutex
	names map[string]*remembered // AS numbers and domains
}

// maxRemembered bounds the table: a mail spool of years meets fewer networks.
const maxRemembered = 200_000

// remembered is an entry, ready to be served.
type remembered struct {
	entry  Entry
	served Result // contacts checked; Query is filled in when served
	err    error  // ErrNoContact for a negative entry
}

func newMemory() *memory {
	m := &memory{}
	m.clear()
	return m
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nets.Store(new(bart.Table[*remembered]))
	m.names = make(map[string]*remembered)
}

// addr finds the entry of the longest prefix around an address.
func (m *memory) addr(a netip.Addr) (*remembered, bool) {
	return m.nets.Load().Lookup(a)
}

// find finds the entry that answers a query.
func (m *memory) find(q query) (*remembered, bool) {
	if q.kind == netQuery {
		return m.nets.Load().LookupPrefix(q.prefix)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.names[q.key()]
	return r, ok
}

// has reports whether there is an entry under just this key.
func (m *memory) has(key string) bool {
	if prefix, err := netip.ParsePrefix(key); err == nil {
		_, ok := m.nets.Load().Get(prefix)
		return ok
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, ok := m.names[key]
	return ok
}

func (m *memory) put(r *remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	prefix, err := netip.ParsePrefix(r.entry.Key)
	if err != nil {
		m.names[r.entry.Key] = r
		return
	}
	table := m.nets.Load()
	if table.Size() >= maxRemembered {
		table = new(bart.Table[*remembered])
	}
	m.nets.Store(table.InsertPersist(prefix, r))
}

func (m *memory) forget(keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	table := m.nets.Load()
	for _, key := range keys {
		if prefix, err := netip.ParsePrefix(key); err == nil {
			table = table.DeletePersist(prefix)
			continue
		}
		delete(m.names, key)
	}
	m.nets.Store(table)
}

func (m *memory) entries() []Entry {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Entry
	for _, r := range m.nets.Load().AllSorted() {
		out = append(out, r.entry)
	}
	for _, r := range m.names {
		out = append(out, r.entry)
	}
	return out
}

// What a network's answer is remembered for. Registries answer with the
// narrowest network around an address; another address of a wide allocation
// may be in a narrower one that has a desk of its own. The answer for a wide
// network is therefore kept only for the part of it around the address.
const (
	widest4 = 16
	widest6 = 32
)

// cacheKeys lists the keys under which an answer for q is stored.
func cacheKeys(q query, n Network) []string {
	if q.kind != netQuery {
		return []string{q.key()}
	}
	if _, ok := covering(n.CIDR, q.prefix); !ok {
		return []string{q.key()} // the answer is about something else, or does not say
	}
	widest := widest4
	if q.prefix.Addr().Is6() {
		widest = widest6
	}
	var keys []string
	for _, p := range n.CIDR {
		switch {
		case p.Bits() >= widest || p.Bits() > q.prefix.Bits():
			keys = append(keys, p.Masked().String())
		case p.Contains(q.prefix.Addr()):
			part, _ := q.prefix.Addr().Prefix(min(widest, q.prefix.Bits()))
			keys = append(keys, part.String())
		}
	}
	return keys
}

// The prefix lengths that a Cache is asked for: nothing wider is stored than
// above, or asked for.
const (
	shortest4 = 8
	shortest6 = 16
)

// lookupKeys lists the keys that may hold the answer for q, best first.
func lookupKeys(q query) []string {
	if q.kind != netQuery {
		return []string{q.key()}
	}
	shortest := shortest4
	if q.prefix.Addr().Is6() {
		shortest = shortest6
	}
	keys := make([]string, 0, max(1, q.prefix.Bits()-shortest+1))
	for bits := q.prefix.Bits(); bits >= min(shortest, q.prefix.Bits()); bits-- {
		p, _ := q.prefix.Addr().Prefix(bits)
		keys = append(keys, p.String())
	}
	return keys
}

func (e Entry) staleUntil() time.Time { return e.Expires.Add(StaleFor) }
