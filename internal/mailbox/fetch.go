package mailbox

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// How much one FETCH asks for. Between two of them nothing is under way, so a
// caller may take his time with each message: a server drops a client that
// leaves its answers unread for minutes.
const (
	bodiesPerFetch  = 64
	headersPerFetch = 500
	uidsPerCommand  = 500      // keeps command lines below the 8,000 octets that servers take (RFC 7162 §4)
	maxMessages     = 10 << 20 // in a folder; "1:4294967295" costs a hostile server 12 octets and us 16 GiB
	batchBudget     = 8 << 20  // octets kept of the messages of one FETCH; what is beyond is fetched again
)

var errTooMany = errors.New("the server lists more messages than a folder can hold")

// FetchOptions says what to fetch. The zero value fetches whole messages.
type FetchOptions struct {
	Limits

	// HeaderOnly fetches the header block (BODY.PEEK[HEADER]). Messages then
	// have no digest and are Truncated.
	HeaderOnly bool

	// Sizes are those of whole messages, by UID, where the caller knows them
	// from their headers; the server is asked for the others. 0: unknown.
	Sizes map[uint32]int64
}

// UIDs lists the messages of the selected folder whose UID is higher than
// after, in ascending order.
func (s *Session) UIDs(ctx context.Context, after uint32) ([]uint32, error) {
	if err := s.selected(false); err != nil || after == 1<<32-1 {
		return nil, err
	}
	// "n:*" also finds the last message when its UID is below n (RFC 9051 §6.4.8).
	found, err := s.search(ctx, imap.UIDSet{{Start: imap.UID(after) + 1, Stop: 0}})
	return slices.DeleteFunc(found, func(uid uint32) bool { return uid <= after }), err
}

func (s *Session) search(ctx context.Context, set imap.UIDSet) ([]uint32, error) {
	var found *imap.SearchData
	err := s.ask(ctx, func() (err error) {
		var options *imap.SearchOptions
		if s.client.Caps().Has(imap.CapESearch) {
			options = &imap.SearchOptions{ReturnAll: true} // ranges instead of numbers
		}
		found, err = s.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}}, options).Wait()
		return err
	})
	if err != nil {
		return nil, s.explain(ctx, err, "list the messages of folder %q at %s", s.folder.Name, s.account.address())
	}
	all, _ := found.All.(imap.UIDSet)
	var uids []uint32
	for _, r := range all {
		for uid := uint64(min(r.Start, r.Stop)); uid != 0 && uid <= uint64(max(r.Start, r.Stop)); uid++ {
			if len(uids) == maxMessages {
				return nil, errorf(errTooMany, "list the messages of folder %q at %s", s.folder.Name, s.account.address())
			}
			uids = append(uids, uint32(uid)) // #nosec G115 -- between two of 32 bits
		}
	}
	slices.Sort(uids)
	return uids, nil
}

// After fetches the messages whose UID is higher than uid, in ascending order.
// See Fetch.
func (s *Session) After(ctx context.Context, uid uint32, opts FetchOptions) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		uids, err := s.UIDs(ctx, uid)
		if err != nil {
			yield(Message{}, err)
			return
		}
		s.Fetch(ctx, uids, opts)(yield)
	}
}

// Fetch fetches messages of the selected folder by UID, in the order given.
// They stay unread. One that was deleted in the meantime is left out.
//
// An error with a Place.UID is about this one message, and the next ones
// follow; any other error is the last item. Up to 8 MiB of messages, and one
// more, are in memory. Other methods of the session may be called in the loop.
func (s *Session) Fetch(ctx context.Context, uids []uint32, opts FetchOptions) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		if err := s.selected(false); err != nil {
			yield(Message{}, err)
			return
		}
		f := newFetch(s, opts)
		for len(uids) > 0 {
			batch, err := f.next(ctx, uids)
			if err != nil {
				yield(Message{}, err)
				return
			}
			for _, uid := range uids[:batch.covers] {
				got, found := batch.messages[uid]
				if !found {
					continue // deleted in the meantime
				}
				if !yield(got.message, got.err) {
					return
				}
			}
			uids = uids[batch.covers:]
		}
	}
}

