package mailbox

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Reported is the keyword (RFC 9051 §2.3.2) of a message that was reported.
const Reported = "$SpamReported"

// Session is a connection to an IMAP account, made by Dial. It is for one
// goroutine. Once an error wraps ErrTemporary or the error of a context, the
// connection is closed and every further call fails; dial again.
type Session struct {
	account Account
	conn    *guardedConn
	wire    *sieve // above TLS, under client
	client  *imapclient.Client
	tls     *tls.ConnectionState // nil without TLS
	folder  Folder               // the selected one; zero before
	news    chan struct{}
	ahead   []*flight // header blocks that are on their way, see Headers
}

// Folder is a selected folder.
type Folder struct {
	Name        string
	UIDValidity uint32 // when it changes, every UID of before is void (RFC 9051 §2.3.1.1)
	UIDNext     uint32 // the next message to come has this UID or a higher one
	Messages    uint32
	ReadOnly    bool
	CanMark     bool // the server stores the keyword Reported for good
}

// FolderInfo is a folder in a listing.
type FolderInfo struct {
	Name       string
	SpecialUse string // `\Junk`, `\Sent`, … (RFC 6154); empty when it has none
	Selectable bool   // it can hold messages
}

// TLS says how the connection is protected; nil when it is not.
func (s *Session) TLS() *tls.ConnectionState { return s.tls }

// ask runs commands of the library with the limits that it lacks: the context,
// and the time that the server may be silent. What is on its way comes first.
func (s *Session) ask(ctx context.Context, commands func() error) error {
	for _, f := range s.ahead {
		<-f.landed
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	defer s.expect(ctx)()
	return commands()
}

// expect begins a time in which the server owes an answer, and returns what
// ends it.
func (s *Session) expect(ctx context.Context) (end func()) {
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	s.conn.expect()
	return func() {
		s.conn.relax()
		stop()
	}
}

// abort drops the connection.
func (s *Session) abort() {
	_ = s.conn.Close()
	if s.client != nil {
		_ = s.client.Close()
	}
}

// Close logs out and closes the connection.
func (s *Session) Close() error {
	// A server that is gone need not be told, and a folder left by LOGOUT is
	// not expunged, as it would be by CLOSE (RFC 9051 §6.4.1).
	ctx, cancel := context.WithTimeout(context.Background(), logoutTimeout)
	defer cancel()
	_ = s.ask(ctx, func() error { return s.client.Logout().Wait() })
	s.abort()
	return nil
}

// Select opens a folder. Read-only, it cannot be changed through this session.
// A folder that is not there is ErrNoFolder and the error says which are.
func (s *Session) Select(ctx context.Context, folder string, readOnly bool) (Folder, error) {
	var selected *imap.SelectData
	s.folder = Folder{}
	err := s.ask(ctx, func() (err error) {
		selected, err = s.client.Select(folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		return err
	})
	if err := s.explain(ctx, err, "open folder %q at %s", folder, s.account.address()); err != nil {
		if refused(err) {
			return Folder{}, s.missing(ctx, folder, err)
		}
		return Folder{}, err
	}
	s.folder = Folder{
		Name: folder, UIDValidity: selected.UIDValidity, UIDNext: uint32(selected.UIDNext),
		Messages: selected.NumMessages, ReadOnly: readOnly,
		CanMark: slices.ContainsFunc(selected.PermanentFlags, func(f imap.Flag) bool {
			return f == imap.FlagWildcard || strings.EqualFold(string(f), Reported)
		}),
	}
	return s.folder, nil
}

// missing tells a folder that is not there from one that cannot be opened.
func (s *Session) missing(ctx context.Context, folder string, refusal error) error {
	folders, err := s.Folders(ctx)
	if err != nil {
		return refusal
	}
	for _, f := range folders {
		if f.Name == folder && f.Selectable {
			return refusal
		}
	}
	return errorf(fmt.Errorf("%w; %s", ErrNoFolder, suggest(folder, folders)),
		"open folder %q at %s", folder, s.account.address())
}

// Folders lists the folders of the account by name.
func (s *Session) Folders(ctx context.Context) ([]FolderInfo, error) {
	var listed []*imap.ListData
	err := s.ask(ctx, func() (err error) {
		var options *imap.ListOptions
		// Many servers tell special uses unasked; the others say that they can.
		if caps := s.client.Caps(); caps.Has(imap.CapSpecialUse) && caps.Has(imap.CapListExtended) {
			options = &imap.ListOptions{ReturnSpecialUse: true}
		}
		listed, err = s.client.List("", "*", options).Collect()
		return err
	})
	if err != nil {
		return nil, s.explain(ctx, err, "list the folders at %s", s.account.address())
	}
	folders := make([]FolderInfo, 0, len(listed))
	for _, l := range listed {
		f := FolderInfo{Name: l.Mailbox, Selectable: true}
		for _, attr := range l.Attrs {
			switch attr {
			case imap.MailboxAttrNoSelect, imap.MailboxAttrNonExistent:
				f.Selectable = false
			case imap.MailboxAttrAll, imap.MailboxAttrArchive, imap.MailboxAttrDrafts, imap.MailboxAttrFlagged,
				imap.MailboxAttrJunk, imap.MailboxAttrSent, imap.MailboxAttrTrash, imap.MailboxAttrImportant:
				f.SpecialUse = string(attr)
			}
		}
		folders = append(folders, f)
	}
	slices.SortFunc(folders, func(a, b FolderInfo) int { return strings.Compare(a.Name, b.Name) })
	return folders, nil
}

// selected guards what needs a folder, and one that may be changed.
func (s *Session) selected(change bool) error {
	switch {
	case s.folder.Name == "":
		return errorf(ErrNoSelect, "at %s", s.account.address())
	case change && s.folder.ReadOnly:
		return errorf(ErrReadOnly, "change folder %q at %s", s.folder.Name, s.account.address())
	}
	return nil
}
