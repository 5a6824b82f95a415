package guard

import (
	"context"
	"log/slog"
	"time"

	"spamreport/relay"
	"spamreport/relay/limit"
	"spamreport/relay/submission"
	"spamreport/relay/suppress"
)

var (
	_ relay.Gate        = (*Guard)(nil)
	_ submission.Policy = (*Guard)(nil)
)

// Guard is both doors. Book is needed.
type Guard struct {
	Book   Book
	Limits limit.Limits
	Refuse bool   // what is over a limit is refused when it is handed in
	Alerts Alerts // of quotas that fill up

	Log *slog.Logger // nil: no log
	Now func() time.Time
}

// Book keeps the counts and the list. It is implemented by internal/store. Each
// method is one transaction.
type Book interface {
	// Suppressed returns the entries that hold for the addresses, by
	// suppress.Key.
	Suppressed(ctx context.Context, now time.Time, addresses ...string) (map[string]suppress.Entry, error)

	// Take counts the recipients of a claim that have room in all of their
	// quotas, and returns for each, in their order, the quota that has none. A
	// recipient that is counted already in a window is not counted again.
	// Whatever else waits for a full quota is put off until it starts anew.
	Take(ctx context.Context, now time.Time, c Claim) ([]*limit.Quota, error)

	// GiveBack undoes that for recipients that were not sent.
	GiveBack(ctx context.Context, c Claim) error

	// Used returns how much of each quota is used.
	Used(ctx context.Context, quotas []limit.Quota) ([]int, error)

	// Queued counts the recipients in the queue that will count in a scope, as
	// far as most.
	Queued(ctx context.Context, scope limit.Scope, most int) (int, error)
}

// Claim is the wish to send a message to some of its recipients.
type Claim struct {
	ID         string // queue id
	User       string // who submitted it
	Recipients []relay.Pending
	Limits     limit.Limits

	// Why says what a recipient waits for, in the words of a listing of the queue.
	Why func(q limit.Quota) string
	// Alert writes what is queued, in the same transaction, when so many percent
	// of a quota are reached; ok is false when nobody is to be told.
	Alert func(q limit.Quota, used, percent int) (alert relay.Submission, ok bool)
}

func (g *Guard) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}

func (g *Guard) log() *slog.Logger {
	if g.Log != nil {
		return g.Log
	}
	return slog.New(slog.DiscardHandler)
}
