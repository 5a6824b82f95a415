package mailbox

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Mark sets the keyword Reported on messages of the selected folder. Messages
// that are gone are passed over. ErrNoKeyword says that the server would
// forget it.
func (s *Session) Mark(ctx context.Context, uids []uint32) error {
	switch err := s.selected(true); {
	case err != nil:
		return err
	case !s.folder.CanMark:
		return errorf(ErrNoKeyword, "mark messages in folder %q at %s", s.folder.Name, s.account.address())
	}
	for part := range slices.Chunk(uids, uidsPerCommand) {
		err := s.ask(ctx, func() error {
			return s.client.Store(uidSet(part), &imap.StoreFlags{
				Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{Reported},
			}, nil).Close()
		})
		if err != nil {
			return s.explain(ctx, err, "mark messages in folder %q at %s", s.folder.Name, s.account.address())
		}
	}
	return nil
}

// Move moves messages of the selected folder to another one, which is created
// when it is missing. Messages that are gone are passed over.
//
// It takes a server that can MOVE (RFC 6851) and is ErrNoMove otherwise. The
// way of old, COPY and \Deleted and EXPUNGE, also removes what somebody else
// has marked \Deleted, and this package never expunges.
func (s *Session) Move(ctx context.Context, uids []uint32, folder string) error {
	if err := s.selected(true); err != nil {
		return err
	}
	// Without this check, the library would go the way of old.
	switch canMove, err := s.CanMove(ctx); {
	case err != nil:
		return err
	case !canMove:
		return errorf(ErrNoMove, "move messages from %q to %q at %s", s.folder.Name, folder, s.account.address())
	}
	for part := range slices.Chunk(uids, uidsPerCommand) {
		err := s.move(ctx, part, folder)
		if err != nil {
			return s.explain(ctx, err, "move messages from %q to %q at %s", s.folder.Name, folder, s.account.address())
		}
	}
	return nil
}

// CanMove reports whether the server takes what Move asks for.
func (s *Session) CanMove(ctx context.Context) (bool, error) {
	can := false
	err := s.ask(ctx, func() error { can = s.client.Caps().Has(imap.CapMove); return nil })
	return can, s.explain(ctx, err, "ask what can be done at %s", s.account.address())
}

func (s *Session) move(ctx context.Context, uids []uint32, folder string) error {
	command := func() error {
		_, err := s.client.Move(uidSet(uids), folder).Wait()
		return err
	}
	err := s.ask(ctx, command)
	var status *imap.Error
	if !errors.As(err, &status) || status.Type != imap.StatusResponseTypeNo ||
		status.Code != imap.ResponseCodeTryCreate && status.Code != imap.ResponseCodeNonExistent {
		return err
	}
	create := s.ask(ctx, func() error { return s.client.Create(folder, nil).Wait() })
	// Somebody else may have been quicker; then the move goes through.
	if create != nil && !errors.As(create, &status) {
		return create
	}
	if err := s.ask(ctx, command); err != nil {
		return errors.Join(create, err)
	}
	return nil
}
