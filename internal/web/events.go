package web

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"spamreport/internal/store"
)

// Live updates: how many pages may listen at once, how often the store is
// asked, and how often a page that hears nothing is told that we are there.
const (
	maxListeners = 32
	pulseEvery   = 2 * time.Second
	beatEvery    = 20 * time.Second
)

// live tells pages that something has changed (server-sent events). What has
// changed they see by loading themselves again: an event says no more than how
// many changes there have been. A page says the same of itself, and a stream
// begins with it: so a page that was made before a change, and began to listen
// after it, learns of it.
type live struct {
	stopped chan struct{} // closed when the site stops
	last    beat          // of run alone

	mu        sync.Mutex
	changes   int
	listeners map[chan struct{}]struct{}
}

// beat is what changes when something happens.
type beat struct {
	store.Pulse
	examined time.Time
}

// count is how many changes there have been.
func (l *live) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changes
}

// join adds a listener; false when there are too many.
func (l *live) join() (change chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.listeners) >= maxListeners {
		return nil, false
	}
	if l.listeners == nil {
		l.listeners = map[chan struct{}]struct{}{}
	}
	change = make(chan struct{}, 1)
	l.listeners[change] = struct{}{}
	return change, true
}

// stop ends every stream, so that the site can stop.
func (l *live) stop() { close(l.stopped) }

func (l *live) leave(change chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.listeners, change)
}

// tell counts a change and wakes every listener; one that has not looked yet
// need not be told twice.
func (l *live) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes++
	for change := range l.listeners {
		select {
		case change <- struct{}{}:
		default:
		}
	}
}

func (l *live) heard() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.listeners) > 0
}

// run looks for changes again and again.
func (l *live) run(ctx context.Context, s *Site) {
	ticker := time.NewTicker(pulseEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			l.look(ctx, s)
		}
	}
}

// look takes the pulse of the store for all listeners, and only while there are
// any.
func (l *live) look(ctx context.Context, s *Site) {
	if !l.heard() {
		return
	}
	pulse, err := s.Store.Pulse(ctx)
	if err != nil {
		return // a page that is loaded says so
	}
	if now := (beat{pulse, s.checkup.last().At}); now != l.last {
		l.last = now
		l.tell()
	}
}

// event is what a stream says of the changes.
func (l *live) event() string { return fmt.Sprintf("event: change\ndata: %d\n\n", l.count()) }

// events is the stream of a page.
func (s *Site) events(v *visit) error {
	change, ok := s.live.join()
	if !ok {
		http.Error(v.w, "too many pages are open; this one shows no live updates", http.StatusServiceUnavailable)
		return nil
	}
	defer s.live.leave(change)
	v.w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	control := http.NewResponseController(v.w)
	for line := s.live.event(); ; {
		// One write must not take longer than a beat; a client that does not
		// read is given up.
		if err := control.SetWriteDeadline(time.Now().Add(beatEvery)); err != nil {
			return nil
		}
		if _, err := fmt.Fprint(v.w, line); err != nil {
			return nil
		}
		if err := control.Flush(); err != nil {
			return nil
		}
		select {
		case <-v.r.Context().Done():
			return nil
		case <-s.live.stopped:
			return nil
		case <-change:
			line = s.live.event()
		case <-beat.C:
			line = ": beat\n\n"
		}
		if !s.sessions.alive(s.token(v.r)) {
			return nil
		}
	}
}
