package relay

import "sync"

// recentOctets is how much of what was accepted last stays in memory.
const recentOctets = 8 << 20

// recent keeps the texts that were accepted last, for the courier that comes
// for them a moment later: it need not read from the disk what has just been
// written there. When there are too many the oldest go, and are read from the
// queue like those of other processes.
//
// A text is asked for only under a lease, so nobody can have dropped or changed
// the message meanwhile.
type recent struct {
	mu    sync.Mutex
	texts map[string][]byte
	order []string // of coming in; some may be gone
	size  int      // octets of all texts
}

func (r *recent) keep(id string, text []byte) {
	if len(text) > recentOctets/8 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil {
		r.texts = make(map[string][]byte)
	}
	r.texts[id] = text
	r.order = append(r.order, id)
	r.size += len(text)
	for r.size > recentOctets || len(r.order) > 2*len(r.texts)+1 {
		r.forget(r.order[0])
		r.order = r.order[1:]
	}
}

// take returns a text once; nil when it is not there.
func (r *recent) take(id string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := r.texts[id]
	r.forget(id)
	return text
}

func (r *recent) forget(id string) {
	r.size -= len(r.texts[id])
	delete(r.texts, id)
}
