package mailbox

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// section is what is fetched of each message. Never without PEEK: BODY[] sets
// \Seen.
func (f *fetch) section() *imap.FetchItemBodySection {
	section := &imap.FetchItemBodySection{Peek: true}
	if f.opts.HeaderOnly {
		section.Specifier = imap.PartSpecifierHeader
	}
	return section
}

// send sends one FETCH. Its answer must be drained.
func (f *fetch) send(set imap.UIDSet) *imapclient.FetchCommand {
	return f.s.client.Fetch(set, &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: f.opts.HeaderOnly,
		BodySection: []*imap.FetchItemBodySection{f.section()},
	})
}

// drain takes the answer to a FETCH of so many messages into memory, as far as
// the budget goes.
func (f *fetch) drain(cmd *imapclient.FetchCommand, messages int) (batch, error) {
	b := batch{messages: make(map[uint32]fetched, messages)}
	t := taker{fetch: f}
	budget := int64(batchBudget)
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		// Beyond the budget it is only counted. Sent twice, it counts once.
		uid, got, err := t.take(data, budget > 0)
		switch _, twice := b.messages[uid]; {
		case errors.Is(err, errBroken):
			_ = f.s.conn.Close()
			return batch{}, err // without cmd.Close, see errBroken
		case err == nil && !twice:
			b.messages[uid] = got
			budget -= int64(len(got.message.Raw))
		}
	}
	return b, cmd.Close()
}

var (
	errNoText = errors.New("no text")

	// errBroken: the connection ended within a message. The library's own
	// goroutine is then already beyond that message, so reading on from it,
	// as Next and Close do to skip the rest, would be a data race.
	errBroken = errors.New("closed within a message")
)

// taker reads messages off the wire.
type taker struct {
	*fetch
	buffer []byte // for copying
}

// item is what the server says of a message beside its text.
type item struct {
	uid      uint32
	size     int64
	received time.Time
	reported bool
}

// take reads one message off the wire. It is errNoText when its text did not
// come (a mere change of flags, told in between) or is not wanted now.
func (t *taker) take(data *imapclient.FetchMessageData, keep bool) (uid uint32, got fetched, err error) {
	var it item
	err = errNoText
	for part := data.Next(); part != nil; part = data.Next() {
		switch part := part.(type) {
		case imapclient.FetchItemDataUID:
			it.uid = uint32(part.UID)
		case imapclient.FetchItemDataInternalDate:
			it.received = part.Time
		case imapclient.FetchItemDataRFC822Size:
			it.size = part.Size
		case imapclient.FetchItemDataFlags:
			it.reported = slices.ContainsFunc(part.Flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), Reported) })
		case imapclient.FetchItemDataBodySection:
			if part.Literal == nil {
				continue // NIL: expunged
			}
			whole := false
			switch {
			case !keep:
				whole = t.pass(io.Discard, part.Literal)
			case t.opts.HeaderOnly:
				got, whole = t.header(part.Literal)
			default:
				got, whole = t.text(part.Literal)
			}
			if !whole {
				return 0, fetched{}, errBroken
			}
			if keep {
				err = nil
			}
		}
	}
	if err != nil || it.uid == 0 {
		return it.uid, fetched{}, errNoText
	}
	return it.uid, t.name(got, it), nil
}

// name adds what is known about a message beside its text.
func (t *taker) name(got fetched, it item) fetched {
	m := &got.message
	m.Name = fmt.Sprintf("%s/%d", t.folder.Name, it.uid)
	m.Place = Place{Account: t.s.account.Name, Folder: t.folder.Name, UIDValidity: t.folder.UIDValidity, UID: it.uid}
	m.Received, m.Reported = it.received, it.reported
	switch {
	case got.err != nil:
		got.err = fileError(m.Name, got.err)
	case t.opts.HeaderOnly:
		m.Size, m.Truncated = it.size, true
	}
	return got
}

// text reads a whole message; whole says that it came to its end.
func (t *taker) text(literal imap.LiteralReader) (got fetched, whole bool) {
	in := newIntake(t.opts.Limits)
	in.announce(literal.Size())
	whole = t.pass(in, literal)
	got.message, got.err = in.end()
	return got, whole
}

// header reads a header block.
func (t *taker) header(literal imap.LiteralReader) (got fetched, whole bool) {
	keep := min(literal.Size(), t.opts.withDefaults().Keep)
	if keep == 0 {
		got.err = ErrEmpty
	}
	got.message.Raw = make([]byte, keep)
	if _, err := io.ReadFull(literal, got.message.Raw); err != nil {
		return got, false
	}
	rest, err := io.Copy(io.Discard, literal)
	return got, err == nil && keep+rest == literal.Size()
}

// pass copies a text and says whether it came to its end: when the connection
// breaks, the library ends a literal as if it were complete.
func (t *taker) pass(to io.Writer, text imap.LiteralReader) bool {
	if t.buffer == nil {
		t.buffer = make([]byte, 32<<10)
	}
	n, err := io.CopyBuffer(to, text, t.buffer)
	return err == nil && n == text.Size()
}
