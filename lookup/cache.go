package lookup

import (
	"context"
	"time"
)

// Cache keeps answers between runs and shares them between processes. The
// client keeps its own table in memory in front of it, so that a Cache is
// asked only when the memory does not know. Options.Cache nil means memory
// alone.
//
// A Cache is a plain table of keys: finding the longest matching prefix is the
// client's work, which passes the keys of all prefixes around an address in
// one Get, the longest first. In SQL:
//
//	CREATE TABLE lookup_cache (key TEXT PRIMARY KEY, entry TEXT NOT NULL, expires TIMESTAMP NOT NULL)
//	SELECT key, entry FROM lookup_cache WHERE key IN (…)   -- then pick the first of keys that came back
//
// where entry is json.Marshal of the Entry. Get returns expired entries as
// well (an old answer is served while the registries are down); an
// implementation may delete entries that expired more than StaleFor ago.
// A failing Cache never fails a lookup: the error is logged and the
// registries are asked.
type Cache interface {
	// Get returns the entry of the first of keys that is stored; ok is false
	// when none is.
	Get(ctx context.Context, keys []string) (e Entry, ok bool, err error)
	// Put stores entries under their keys, each replacing what was there.
	Put(ctx context.Context, entries []Entry) error
	// Latest returns the entries that expire last, at most so many.
	Latest(ctx context.Context, most int) ([]Entry, error)
	// List returns every entry, ordered by key.
	List(ctx context.Context) ([]Entry, error)
	// Delete removes the entries of the keys; without keys, all of them.
	Delete(ctx context.Context, keys ...string) error
}

// StaleFor is how long after its expiry an entry is worth keeping.
const StaleFor = 30 * 24 * time.Hour

// Entry is one remembered answer. It survives json.Marshal and
// json.Unmarshal.
type Entry struct {
	// Key is the network in canonical text ("192.0.2.0/24",
	// "2001:db8::/32"), an AS number ("AS64496") or a domain
	// ("example.org"). A network that is several prefixes has one entry for
	// each.
	Key string
	// Result is the answer with every candidate, before the never-mail list
	// and the suppression list of the day are applied. Query and Trail are
	// empty.
	Result Result
	// Negative: the registries answered, and nobody may be mailed.
	Negative bool
	Stored   time.Time
	Expires  time.Time
}

// clockSkew is how far the clocks of machines with one Cache are apart at most.
const clockSkew = time.Hour

// Fresh reports whether the entry may be served without asking again. One that
// was stored in the future was stored by a wrong clock, and expires too late.
func (e Entry) Fresh(now time.Time) bool {
	return now.Before(e.Expires) && !e.Stored.After(now.Add(clockSkew))
}
