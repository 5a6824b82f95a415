package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

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
