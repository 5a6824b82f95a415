package mailbox

import "context"

// Marker changes the selected folder of an IMAP account, after messages were
// filed. Both methods may be repeated for the same messages, as a sweep that
// was interrupted does, and may be called in the loop over Headers or Fetch.
//
// A sweep, in short (s is a Session; a dry run selects read-only):
//
//	folder, err := s.Select(ctx, "Junk", dryRun)
//	if folder.UIDValidity != cursor.UIDValidity {
//		cursor.UID = 0 // start anew: the old UIDs are void
//	}
//	for list, err := range s.Headers(ctx, cursor.UID, mailbox.HeaderOptions{}) {
//		if err != nil {
//			return err // the session is over
//		}
//		for m, err := range s.Fetch(ctx, those of list whose text matters, mailbox.FetchOptions{}) {
//			if err != nil && m.Place.UID == 0 {
//				return err // the same
//			}
//			… // file m, or the error about m
//		}
//		… // then the cursor may move to the last UID of list
//	}
type Marker interface {
	Mark(ctx context.Context, uids []uint32) error
	Move(ctx context.Context, uids []uint32, folder string) error
}

var _ Marker = (*Session)(nil)
