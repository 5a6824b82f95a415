package relay

import (
	"context"
	"fmt"
)

// admit asks the gate which recipients may be tried now. The others are put off
// or refused at once.
func (c *courier) admit(ctx context.Context, job Job, part []Pending) ([]Pending, error) {
	if c.Gate == nil {
		return part, nil
	}
	now := c.now()
	asked := job
	asked.Recipients = part
	verdicts, err := c.Gate.Admit(ctx, now, asked)
	if err != nil {
		return nil, fmt.Errorf("limits of %s: %w", job.ID, err)
	}
	var free, stopped []Pending
	var outcomes []Outcome
	for i, v := range verdicts {
		switch {
		case v.Refuse != Reply{}:
			stopped = append(stopped, part[i])
			outcomes = append(outcomes, Outcome{Recipient: part[i].Address, State: Failed, Reply: v.Refuse})
		case !v.Wait.IsZero():
			stopped = append(stopped, part[i])
			outcomes = append(outcomes, Outcome{Recipient: part[i].Address, State: Retrying, Waits: true, Next: v.Wait, Reply: Reply{Text: v.Why}})
		default:
			free = append(free, part[i])
		}
	}
	if len(outcomes) == 0 {
		return free, nil
	}
	outcomes = c.notify(context.WithoutCancel(ctx), now, job, stopped, outcomes)
	if err := c.Queue.Settle(context.WithoutCancel(ctx), job.ID, now, outcomes); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, o := range outcomes {
		if !o.Waits {
			c.note(job.ID, stopped[i].Attempts+1, o)
		}
	}
	return free, nil
}
