package store

import (
	"sync"
	"time"
)

// glance keeps what was read a moment ago, for what is asked with each message.
// To read a few rows from a file takes some 20 µs, since every commit has the
// pages read again.
//
// What this process changes is seen at once, what another one changes within
// glanceTime: before that one has ended, most often.
type glance[V any] struct {
	mu      sync.Mutex
	seen    map[string]sight[V]
	changes int // so far, by this process
}

type sight[V any] struct {
	value V
	until time.Time
}

const (
	glanceTime = 50 * time.Millisecond
	glanceMost = 1000 // values kept
)

// look returns the value of a key, which it reads if need be. Errors are not
// kept.
func (g *glance[V]) look(key string, read func() (V, error)) (V, error) {
	now := time.Now()
	g.mu.Lock()
	s, before := g.seen[key], g.changes
	g.mu.Unlock()
	if now.Before(s.until) {
		return s.value, nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.changes == before { // else it may be what was before the change
		if g.seen == nil || len(g.seen) >= glanceMost {
			g.seen = make(map[string]sight[V])
		}
		g.seen[key] = sight[V]{value, now.Add(glanceTime)}
	}
	return value, nil
}

// forget is called after a change, before anybody is told that it happened.
func (g *glance[V]) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.changes++
	clear(g.seen)
}

// forgetGlances is called after what may have changed any of it.
func (s *Store) forgetGlances() {
	s.users.forget()
	s.listed.forget()
}
