package mailbox

import (
	"context"
	"fmt"
	"slices"
)

// settle decides how many of the UIDs a batch covers: up to the first one that
// is still in the folder but did not come, which is asked for again, alone.
func (f *fetch) settle(ctx context.Context, asked []uint32, b *batch) error {
	b.covers = len(asked)
	var missing []uint32
	for _, uid := range asked {
		if _, came := b.messages[uid]; !came {
			missing = append(missing, uid)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	there, err := f.s.search(ctx, uidSet(missing))
	if err != nil || len(there) == 0 {
		return err
	}
	for i, uid := range asked {
		if !slices.Contains(there, uid) {
			continue
		}
		if i > 0 {
			b.covers = i
			return nil
		}
		return f.insist(ctx, uid, b)
	}
	return nil
}

// insist asks for a single message that did not come, and covers that one.
func (f *fetch) insist(ctx context.Context, uid uint32, b *batch) error {
	again, err := f.get(ctx, []uint32{uid})
	if err != nil {
		return err
	}
	if _, came := again.messages[uid]; !came {
		name := fmt.Sprintf("%s/%d", f.folder.Name, uid)
		again.messages[uid] = fetched{
			Message{Name: name, Place: Place{f.s.account.Name, f.folder.Name, f.folder.UIDValidity, uid}},
			errorf(ErrNotSent, "fetch message %s", name),
		}
	}
	*b = batch{covers: 1, messages: again.messages}
	return nil
}
