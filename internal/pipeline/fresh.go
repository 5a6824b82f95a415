package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/mailbox"
)

// The bounds of a sweep, whatever the size of the folder.
const (
	atOnce       = 16      // messages that are examined side by side, and so networks that are looked up
	textsAtOnce  = 64      // messages fetched whole for one transaction,
	octetsAtOnce = 8 << 20 // or so many octets of them
)

// fresh is a sweep's way through what came into a folder since the last one.
type fresh struct {
	*Sweep
	folder Folder
	place  mailbox.Place
	known  map[uint32][]complaint.Entry // what the ledger knows above the cursor: the last sweep was killed
	left   *int
	cursor uint32

	glancing Stages    // for the headers
	looks    []look    // at those of one FETCH; the memory is used again for the next
	unsaved  int       // messages since the cursor was last put on disk
	last     time.Time // when the next message is seen at the earliest
}

// fresh takes up what is new.
func (s *Sweep) fresh(ctx context.Context, f Folder, place mailbox.Place, cursor uint32, left *int) error {
	if s.Limit > 0 && *left == 0 {
		return nil
	}
	n := &fresh{Sweep: s, folder: f, place: place, cursor: cursor, left: left, glancing: *s.Stages}
	n.glancing.Policy.Never = remembering(s.Stages.Policy.Never)
	n.glancing.readers = &sync.Pool{New: func() any { return &headers.Reader{Walker: *s.Stages.Walker} }}
	if s.Progress != nil {
		var err error
		if n.known, err = s.Progress.Known(ctx, place.Account, place.Folder, place.UIDValidity, cursor); err != nil {
			return fmt.Errorf("read what is known of %s: %w", place.Folder, err)
		}
	}
	visit := n.headersFirst
	if len(s.Unpack) > 0 {
		visit = n.oneByOne // what is enclosed lies in the text
	}
	if err := visit(ctx); err != nil {
		return err
	}
	return n.checkpoint(ctx, 1)
}

func (n *fresh) full() bool { return n.Limit > 0 && *n.left == 0 }

// oneByOne fetches every message whole.
func (n *fresh) oneByOne(ctx context.Context) error {
	for m, err := range n.folder.After(ctx, n.cursor, n.fetching()) {
		if err != nil && m.Place.UID == 0 {
			return err // the session is over
		}
		handled, err := n.one(ctx, m, err, n.left, nil)
		if err != nil {
			return err
		}
		if !handled {
			continue
		}
		n.cursor = m.Place.UID
		n.unsaved++
		if err := n.checkpoint(ctx, checkpoint); err != nil || n.full() {
			return err
		}
	}
	return nil
}

// headersFirst fetches whole only what its header does not decide.
func (n *fresh) headersFirst(ctx context.Context) error {
	opts := mailbox.HeaderOptions{Most: n.Limit, Dates: !n.Since.IsZero()}
	for list, err := range n.folder.Headers(ctx, n.cursor, opts) {
		if err != nil {
			return err
		}
		for looks, err := range n.glance(ctx, slices.DeleteFunc(list, n.tooOld)) {
			if err != nil {
				return err
			}
			if err := n.takeAll(ctx, looks); err != nil || n.full() {
				return err
			}
		}
	}
	return nil
}

// takeAll brings messages to their ends, as many at a time as fit.
func (n *fresh) takeAll(ctx context.Context, looks []look) error {
	for len(looks) > 0 && !n.full() {
		batch := looks[:n.fitting(looks)]
		if err := n.take(ctx, batch); err != nil {
			return err
		}
		looks = looks[len(batch):]
	}
	return nil
}

// remembering asks only once about each address: it is asked anew before
// anything is composed. What is not known now is not remembered.
func remembering(never func(string) (string, bool, error)) func(string) (string, bool, error) {
	if never == nil {
		return nil
	}
	var known sync.Map // address → reason, "" when it may be mailed
	return func(email string) (string, bool, error) {
		if why, asked := known.Load(email); asked {
			return why.(string), why != "", nil
		}
		why, is, err := never(email)
		if err != nil {
			return "", false, err
		}
		if !is {
			why = ""
		}
		known.Store(email, why)
		return why, is, nil
	}
}

// fitting is how many of the next messages are taken together.
func (n *fresh) fitting(looks []look) int {
	texts, octets := 0, int64(0)
	for i, l := range looks {
		if n.Limit > 0 && i == *n.left {
			return i
		}
		if !l.text {
			continue
		}
		texts++
		octets += min(l.Message.Size, mailbox.DefaultKeep)
		if texts > 1 && (texts > textsAtOnce || octets > octetsAtOnce) {
			return i
		}
	}
	return len(looks)
}

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

func (n *fresh) handled(c Case) {
	n.show(c)
	n.cursor = c.Message.Place.UID
	n.unsaved++
	*n.left--
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
