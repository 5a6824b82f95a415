package pipeline

import (
	"context"
	"fmt"

	"spamreport/complaint"
)

// settleAll puts the outcomes of several messages on disk in one transaction,
// in their order. They were examined side by side, so none knows of the others;
// the ledger has the last word, as it has between programs: what turns out to be
// a copy of one before it is merged, and what exceeds a limit waits. When the
// transaction fails, each is recorded by itself as far as that goes.
func (s *Stages) settleAll(ctx context.Context, all []prepared) (settled []Case, err error) {
	outcomes := make([]Outcome, len(all))
	for i := range all {
		outcomes[i] = all[i].Outcome
	}
	recorded, err := s.Ledger.RecordAll(ctx, outcomes)
	if err != nil && len(all) > 1 && ctx.Err() == nil {
		for i := range all {
			one, err := s.settleAll(ctx, all[i:i+1])
			if err != nil {
				return settled, err
			}
			settled = append(settled, one...)
		}
		return settled, nil
	}
	if err != nil {
		return nil, fmt.Errorf("record %s in the ledger: %w", all[0].all[0].Message.Name, err)
	}
	settled = make([]Case, 0, len(all))
	before := map[string]complaint.Entry{} // what this transaction recorded, by case
	for i := range all {
		settled = append(settled, gather(all[i].settledAfter(before, recorded[i])))
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
