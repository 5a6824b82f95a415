package mailbox

import (
	"context"
	"iter"
)

// Reader is the reading half of a sweep, which Session implements. A dry run
// needs no more.
//
//	folder, err := r.Select(ctx, "Junk", dryRun)
//	if folder.UIDValidity != cursor.UIDValidity { cursor.UID = 0 } // start anew: the old UIDs are void
//	for m, err := range r.After(ctx, cursor.UID, mailbox.FetchOptions{}) {
//		if err != nil && m.Place.UID == 0 { return err } // the session is over
//		… // file m, or the error about m; then the cursor may move to m.Place.UID
//	}
type Reader interface {
	Select(ctx context.Context, folder string, readOnly bool) (Folder, error)
	After(ctx context.Context, uid uint32, opts FetchOptions) iter.Seq2[Message, error]
	Fetch(ctx context.Context, uids []uint32, opts FetchOptions) iter.Seq2[Message, error]
}

// Marker is the half that changes a folder, after messages were filed. Both
// methods may be repeated for the same messages, so an interrupted sweep does.
type Marker interface {
	Mark(ctx context.Context, uids []uint32) error
	Move(ctx context.Context, uids []uint32, folder string) error
}

// Mailbox is both, and how to be done with it.
type Mailbox interface {
	Reader
	Marker
	Close() error
}

var _ Mailbox = (*Session)(nil)
