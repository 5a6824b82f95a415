package pipeline

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"spamreport/complaint"
	"spamreport/internal/enclosed"
	"spamreport/internal/mailbox"
)

// Folder is an IMAP folder that is selected; *mailbox.Session is one.
type Folder interface {
	Headers(ctx context.Context, uid uint32, opts mailbox.HeaderOptions) iter.Seq2[[]mailbox.Message, error]
	After(ctx context.Context, uid uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error]
	Fetch(ctx context.Context, uids []uint32, opts mailbox.FetchOptions) iter.Seq2[mailbox.Message, error]
	mailbox.Marker
}

// After is what happens to a message in the mailbox once its complaint is
// safe in the queue. The zero value does nothing.
type After struct {
	Flag   bool   // set the keyword $SpamReported
	MoveTo string // or move it to this folder
}

// Sweep takes every new message of a folder through the stages.
//
// Headers come first, a few hundred at a time. What they decide is decided, and
// only the other messages are fetched whole; see Stages.Glance.
//
// Its order is what makes it safe to kill: outcome on disk, then the cursor,
// then the mark in the mailbox. Whatever is missing after a kill is done by
// the next sweep: messages above the cursor are seen again and found in the
// ledger, and marks that are missing are listed there.
type Sweep struct {
	Stages   *Stages
	Progress Progress // nil: nothing was ever swept (a dry run on an empty state)
	After    After
	Unpack   enclosed.Senders // see Account
	Auto     bool             // complaints go out without a person's approval
	DryRun   bool             // nothing is written, here or in the mailbox
	Headers  bool             // a dry run that fetches no text unless a header tells nothing
	Limit    int              // at most so many messages of a folder; 0: all
	Since    time.Time        // older messages are passed over; zero: none
	Observe  func(Case)
	Log      *slog.Logger // nil: no log

	// Turn takes the turn to sweep a folder of an account, and returns what
	// ends it. ErrSweepRuns: another process is at it, and the folder is passed
	// over. nil: there is no other.
	Turn func(ctx context.Context, account, folder string) (end func(), err error)
}

// checkpoint is how many messages may have to be looked at again after a
// kill: the cursor costs a sync of the disk, so it is not moved for each.
const checkpoint = 50

// Run sweeps one selected folder.
func (s *Sweep) Run(ctx context.Context, f Folder, place mailbox.Place) error {
	cursor, err := s.cursor(ctx, place)
	if err != nil {
		return err
	}
	left := s.Limit
	if s.Progress != nil {
		if err := s.again(ctx, f, place, &left); err != nil {
			return err
		}
	}
	if err := s.fresh(ctx, f, place, cursor, &left); err != nil {
		return err
	}
	if s.DryRun {
		return nil
	}
	return s.mark(ctx, f, place)
}

// cursor is the last UID seen. UIDs mean nothing once UIDVALIDITY has changed
// (RFC 9051 §2.3.1.1); then the folder is read from the start, and the ledger
// recognises what was handled before.
func (s *Sweep) cursor(ctx context.Context, place mailbox.Place) (uint32, error) {
	if s.Progress == nil {
		return 0, nil
	}
	validity, uid, err := s.Progress.Cursor(ctx, place.Account, place.Folder)
	if err != nil {
		return 0, fmt.Errorf("read how far %s was swept: %w", place.Folder, err)
	}
	if validity != place.UIDValidity {
		return 0, nil
	}
	return uid, nil
}

// again takes up the messages that an earlier sweep could not decide on. Those
// that waited for their contact go to it in one letter.
func (s *Sweep) again(ctx context.Context, f Folder, place mailbox.Place, left *int) error {
	uids, err := s.Progress.DeferredUIDs(ctx, place.Account, place.Folder, place.UIDValidity, s.Stages.now())
	if err != nil {
		return fmt.Errorf("list the deferred messages of %s: %w", place.Folder, err)
	}
	var post outbox
	for start := 0; start < len(uids); start += checkpoint {
		batch := uids[start:min(start+checkpoint, len(uids))]
		for m, err := range f.Fetch(ctx, batch, s.fetching()) {
			if err != nil && m.Place.UID == 0 {
				return err
			}
			if _, err := s.one(ctx, m, err, left, &post); err != nil {
				return err
			}
			if s.Limit > 0 && *left == 0 {
				return s.dispatch(ctx, post)
			}
		}
	}
	return s.dispatch(ctx, post)
}

