package pipeline

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"spamreport/internal/mailbox"
)

// look is a message after a glance at its header.
type look struct {
	Case
	text bool // it has to be seen whole
	gone bool // it was deleted in the meantime
}

// recordEvery is how long a list of headers is waited for: after that, and again
// and again, what is ready of it goes on without the others.
const recordEvery = 500 * time.Millisecond

// glance looks at headers, on all cores. It yields all of them at once, unless
// some wait for a slow registry: then those before them, as they become ready. The
// order stays that of the folder, since the cursor follows it.
func (n *fresh) glance(ctx context.Context, list []mailbox.Message) iter.Seq2[[]look, error] {
	return func(yield func([]look, error) bool) {
		n.looks = slices.Grow(n.looks[:0], len(list))[:len(list)]
		looks, ready := n.looks, make([]atomic.Bool, len(list))
		ctx, cancel := context.WithCancel(ctx)
		all := make(chan error, 1)
		go func() {
			all <- sideBySide(ctx, len(list), func(ctx context.Context, i int) (err error) {
				looks[i], err = n.look(ctx, list[i])
				ready[i].Store(err == nil)
				return err
			})
			close(all)
		}()
		defer func() { cancel(); <-all }()
		tick := time.NewTicker(recordEvery)
		defer tick.Stop()
		for next := 0; next < len(list); {
			var err error
			select {
			case err = <-all:
			case <-tick.C:
			}
			first := next
			for next < len(list) && ready[next].Load() {
				next++
			}
			if next > first && !yield(looks[first:next], nil) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// look looks at one header.
func (n *fresh) look(ctx context.Context, m mailbox.Message) (look, error) {
	c, decided, err := n.glancing.Glance(ctx, m, n.known[m.Place.UID])
	return look{Case: c, text: !decided && !(n.Headers && c.Action != "")}, err
}
