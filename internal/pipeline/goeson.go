package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"spamreport/complaint"
	"spamreport/lookup"
)

// Upstreams finds who stands above a network; *lookup.Client does.
type Upstreams interface {
	Upstream(ctx context.Context, addr netip.Addr) (lookup.Result, error)
}

// goesOn writes again where spam comes from a network that there are complaints
// about: a reminder to the same desk, an escalation to whoever stands above it.
// There is nothing to wait for: what may not go out now is asked for again when
// the next message comes.
func (s *Stages) goesOn(ctx context.Context, source Case, judged []Case) ([]Case, error) {
	if s.Ledger == nil || source.Action == complaint.Duplicate || source.Action == complaint.Skipped {
		return nil, nil
	}
	var all []Case
	for _, again := range []func(context.Context, Case) (Case, bool, error){s.reminder, s.escalation} {
		c, due, err := again(ctx, source)
		if err != nil {
			return nil, err
		}
		if due && !c.writtenTo(judged) {
			all = append(all, s.compose(c))
		}
	}
	return all, nil
}

// writtenTo reports whether the desk gets a letter about this very message.
func (c Case) writtenTo(judged []Case) bool {
	return slices.ContainsFunc(judged, func(other Case) bool {
		return other.Action != complaint.Merged && strings.EqualFold(other.key.Contact, c.key.Contact)
	})
}

// reminder is due when a further copy comes of what a desk did not answer.
func (s *Stages) reminder(ctx context.Context, source Case) (Case, bool, error) {
	if s.Policy.RemindAfter <= 0 || source.Action != complaint.Merged || source.opened == nil {
		return Case{}, false, nil
	}
	first, err := s.Ledger.ComplaintAbout(ctx, source.opened.ID)
	if errors.Is(err, complaint.ErrUnknown) {
		return Case{}, false, nil
	}
	if err != nil {
		return Case{}, false, fmt.Errorf("look up the complaint before: %w", err)
	}
	decision, due := s.policy().Reminder(source.Incident, first)
	return s.again(ctx, source, source.Incident.RemindingOf(first), decision, due)
}

// escalation is due when complaints to the network's own desk changed nothing.
func (s *Stages) escalation(ctx context.Context, source Case) (Case, bool, error) {
	policy := s.policy()
	upstreams, can := s.Desks.(Upstreams)
	if policy.EscalateAfter <= 0 || !can {
		return Case{}, false, nil
	}
	filed, err := s.Ledger.Unresolved(ctx, source.Incident.SourceNetwork(), policy.EscalationSince())
	if err != nil {
		return Case{}, false, fmt.Errorf("look up the complaints before: %w", err)
	}
	if !policy.EscalationDue(source.Incident, filed) {
		return Case{}, false, nil
	}
	above, err := upstreams.Upstream(ctx, source.Incident.Verdict.Source.IP)
	if ctx.Err() != nil {
		return Case{}, false, ctx.Err()
	}
	if err != nil {
		return Case{}, false, nil // nobody, or nobody who is known now
	}
	inc := source.Incident.EscalatingOver(filed)
	decision, due := policy.Escalation(inc, above)
	return s.again(ctx, source, inc, decision, due)
}

// again is the case of such a letter, unless there was one or the desk had
// enough.
func (s *Stages) again(ctx context.Context, source Case, inc complaint.Incident, d complaint.Decision, due bool) (Case, bool, error) {
	if !due {
		return Case{}, false, nil
	}
	before, err := s.past(ctx, d.Key)
	if err != nil {
		return Case{}, false, fmt.Errorf("look up earlier complaints: %w", err)
	}
	if !s.policy().Allows(d.Key, before) {
		return Case{}, false, nil
	}
	inc.About.Reason = d.Why
	c := Case{Message: source.Message, Incident: inc, key: d.Key, to: d.To}
	return c.end(d.Action, d.Why), true, nil
}
