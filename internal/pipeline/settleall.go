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
// transaction fails, its first message is recorded by itself, so that the one at
// fault keeps back only those after it.
func (s *Stages) settleAll(ctx context.Context, all []prepared) (settled []Case, err error) {
	outcomes := make([]Outcome, len(all))
	for i := range all {
		outcomes[i] = all[i].Outcome
	}
	settled = make([]Case, 0, len(all))
	before := map[string]complaint.Entry{} // what was recorded here, by case
	for len(settled) < len(all) {
		rest := outcomes[len(settled):]
		recorded, err := s.Ledger.RecordAll(ctx, rest)
		if err != nil && len(rest) > 1 && ctx.Err() == nil {
			recorded, err = s.Ledger.RecordAll(ctx, rest[:1])
		}
		if err != nil {
			return settled, fmt.Errorf("record %s in the ledger: %w", all[len(settled)].all[0].Message.Name, err)
		}
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
