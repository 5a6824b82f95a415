package pipeline

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"spamreport/internal/mailbox"
)

// take brings messages to their ends: it fetches those that have to be seen
// whole, examines them on all cores, and puts the outcomes on disk in order.
func (n *fresh) take(ctx context.Context, batch []look) error {
	if err := n.texts(ctx, batch); err != nil {
		return err
	}
	batch = slices.DeleteFunc(batch, func(l look) bool { return l.gone })
	if n.DryRun {
		for _, l := range batch {
			if err := n.rehearse(ctx, l.Case); err != nil {
				return err
			}
		}
		return nil
	}
	settled, err := n.outcomes(ctx, batch)
	for _, c := range settled {
		n.handled(c)
	}
	if err != nil {
		return err
	}
	return n.checkpoint(ctx, checkpoint)
}

// texts fetches and examines what has to be seen whole.
func (n *fresh) texts(ctx context.Context, batch []look) error {
	var uids []uint32
	at, sizes := map[uint32]int{}, map[uint32]int64{}
	for i, l := range batch {
		if uid := l.Message.Place.UID; l.text {
			uids, at[uid], sizes[uid] = append(uids, uid), i, l.Message.Size
			batch[i].gone = true // until it comes
		}
	}
	if len(uids) == 0 {
		return nil
	}
	var came []int
	errs := make([]error, len(batch))
	for m, err := range n.folder.Fetch(ctx, uids, mailbox.FetchOptions{Sizes: sizes}) {
		if err != nil && m.Place.UID == 0 {
			return err // the session is over
		}
		i := at[m.Place.UID]
		came, batch[i], errs[i] = append(came, i), look{Case: Case{Message: m}}, err
	}
	return sideBySide(ctx, len(came), func(ctx context.Context, k int) (err error) {
		i := came[k]
		batch[i].Case, err = n.examine(ctx, batch[i].Message, errs[i])
		return err
	})
}

// rehearse is a dry run's outcome. By its header alone a message cannot be told
// to be a copy of another one.
func (n *fresh) rehearse(ctx context.Context, c Case) (err error) {
	if !n.Headers {
		if c, err = n.settle(ctx, c, n.Auto); err != nil {
			return err
		}
	}
	n.handled(c)
	return nil
}

// outcomes puts the outcomes on disk. With an error it returns those that are.
func (n *fresh) outcomes(ctx context.Context, batch []look) (settled []Case, err error) {
	ready := make([]prepared, len(batch))
	err = sideBySide(ctx, len(batch), func(_ context.Context, i int) (err error) {
		ready[i], err = n.Stages.prepare(batch[i].identify().All(), n.Auto)
		return err
	})
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	n.inOrder(ready)
	return n.Stages.settleAll(ctx, ready)
}

// inOrder lets the ledger list messages in the order of the folder, although
// they were seen at the same time. It counts in milliseconds.
func (n *fresh) inOrder(ready []prepared) {
	for _, p := range ready {
		if now := n.Stages.now(); now.After(n.last) {
			n.last = now
		}
		for k := range p.Cases {
			p.Cases[k].Entry.Seen = n.last
		}
		n.last = n.last.Add(time.Millisecond)
	}
	queueInOrder(ready)
}

// queueInOrder lets complaints leave in that order, too.
func queueInOrder(ready []prepared) {
	var ids []string
	var times []time.Time
	for _, p := range ready {
		for _, f := range p.Cases {
			if f.Submission != nil {
				ids, times = append(ids, f.Submission.ID), append(times, f.Submission.Queued)
			}
		}
	}
	slices.Sort(ids)
	slices.SortFunc(times, time.Time.Compare)
	next := 0
	for _, p := range ready {
		for k, f := range p.Cases {
			if f.Submission != nil {
				f.Submission.ID, f.Submission.Queued = ids[next], times[next]
				p.all[p.of[k]].QueueID = ids[next]
				next++
			}
		}
	}
}

func (n *fresh) handled(c Case) {
	n.show(c)
	n.cursor = c.Message.Place.UID
	n.unsaved++
	*n.left--
}

// checkpoint puts the cursor on disk when at least so many messages are above
// it.
func (n *fresh) checkpoint(ctx context.Context, atLeast int) error {
	if n.unsaved < atLeast {
		return nil
	}
	n.unsaved = 0
	return n.save(ctx, n.place, n.cursor)
}

// sideBySide does something to each of n things, a few at a time.
func sideBySide(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(n, atOnce) {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}
