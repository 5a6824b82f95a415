package followup

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
)

// Folder is the folder that answers come to, selected; *mailbox.Session is one.
type Folder interface {
	UIDs(ctx context.Context, after uint32) ([]uint32, error)
	Fetch(ctx context.Context, uids []uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error]
}

// Book keeps the replies. Each method is one transaction.
type Book interface {
	Complaints

	// FirstFiled is when the first complaint was filed or the first mail was
	// queued; zero when there was neither.
	FirstFiled(ctx context.Context) (time.Time, error)

	// RecordReply keeps a reply, unless it is there; it reports whether it is
	// new. A contact that is gone makes the complaint wait for another one,
	// unless it had another one before.
	RecordReply(ctx context.Context, r Reply) (bool, error)

	// Cursor and SetCursor are those of pipeline.Progress.
	Cursor(ctx context.Context, account, folder string) (uidValidity, uid uint32, err error)
	SetCursor(ctx context.Context, account, folder string, uidValidity, uid uint32) error
}

// Inbox reads the folder that answers come to. It can be killed anywhere: the
// cursor moves after what is below it was recorded, and a reply that is seen
// again changes nothing.
type Inbox struct {
	Book    Book
	DryRun  bool // nothing is recorded
	Observe func(Reply)

	// Other is given what belongs to no complaint; nil: it is passed over.
	Other func(ctx context.Context, m mailbox.Message) error
}

const (
	// checkpoint is how many messages may have to be looked at again.
	checkpoint = 200

	// slack is how far the clocks of a mail server and of this machine may be
	// apart.
	slack = 24 * time.Hour
)

// Run reads what came since the last run.
func (in *Inbox) Run(ctx context.Context, f Folder, place mailbox.Place) error {
	since, err := in.Book.FirstFiled(ctx)
	if err != nil {
		return fmt.Errorf("read when the first mail was sent: %w", err)
	}
	if since.IsZero() {
		return nil // what could there be an answer to?
	}
	cursor, err := in.cursor(ctx, place)
	if err != nil {
		return err
	}
	uids, err := f.UIDs(ctx, cursor)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(uids, checkpoint) {
		wanted := batch
		if cursor == 0 {
			if wanted, err = recent(ctx, f, batch, since.Add(-slack)); err != nil {
				return err
			}
		}
		if err := in.read(ctx, f, wanted); err != nil {
			return err
		}
		if err := in.save(ctx, place, batch[len(batch)-1]); err != nil {
			return err
		}
	}
	return nil
}

// progress is the name under which the cursor is kept. The folder may also be
// one that is swept for spam, with a cursor of its own; no folder is called
// this, since the configuration takes no line breaks.
func progress(folder string) string { return "replies\n" + folder }

func (in *Inbox) cursor(ctx context.Context, place mailbox.Place) (uint32, error) {
	validity, uid, err := in.Book.Cursor(ctx, place.Account, progress(place.Folder))
	if err != nil {
		return 0, fmt.Errorf("read how far the answers in %s were read: %w", place.Folder, err)
	}
	if validity != place.UIDValidity {
		return 0, nil // RFC 9051 §2.3.1.1: the old UIDs mean nothing
	}
	return uid, nil
}

func (in *Inbox) save(ctx context.Context, place mailbox.Place, uid uint32) error {
	if in.DryRun {
		return nil
	}
	if err := in.Book.SetCursor(ctx, place.Account, progress(place.Folder), place.UIDValidity, uid); err != nil {
		return fmt.Errorf("record how far the answers in %s were read: %w", place.Folder, err)
	}
	return nil
}

// recent leaves out what came before there was anything to answer. A mailbox
// of many years is thus not read whole the first time.
func recent(ctx context.Context, f Folder, uids []uint32, since time.Time) ([]uint32, error) {
	var out []uint32
	for m, err := range f.Fetch(ctx, uids, mailbox.FetchOptions{HeaderOnly: true}) {
		switch {
		case err != nil && m.Place.UID == 0:
			return nil, err
		case err != nil || !m.Received.Before(since):
			out = append(out, m.Place.UID)
		}
	}
	return out, nil
}

func (in *Inbox) read(ctx context.Context, f Folder, uids []uint32) error {
	for m, err := range f.Fetch(ctx, uids, mailbox.FetchOptions{}) {
		if err != nil && m.Place.UID == 0 {
			return err // the session is over
		}
		if err != nil {
			continue // too large or gone: no answer of a desk
		}
		if err := in.one(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) one(ctx context.Context, m mailbox.Message) error {
	reply, err := Read(ctx, m, in.Book)
	switch {
	case errors.Is(err, complaint.ErrUnknown):
		if in.Other == nil || in.DryRun {
			return nil
		}
		return in.Other(ctx, m)
	case err != nil:
		return fmt.Errorf("match %s to its complaint: %w", m.Name, err)
	}
	fresh := true
	if !in.DryRun {
		if fresh, err = in.Book.RecordReply(ctx, reply); err != nil {
			return fmt.Errorf("record %s: %w", m.Name, err)
		}
	}
	if fresh && in.Observe != nil {
		in.Observe(reply)
	}
	return nil
}
