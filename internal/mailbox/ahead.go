package mailbox

import (
	"context"
	"iter"
)

// inFlight is how many FETCHes of header blocks are on their way at a time. Two
// keep the server busy, however far away it is, and bound what waits in memory.
const inFlight = 2

// flight is a FETCH of header blocks whose answer is taken into memory as it
// comes, so that the server never waits for the caller.
type flight struct {
	asked  []uint32
	landed chan struct{}

	// Once it has landed:
	got batch
	err error
}

// Headers fetches the header blocks of the messages whose UID is higher than
// after, in ascending order, and hands on those of one FETCH at a time, at most
// most of them (0: as many as is good). The next are on their way meanwhile.
//
// They stay unread. A message that was deleted in the meantime is left out. One
// whose header did not come has no Raw: fetch it whole to learn why. Messages
// are Truncated and have no digest; Limits.Keep bounds each.
//
// An error is the last item. Up to 24 MiB of header blocks are in memory, mostly
// 5. Other methods of the session may be called in the loop.
func (s *Session) Headers(ctx context.Context, after uint32, most int) iter.Seq2[[]Message, error] {
	return func(yield func([]Message, error) bool) {
		uids, err := s.UIDs(ctx, after)
		if err != nil {
			yield(nil, err)
			return
		}
		a := ahead{fetch: newFetch(s, FetchOptions{HeaderOnly: true}), left: uids, step: headersPerFetch}
		if most > 0 {
			a.step = min(a.step, most)
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
	f := &flight{asked: uids, landed: make(chan struct{})}
	if f.err = context.Cause(ctx); f.err == nil {
		f.err = a.still()
	}
	if f.err != nil {
		close(f.landed)
		return f
	}
	end := a.s.expect(ctx)
	cmd := a.send(uidSet(uids))
	go func() {
		defer close(f.landed)
		defer end()
		f.got, f.err = a.drain(cmd, len(uids))
		f.err = a.passable(ctx, f.err)
	}()
	return f
}

// hand hands on what landed, in pieces where not all of it came at once. It
// reports false when that is the end.
func (a *ahead) hand(ctx context.Context, f *flight, yield func([]Message, error) bool) bool {
	b, err := f.got, f.err
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