func (s *Sweep) save(ctx context.Context, place mailbox.Place, uid uint32) error {
	if s.DryRun {
		return nil
	}
	if err := s.Progress.SetCursor(ctx, place.Account, place.Folder, place.UIDValidity, uid); err != nil {
		return fmt.Errorf("record how far %s was swept: %w", place.Folder, err)
	}
	return nil
}

// one handles one message, or the error that its fetch came to; it reports
// false for what Since passes over. What waited for its contact is put into
// post, when there is one.
func (s *Sweep) one(ctx context.Context, m mailbox.Message, fetchErr error, left *int, post *outbox) (bool, error) {
	if fetchErr == nil && s.tooOld(m) {
		return false, nil
	}
	*left--
	if fetchErr == nil && len(s.Unpack) > 0 {
		return true, s.unpack(ctx, m, post)
	}
	c, err := s.examine(ctx, m, fetchErr)
	if err != nil {
		return true, err
	}
	return true, s.close(ctx, c, s.Auto, post)
}

func (s *Sweep) tooOld(m mailbox.Message) bool {
	return !s.Since.IsZero() && m.Received.Before(s.Since)
}

// close puts the outcome of a message on disk, or rehearses it.
func (s *Sweep) close(ctx context.Context, c Case, allowed bool, post *outbox) (err error) {
	if post != nil && c.waited && c.Action == complaint.WouldSend {
		if post.room(c) {
			return s.post(ctx, c, post)
		}
		c = c.end(complaint.Deferred, fmt.Sprintf("The letter to %s is full; this waits for the next one.", c.key.Contact))
	}
	if c, err = s.settle(ctx, c, allowed); err != nil {
		return err
	}
	s.show(c)
	return nil
}

// settle puts the outcome on disk; a dry run only remembers it.
func (s *Sweep) settle(ctx context.Context, c Case, allowed bool) (Case, error) {
	if !s.DryRun {
		return s.Stages.Settle(ctx, c, allowed)
	}
	c, err := s.Stages.Rehearse(ctx, c)
	if err != nil {
		return c, err
	}
	all := c.All()
	for i := range all {
		if all[i].Action == complaint.WouldSend {
			all[i].Why = "dry run; nothing is sent"
		}
	}
	return gather(all), nil
}

func (s *Sweep) show(c Case) {
	if s.Observe != nil {
		s.Observe(c)
	}
}

func (s *Sweep) examine(ctx context.Context, m mailbox.Message, fetchErr error) (Case, error) {
	if fetchErr != nil {
		// What cannot be read has no digest; its place identifies it.
		c := Case{Message: m, Incident: complaint.Incident{Digest: fmt.Sprintf("unread %s %d %s", m.Place.Account, m.Place.UIDValidity, m.Name)}}
		return c.end(complaint.Skipped, fetchErr.Error()), nil
	}
	c, err := s.Stages.Examine(ctx, m)
	if err == nil && m.Reported && c.Action != complaint.Duplicate {
		// Another machine, or this one before it lost its ledger, reported it.
		c.Complaint, c.Others = nil, nil
		return c.end(complaint.Skipped, wasReported), nil
	}
	return c, err
}

const wasReported = "the mailbox says that it was reported already (" + mailbox.Reported + ")"

// mark does in the mailbox what After says for each message whose complaint
// is queued, those of earlier sweeps included.
func (s *Sweep) mark(ctx context.Context, f Folder, place mailbox.Place) error {
	if s.After == (After{}) {
		return nil
	}
	uids, err := s.Progress.UnmarkedUIDs(ctx, place.Account, place.Folder, place.UIDValidity)
	if err != nil {
		return fmt.Errorf("list the messages of %s to mark: %w", place.Folder, err)
	}
	for start := 0; start < len(uids); start += checkpoint {
		batch := uids[start:min(start+checkpoint, len(uids))]
		do := f.Mark
		if s.After.MoveTo != "" {
			do = func(ctx context.Context, uids []uint32) error { return f.Move(ctx, uids, s.After.MoveTo) }
		}
		if err := do(ctx, batch); err != nil {
			return err
		}
		if err := s.Progress.SetMarked(ctx, place.Account, place.Folder, place.UIDValidity, batch); err != nil {
			return fmt.Errorf("record the marks in %s: %w", place.Folder, err)
		}
	}
	return nil
}
