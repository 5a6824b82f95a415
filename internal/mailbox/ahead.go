package mailbox

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// inFlight is how many FETCHes of header blocks are on their way at a time. Two
// keep the server busy, however far away it is; the others do while the networks
// of the first messages are looked up. They bound what waits in memory.
const inFlight = 4

// flightBudget is how many octets of the answer to one of them are kept.
const flightBudget = 4 << 20

// headersAhead is how many header blocks one of them asks for.
const headersAhead = 250

// flight is a FETCH of header blocks whose answer is taken into memory as it
// comes, so that the server never waits for the caller. See sieve.
type flight struct {
	tag    string
	asked  []uint32 // in ascending order
	end    func()   // of the time in which the server owes an answer
	landed chan struct{}

	room *room // for the header blocks

	// Once it has landed:
	got  []header // of each that was asked for
	came int      // how many of them did
	err  error

	budget int // octets that may still be kept
}

// take takes a message, if it is one of those that were asked for. Sent twice,
// it counts once; beyond the budget it is left, to be asked for again.
func (f *flight) take(h header) (ours bool) {
	i, ours := slices.BinarySearch(f.asked, h.uid)
	if !ours || !h.came || f.got[i].came || f.budget <= 0 {
		return ours
	}
	f.budget -= len(h.raw)
	f.got[i] = h
	f.came++
	return true
}

// HeaderOptions says how to fetch header blocks. The zero value is ready to use.
type HeaderOptions struct {
	Most  int  // at most so many at a time; 0: as many as is good
	Dates bool // Message.Received is wanted; a server has to look for it
}

// Headers fetches the header blocks of the messages whose UID is higher than
// after, in ascending order, and hands on those of one FETCH at a time. The next
// are on their way meanwhile.
//
// They stay unread. A message that was deleted in the meantime is left out. One
// whose header did not come has no Raw: fetch it whole to learn why. Messages
// are Truncated and have no digest; Limits.Keep bounds each. The list and the Raw
// of each are good until the loop goes on; their memory is used again.
//
// An error is the last item. Up to 20 MiB of header blocks are in memory, mostly
// 4. Other methods of the session may be called in the loop.
func (s *Session) Headers(ctx context.Context, after uint32, opts HeaderOptions) iter.Seq2[[]Message, error] {
	return func(yield func([]Message, error) bool) {
		uids, err := s.UIDs(ctx, after)
		if err != nil {
			yield(nil, err)
			return
		}
		a := ahead{fetch: newFetch(s, FetchOptions{HeaderOnly: true}), left: uids, step: headersAhead, dates: opts.Dates}
		if opts.Most > 0 {
			a.step = min(a.step, opts.Most)
		}
		defer s.land()
		for a.more(ctx) {
			next := s.ahead[0]
			<-next.landed
			s.ahead = s.ahead[1:]
			a.more(ctx)
			if !a.hand(ctx, next, yield) {
				return
			}
			next.room.clear()
			a.rooms = append(a.rooms, next.room)
		}
	}
}

// land waits for what is on its way.
func (s *Session) land() {
	for _, f := range s.ahead {
		<-f.landed
	}
	s.ahead = nil
}

// ahead is one run of Headers.
type ahead struct {
	*fetch
	left []uint32 // not asked for yet
	step int

	dates bool
	rooms []*room // that are not in use
}

// more sends as many FETCHes as may be on their way, and says whether any is.
func (a *ahead) more(ctx context.Context) bool {
	for len(a.left) > 0 && len(a.s.ahead) < inFlight {
		n := min(a.step, len(a.left))
		a.s.ahead = append(a.s.ahead, a.launch(ctx, a.left[:n]))
		a.left = a.left[n:]
	}
	return len(a.s.ahead) > 0
}

// launch sends one FETCH.
func (a *ahead) launch(ctx context.Context, uids []uint32) *flight {
	f := &flight{asked: uids, got: make([]header, len(uids)), landed: make(chan struct{}), budget: flightBudget, room: a.free()}
	if f.err = cmp.Or(context.Cause(ctx), a.still()); f.err != nil {
		close(f.landed)
		return f
	}
	f.end = a.s.expect(ctx)
	items := "UID FLAGS RFC822.SIZE"
	if a.dates {
		items += " INTERNALDATE"
	}
	a.s.wire.launch(f, fmt.Sprintf("UID FETCH %s (%s BODY.PEEK[HEADER])", uidSet(uids), items))
	return f
}

// free is room that is not in use.
func (a *ahead) free() *room {
	n := len(a.rooms)
	if n == 0 {
		return &room{}
	}
	free := a.rooms[n-1]
	a.rooms = a.rooms[:n-1]
	return free
}

// hand hands on what landed, in pieces where not all of it came at once. It
// reports false when that is the end.
func (a *ahead) hand(ctx context.Context, f *flight, yield func([]Message, error) bool) bool {
	err := a.passable(ctx, f.err)
	if err == nil && f.came == len(f.asked) {
		return yield(a.list(f), nil)
	}
	b := a.batch(f)
	for uids := f.asked; len(uids) > 0; uids = uids[b.covers:] {
		if len(uids) < len(f.asked) {
			b, err = a.next(ctx, uids)
		} else if err == nil {
			err = a.settle(ctx, uids, &b)
		}
		if err != nil {
			yield(nil, err)
			return false
		}
		if list := b.list(uids[:b.covers]); len(list) > 0 && !yield(list, nil) {
			return false
		}
	}
	return true
}

// list are the messages of a flight.
func (a *ahead) list(f *flight) []Message {
	list := slices.Grow(f.room.list[:0], f.came)
	for i, h := range f.got {
		if h.came {
			list = append(list, a.message(f.asked[i], h))
		}
	}
	f.room.list = list
	return list
}

// batch is the same for settle, which finds out what became of the others.
func (a *ahead) batch(f *flight) batch {
	b := batch{messages: make(map[uint32]fetched, f.came)}
	for _, m := range a.list(f) {
		b.messages[m.Place.UID] = fetched{message: m}
	}
	return b
}

func (a *ahead) message(uid uint32, h header) Message {
	return Message{
		Name: a.folder.Name + "/" + strconv.FormatUint(uint64(uid), 10), Raw: h.raw, Size: h.size, Truncated: true,
		Place:    Place{Account: a.s.account.Name, Folder: a.folder.Name, UIDValidity: a.folder.UIDValidity, UID: uid},
		Received: h.received, Reported: h.reported,
	}
}

// list are the messages that came, in order.
func (b batch) list(uids []uint32) []Message {
	list := make([]Message, 0, len(uids))
	for _, uid := range uids {
		if got, came := b.messages[uid]; came {
			list = append(list, got.message)
		}
	}
	return list
}
