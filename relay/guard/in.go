package guard

import (
	"context"
	"fmt"
	"strings"

	"spamreport/relay"
	"spamreport/relay/limit"
	"spamreport/relay/submission"
	"spamreport/relay/suppress"
)

// Recipient implements submission.Policy: an address on the suppression list is
// refused by name.
func (g *Guard) Recipient(ctx context.Context, _, _, to string) error {
	listed, err := g.Book.Suppressed(ctx, g.now(), to)
	if err != nil {
		return fmt.Errorf("read the suppression list: %w", err)
	}
	if e, is := listed[suppress.Key(to)]; is {
		return &submission.Refusal{Code: 550, Status: "5.1.1", Text: e.Address + " is " + e.String()}
	}
	return nil
}

// Message implements submission.Policy: with Refuse, a message that would not
// leave in the present windows is refused until they end.
func (g *Guard) Message(ctx context.Context, s relay.Submission) error {
	if !g.Refuse || g.Limits.None() {
		return nil
	}
	quotas, wanted := g.quotas(s)
	for i, q := range quotas {
		if wanted[i] > q.Most {
			return over(q, wanted[i], 0) // trying again later would not help
		}
	}
	used, err := g.Book.Used(ctx, quotas)
	if err != nil {
		return fmt.Errorf("read what is counted: %w", err)
	}
	for i, q := range quotas {
		room := q.Most - used[i]
		if wanted[i] <= room {
			queued, err := g.Book.Queued(ctx, q.Scope, room)
			if err != nil {
				return fmt.Errorf("count what waits: %w", err)
			}
			room -= queued
		}
		if wanted[i] > room {
			return over(q, wanted[i], room)
		}
	}
	return nil
}

// quotas are those that a message counts in, and by how much.
func (g *Guard) quotas(s relay.Submission) (quotas []limit.Quota, wanted []int) {
	at := map[string]int{}
	for _, to := range s.Envelope.To {
		domain := strings.ToLower(to[strings.LastIndexByte(to, '@')+1:])
		for _, q := range g.Limits.Quotas(g.now(), s.Submitter, domain) {
			key := string(q.Scope) + "\n" + q.Window.Name
			if _, known := at[key]; !known {
				at[key] = len(quotas)
				quotas, wanted = append(quotas, q), append(wanted, 0)
			}
			wanted[at[key]]++
		}
	}
	return quotas, wanted
}

// over refuses a message: for now, or for good when no window has room for it.
func over(q limit.Quota, wanted, room int) error {
	if wanted > q.Most {
		return &submission.Refusal{Code: 550, Status: "5.5.3", Text: fmt.Sprintf(
			"%d recipients are more than the limit of %d a %s%s: send it in parts", wanted, q.Most, q.Per, about(q.Scope))}
	}
	return &submission.Refusal{Code: 452, Status: "4.7.1", Text: fmt.Sprintf(
		"the limit of %d recipients a %s%s leaves room for %d; %s", q.Most, q.Per, about(q.Scope), max(room, 0), resets(q))}
}
