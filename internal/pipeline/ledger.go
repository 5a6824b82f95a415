package pipeline

import (
	"context"
	"net/netip"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/relay"
)

// Ledger remembers every message and what became of it. Each method is one
// transaction: it has happened, on disk, when the method returns nil.
type Ledger interface {
	// Cases returns what the ledger knows of a message: the case about its
	// source and the others, without the texts of their complaints.
	Cases(ctx context.Context, digest string) ([]complaint.Entry, error)

	// Record files the outcomes of a message's cases, where it lies (when
	// place is not zero), and the submissions to the relay, all or nothing.
	// The stronger cases come first. If a case has an entry already whose
	// Action is Final, that stays as it is, nothing is queued, and the existing
	// entry is returned. If a complaint about the same incident was filed or
	// held meanwhile (see complaint.Entry.Key), the entry becomes Merged and
	// nothing is queued. If the contact had enough meanwhile, it becomes what
	// Filing.Full makes of it, and nothing is queued either.
	Record(ctx context.Context, cases []Filing, place mailbox.Place) ([]complaint.Entry, error)

	// RecordAll is Record for several messages in one transaction: what becomes
	// of each is decided after those before it, as if they had been recorded one
	// after the other. It takes as many as are good for one transaction, at least
	// the first, and returns as many results. After an error none is recorded.
	RecordAll(ctx context.Context, all []Outcome) ([][]complaint.Entry, error)

	// Held lists the complaints that wait for approval, oldest first.
	Held(ctx context.Context) ([]complaint.Entry, error)

	// Approve moves a held complaint to Sent and queues it, atomically.
	// Approving what is not held is an error.
	Approve(ctx context.Context, digest string, sub relay.Submission) error

	// Drop moves a held complaint to Dropped.
	Drop(ctx context.Context, digest, why string) error

	// RecordTogether files one complaint, that of the lead, about all of the
	// messages, all or nothing. The others become Merged, whatever their Action
	// says. If the lead cannot be filed any more because something else was,
	// nothing happens to them, and what it has become is returned.
	RecordTogether(ctx context.Context, lead Filing, others []complaint.Entry) (complaint.Entry, error)

	// ComplaintAbout returns the complaint that speaks of an incident, if it
	// was filed, reached its desk and is not closed by the user; else the error
	// is complaint.ErrUnknown.
	ComplaintAbout(ctx context.Context, incident string) (complaint.Earlier, error)

	// Unresolved lists the complaints about a network to its own desk, and the
	// reminders, that were filed since a time, reached the desk, and did not
	// lead anywhere as far as the user said: oldest first, a few of them.
	Unresolved(ctx context.Context, network netip.Prefix, since time.Time) ([]complaint.Earlier, error)

	// Past returns what was filed before; its FiledDay counts from day on.
	Past(ctx context.Context, k complaint.Key, day time.Time) (complaint.Past, error)
}

// Outcome is that of a message: of all its cases, the stronger ones first.
type Outcome struct {
	Cases []Filing
	Place mailbox.Place // zero unless it lies in a mailbox
}

// Filing is the outcome of a case, and what is to be sent.
type Filing struct {
	Entry      complaint.Entry
	Submission *relay.Submission // nil unless the Action is Sent

	// Full says what becomes of a complaint that is to be filed or held, given
	// what was filed until now. It is asked in the transaction that files: the
	// policy was asked before, and other programs file, too. nil: no limits.
	Full func(e complaint.Entry, past complaint.Past) (instead complaint.Entry, full bool)
}

// Progress remembers, per IMAP folder, how far a sweep came. It is separate
// from Ledger since only sweeps need it.
type Progress interface {
	// Cursor returns the UIDVALIDITY and the last UID seen of a folder; zeros
	// for a folder never swept.
	Cursor(ctx context.Context, account, folder string) (uidValidity, uid uint32, err error)

	// SetCursor records that every message up to uid is in the ledger.
	SetCursor(ctx context.Context, account, folder string, uidValidity, uid uint32) error

	// Known returns what the ledger knows of the messages that lie in a folder
	// with a UID higher than after, by UID: their cases, as Ledger.Cases has them.
	Known(ctx context.Context, account, folder string, uidValidity, after uint32) (map[uint32][]complaint.Entry, error)

	// DeferredUIDs lists messages of a folder with a case that is Deferred and
	// need not wait any longer.
	DeferredUIDs(ctx context.Context, account, folder string, uidValidity uint32, now time.Time) ([]uint32, error)

	// UnmarkedUIDs lists messages of a folder of which something was filed
	// (Sent) and nothing is Deferred, but whose flag or move in the mailbox is
	// not done yet.
	UnmarkedUIDs(ctx context.Context, account, folder string, uidValidity uint32) ([]uint32, error)

	// Visited records that a visit to a folder came to its end, or, with an
	// error, that it did not and why.
	Visited(ctx context.Context, account, folder string, failure error) error

	// SetMarked records that the flag or move was done.
	SetMarked(ctx context.Context, account, folder string, uidValidity uint32, uids []uint32) error
}
