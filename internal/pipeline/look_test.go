package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/lookup"
)

// slow is a registry that answers about one address only when it may, or not at
// all.
type slow struct {
	*desks
	addr netip.Addr
	may  chan struct{}
}

func (s slow) IP(ctx context.Context, addr netip.Addr) (lookup.Result, error) {
	if addr == s.addr {
		select {
		case <-s.may:
		case <-ctx.Done():
			return lookup.Result{}, ctx.Err()
		}
	}
	return s.desks.IP(ctx, addr)
}

// slowAbout lets the registry answer about the third message when the ledger
// knows those before it.
func slowAbout(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, spam(1), spam(2), spam(3), spam(4))
	registry := slow{r.desks, netip.MustParseAddr("198.51.100.3"), make(chan struct{})}
	r.sweep.Stages.Desks = registry
	observe, answer := r.sweep.Observe, sync.OnceFunc(func() { close(registry.may) })
	r.sweep.Observe = func(c pipeline.Case) {
		if observe(c); len(r.seen) == 2 {
			answer()
		}
	}
	return r
}

func (r *rig) runSlowly(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return r.sweep.Run(ctx, r.folder, mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 7})
}

func TestWhatLiesBeforeASlowRegistryIsRecordedMeanwhile(t *testing.T) {
	r := slowAbout(t)
	if err := r.runSlowly(t); err != nil {
		t.Fatal(err)
	}
	for i, c := range r.seen {
		if c.Message.Place.UID != uint32(i+1) || c.Action != complaint.Sent {
			t.Errorf("message %d: %s", c.Message.Place.UID, c.Action)
		}
	}
	if len(r.seen) != 4 || r.queued(t) != 4 || len(r.folder.marked) != 4 {
		t.Errorf("%d seen, %d queued, %d marked", len(r.seen), r.queued(t), len(r.folder.marked))
	}
	for step := range r.folder.steps {
		t.Run(fmt.Sprintf("killed at step %d", step+1), func(t *testing.T) {
			t.Parallel()
			killedBesideASlowRegistry(t, step+1)
		})
	}
}

func killedBesideASlowRegistry(t *testing.T, dieAt int) {
	r := slowAbout(t)
	r.folder.dieAt = dieAt
	if err := r.runSlowly(t); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	r.folder.dieAt, r.sweep.Stages.Desks = 0, r.desks
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	if r.queued(t) != 4 || len(r.folder.marked) != 4 {
		t.Errorf("%d queued, %d marked", r.queued(t), len(r.folder.marked))
	}
}
