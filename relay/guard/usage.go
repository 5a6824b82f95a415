package guard

import (
	"context"

	"spamreport/relay/limit"
)

// Usage is how much of a quota is used in the present window.
type Usage struct {
	limit.Quota
	Used    int
	Percent int // may exceed 100 after a quota was lowered
	Alerted int // the threshold that was reached: 80, 90 or 100; 0 below, and for minutes and hours
}

// Usage lists all quotas.
func (g *Guard) Usage(ctx context.Context) ([]Usage, error) {
	quotas := g.Limits.Every(g.now())
	used, err := g.Book.Used(ctx, quotas)
	if err != nil {
		return nil, err
	}
	all := make([]Usage, len(quotas))
	for i, q := range quotas {
		all[i] = Usage{Quota: q, Used: used[i], Percent: used[i] * 100 / max(q.Most, 1), Alerted: q.Threshold(used[i], 0)}
	}
	return all, nil
}

// About names the scope of a quota for people.
func (u Usage) About() string {
	if u.Scope == limit.All {
		return "everything"
	}
	return string(u.Scope)
}
