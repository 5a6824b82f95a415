package pipeline

import (
	"context"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/relay"
)

// Ledger remembers every message and what became of it. Each method is one
// transaction: it has happened, on disk, when the method returns nil.
type Ledger interface {
	// Entry returns what the ledger knows of a message, or an error that is
	// complaint.ErrUnknown.
	Entry(ctx context.Context, digest string) (complaint.Entry, error)

	// Record files the outcome of a message, where it lies (when place is not
	// zero), and the submission to the relay (when sub is not nil), all or
	// nothing. If the message has an entry already whose Action is Final, the
	// entry stays as it is, nothing is queued, only the place is added, and
	// the existing entry is returned. If a complaint about the same incident
	// was filed or held meanwhile (see complaint.Entry.Key), the entry becomes
	// Merged and nothing is queued.
	Record(ctx context.Context, e complaint.Entry, place mailbox.Place, sub *relay.Submission) (complaint.Entry, error)

	// Held lists the complaints that wait for approval, oldest first.
	Held(ctx context.Context) ([]complaint.Entry, error)

	// Approve moves a held complaint to Sent and queues it, atomically.
	// Approving what is not held is an error.
	Approve(ctx context.Context, digest string, sub relay.Submission) error

	// Drop moves a held complaint to Dropped.
	Drop(ctx context.Context, digest, why string) error

	// RecordTogether files one complaint, that of the first entry, about all
	// of them, all or nothing. The others become Merged, whatever their Action
	// says. If the first one cannot be filed any more because something else
	// was, nothing happens, and what it has become is returned.
	RecordTogether(ctx context.Context, entries []complaint.Entry, sub *relay.Submission) (complaint.Entry, error)

	// Past returns what was filed before; its FiledDay counts from day on.
	Past(ctx context.Context, k complaint.Key, day time.Time) (complaint.Past, error)
}

// Progress remembers, per IMAP folder, how far a sweep came. It is separate
// from Ledger since only sweeps need it.
type Progress interface {
	// Cursor returns the UIDVALIDITY and the last UID seen of a folder; zeros
	// for a folder never swept.
	Cursor(ctx context.Context, account, folder string) (uidValidity, uid uint32, err error)

	// SetCursor records that every message up to uid is in the ledger.
	SetCursor(ctx context.Context, account, folder string, uidValidity, uid uint32) error

	// DeferredUIDs lists messages of a folder whose entry is Deferred.
	DeferredUIDs(ctx context.Context, account, folder string, uidValidity uint32) ([]uint32, error)

	// UnmarkedUIDs lists messages of a folder that were filed (Sent) but whose
	// flag or move in the mailbox is not done yet.
	UnmarkedUIDs(ctx context.Context, account, folder string, uidValidity uint32) ([]uint32, error)

	// Visited records that a visit to a folder came to its end, or, with an
	// error, that it did not and why.
	Visited(ctx context.Context, account, folder string, failure error) error

	// SetMarked records that the flag or move was done.
	SetMarked(ctx context.Context, account, folder string, uidValidity uint32, uids []uint32) error
}
