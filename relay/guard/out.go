package guard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spamreport/relay"
	"spamreport/relay/limit"
	"spamreport/relay/suppress"
)

// Admit implements relay.Gate.
func (g *Guard) Admit(ctx context.Context, now time.Time, job relay.Job) ([]relay.Verdict, error) {
	verdicts := make([]relay.Verdict, len(job.Recipients))
	listed, err := g.Book.Suppressed(ctx, now, addresses(job.Recipients)...)
	if err != nil {
		return nil, fmt.Errorf("read the suppression list: %w", err)
	}
	var claimed []relay.Pending
	var places []int // of them among the recipients
	for i, p := range job.Recipients {
		if e, is := listed[suppress.Key(p.Address)]; is {
			verdicts[i].Refuse = refusal(e)
			continue
		}
		claimed, places = append(claimed, p), append(places, i)
	}
	if len(claimed) == 0 || g.unlimited(job) {
		return verdicts, nil
	}
	full, err := g.Book.Take(ctx, now, g.claim(job, claimed))
	if err != nil {
		return nil, fmt.Errorf("count against the limits: %w", err)
	}
	for i, q := range full {
		if q != nil {
			verdicts[places[i]] = relay.Verdict{Wait: q.Window.Reset, Why: waiting(*q)}
		}
	}
	return verdicts, nil
}

// Done implements relay.Gate: what is to be tried again gives its place back.
func (g *Guard) Done(ctx context.Context, _ time.Time, job relay.Job, outcomes []relay.Outcome) {
	final := map[string]bool{}
	for _, o := range outcomes {
		final[o.Recipient] = o.State == relay.Delivered || o.State == relay.Failed
	}
	var back []relay.Pending
	for _, p := range job.Recipients {
		if !final[p.Address] {
			back = append(back, p)
		}
	}
	if len(back) == 0 || g.unlimited(job) {
		return
	}
	if err := g.Book.GiveBack(ctx, g.claim(job, back)); err != nil {
		// They stay counted, and are not counted again in the same window.
		g.log().Warn("cannot give back what was counted", "id", job.ID, "error", err)
	}
}

// unlimited reports whether limits do not apply: to bounces and alerts.
func (g *Guard) unlimited(job relay.Job) bool {
	return g.Limits.None() || job.From == "" && job.Submitter == ""
}

func (g *Guard) claim(job relay.Job, recipients []relay.Pending) Claim {
	return Claim{ID: job.ID, User: job.Submitter, Recipients: recipients, Limits: g.Limits, Why: waiting, Alert: g.alert}
}

func addresses(recipients []relay.Pending) []string {
	all := make([]string, len(recipients))
	for i, p := range recipients {
		all[i] = p.Address
	}
	return all
}

// refusal is what a listed address gets, in the words of SMTP.
func refusal(e suppress.Entry) relay.Reply {
	return relay.Reply{Code: 550, Status: "5.1.1", Text: "not sent: " + e.Address + " is " + e.String()}
}

// resetFormat is how people are told of a time to come.
const resetFormat = "2006-01-02 15:04 MST"

// waiting says what mail waits for.
func waiting(q limit.Quota) string {
	return fmt.Sprintf("%s%s; %s", waits, spent(q), resets(q))
}

// waits is how the reply of a recipient begins that a limit keeps.
const waits = "waits: "

// Waits reports whether what stands as the reply of a recipient is none, but
// says that a limit keeps it.
func Waits(r relay.Reply) bool { return r.Code == 0 && strings.HasPrefix(r.Text, waits) }

func spent(q limit.Quota) string {
	return fmt.Sprintf("the limit of %d recipients a %s%s is reached", q.Most, q.Per, about(q.Scope))
}

func resets(q limit.Quota) string {
	return "it starts anew at " + q.Window.Reset.Format(resetFormat)
}

// about says what a scope is about, to follow a noun.
func about(s limit.Scope) string {
	if name, is := s.UserName(); is {
		return " for the user " + name
	}
	if name, is := s.DomainName(); is {
		return " to " + name
	}
	if s == limit.Warming {
		return " of the warm-up plan"
	}
	return ""
}