// fetch is one run of Fetch.
type fetch struct {
	s      *Session
	opts   FetchOptions
	folder Folder
	sizes  map[uint32]int64 // of whole messages, for the next few UIDs
}

func newFetch(s *Session, opts FetchOptions) *fetch {
	return &fetch{s: s, opts: opts, folder: s.folder, sizes: opts.Sizes}
}

// fetched is a message as it came.
type fetched struct {
	message Message
	err     error // about this message
}

// batch is what one FETCH brought. It covers the first UIDs asked for; those
// not among its messages are gone.
type batch struct {
	covers   int
	messages map[uint32]fetched
}

// next fetches the next few messages.
func (f *fetch) next(ctx context.Context, uids []uint32) (batch, error) {
	if err := f.still(); err != nil {
		return batch{}, err
	}
	n := min(len(uids), headersPerFetch)
	if !f.opts.HeaderOnly {
		var err error
		if n, err = f.fitting(ctx, uids); err != nil {
			return batch{}, err
		}
	}
	asked := uids[:n]
	b, err := f.get(ctx, asked)
	if err != nil {
		return batch{}, err
	}
	return b, f.settle(ctx, asked, &b)
}

// still reports whether the folder is the one that the run began with.
func (f *fetch) still() error {
	if f.s.folder.Name != f.folder.Name || f.s.folder.UIDValidity != f.folder.UIDValidity {
		return errorf(errors.New("another folder was selected meanwhile"), "fetch from folder %q", f.folder.Name)
	}
	return nil
}

// fitting says how many of the next messages fit the budget. It asks for their
// sizes first: otherwise a few large messages would be fetched twice.
func (f *fetch) fitting(ctx context.Context, uids []uint32) (int, error) {
	n := min(len(uids), bodiesPerFetch)
	if _, known := f.sizes[uids[0]]; !known {
		f.sizes = make(map[uint32]int64)
		ask := uids[:min(len(uids), uidsPerCommand)]
		err := f.s.ask(ctx, func() error {
			cmd := f.s.client.Fetch(uidSet(ask), &imap.FetchOptions{UID: true, RFC822Size: true})
			for data := cmd.Next(); data != nil; data = cmd.Next() {
				if buf, err := data.Collect(); err == nil {
					f.sizes[uint32(buf.UID)] = buf.RFC822Size
				}
			}
			return cmd.Close()
		})
		if err := f.explain(ctx, err); err != nil && !refused(err) {
			return 0, err
		}
		for _, uid := range ask {
			f.sizes[uid] += 0 // known to be unknown: it is gone, or the server does not say
		}
	}
	var sum int64
	for i, uid := range uids[:n] {
		size, known := f.sizes[uid]
		sum += min(size, f.opts.withDefaults().Keep)
		if !known || i > 0 && sum > batchBudget {
			return max(i, 1), nil
		}
	}
	return n, nil
}

// get sends one FETCH and takes what comes.
func (f *fetch) get(ctx context.Context, uids []uint32) (b batch, err error) {
	err = f.s.ask(ctx, func() error {
		b, err = f.drain(f.send(uidSet(uids)), len(uids))
		return err
	})
	return b, f.passable(ctx, err)
}

// passable is the error of a FETCH unless it is a NO, which means that some
// messages are gone (RFC 2180 §4.1); settle finds out which.
func (f *fetch) passable(ctx context.Context, err error) error {
	if err = f.explain(ctx, err); refused(err) {
		return nil
	}
	return err
}

func (f *fetch) explain(ctx context.Context, err error) error {
	return f.s.explain(ctx, err, "fetch from folder %q at %s", f.folder.Name, f.s.account.address())
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}
