package pipeline

import (
	"context"
	"fmt"

	"spamreport/complaint"
)

// settleAll puts the outcomes of several messages on disk in a few transactions,
// in their order. They were examined side by side, so none knows of the others;
// the ledger has the last word, as it has between programs: what turns out to be
// a copy of one before it is merged, and what exceeds a limit waits. When a
// transaction fails, its first message is recorded by itself, and of the others
// half as many at once until it is known which one is at fault: only that one and
// those after it are kept back.
func (s *Stages) settleAll(ctx context.Context, all []prepared) (settled []Case, err error) {
	outcomes := make([]Outcome, len(all))
	for i := range all {
		outcomes[i] = all[i].Outcome
	}
	settled = make([]Case, 0, len(all))
	before := map[string]complaint.Entry{} // what was recorded here, by case
	suspects := 0                          // one of so many that come next is at fault
	for len(settled) < len(all) {
		next := outcomes[len(settled):]
		if suspects > 0 {
			next = next[:(suspects+1)/2]
		}
		recorded, err := s.Ledger.RecordAll(ctx, next)
		if err != nil && len(next) > 1 && ctx.Err() == nil {
			suspects = len(next)
			recorded, err = s.Ledger.RecordAll(ctx, next[:1])
		}
		if err != nil {
			return settled, fmt.Errorf("record %s in the ledger: %w", all[len(settled)].all[0].Message.Name, err)
		}
		suspects = max(0, suspects-len(recorded))
		for _, entries := range recorded {
			settled = append(settled, gather(all[len(settled)].settledAfter(before, entries)))
		}
	}
	return settled, nil
}

// settledAfter is settled for a message that may be one of those before it.
func (p prepared) settledAfter(before map[string]complaint.Entry, recorded []complaint.Entry) []Case {
	all := p.settled(recorded)
	for i, e := range recorded {
		c := &all[p.of[i]]
		if known, twice := before[e.Digest]; twice && known.Action.Final() {
			*c = c.repeat(known)
		}
		before[e.Digest] = e
	}
	return all
}
