package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/relay/guard"
	"spamreport/relay/limit"
	"spamreport/relay/reputation"
)

func (a *app) relayStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show limits, the warm-up plan, and how this sender stands",
		Long: `status shows how much of each limit is used and when it starts anew, how far the
warm-up plan is, and the reputation of the last 30 days: 100 less 10 for each percent
of hard bounces and 200 for each percent of complaints. All counts are recipients.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(p *parts) error {
				status, err := p.relayStatus(cmd.Context(), time.Now())
				switch {
				case err != nil:
					return err
				case a.json:
					return contract.Write(a.stdout, status)
				}
				return a.printRelayStatus(status)
			})
		},
	}
}

func (p *parts) relayStatus(ctx context.Context, now time.Time) (contract.RelayStatus, error) {
	doc := contract.RelayStatus{OverLimit: p.cfg.Relay.OverLimit, AlertTo: cmp.Or(p.cfg.Relay.AlertTo, p.cfg.Identity.Email), Quotas: []contract.Quota{}}
	doors, err := p.doors()
	if err != nil {
		return doc, err
	}
	usage, err := doors.Usage(ctx)
	if err != nil {
		return doc, err
	}
	for _, u := range usage {
		doc.Quotas = append(doc.Quotas, contract.Quota{
			Scope: string(u.Scope), Limit: u.Most, Per: string(u.Per), Used: u.Used, Percent: u.Percent, Alert: u.Alerted,
			Reset: export.Stamp(u.Window.Reset),
		})
		if u.Scope == limit.Warming {
			doc.Warmup = newWarmup(doors.Limits.Warmup, u, now)
		}
	}
	since := now.Add(-reputation.Span)
	numbers, err := p.store.Standing(ctx, since)
	if err != nil {
		return doc, err
	}
	doc.Reputation = newReputation(numbers, since)
	listed, err := p.store.Suppressions(ctx, now)
	if err != nil {
		return doc, err
	}
	doc.Suppressed = len(listed)
	pulse, err := p.store.Pulse(ctx)
	doc.Waiting = pulse.Waiting
	return doc, err
}

func newWarmup(w limit.Warmup, u guard.Usage, now time.Time) *contract.Warmup {
	day := w.Day(now)
	return &contract.Warmup{
		Start: w.Start.Format(time.DateOnly), Day: day, Days: w.Length(), Today: u.Most, SentToday: u.Used, Tomorrow: w.Most(day + 1),
		Daily: w.Daily(), MonthlyGoal: w.MonthlyGoal, Percent: u.Most * 100 / w.Daily(), Reached: day >= w.Length(),
	}
}

func newReputation(n reputation.Numbers, since time.Time) contract.Reputation {
	s := reputation.Of(n)
	return contract.Reputation{
		Percent: s.Percent, Standing: string(s.Standing), BouncePercent: s.Bounces, ComplaintPercent: s.Complaints,
		Delivered: n.Delivered, Hard: n.Hard, Soft: n.Soft, Block: n.Block, Complaints: n.Complaints,
		Since: export.Stamp(since), FewestForAPercent: reputation.Few,
	}
}

func (a *app) printRelayStatus(s contract.RelayStatus) error {
	var rows [][]string
	for _, q := range s.Quotas {
		reset, err := time.Parse(time.RFC3339, q.Reset)
		if err != nil {
			return err
		}
		alert := ""
		if q.Alert > 0 {
			alert = fmt.Sprintf("%d %% reached", q.Alert)
		}
		rows = append(rows, []string{
			q.Scope, fmt.Sprintf("%d/%s", q.Limit, q.Per), strconv.Itoa(q.Used), fmt.Sprintf("%d %%", q.Percent),
			reset.Local().Format("2006-01-02 15:04 MST"), alert,
		})
	}
	if len(rows) == 0 {
		a.say("No limits: set rate in [relay].")
	} else if err := a.printer().Table([]string{"WHAT", "LIMIT", "USED", "", "STARTS ANEW", "ALERT"}, rows); err != nil {
		return err
	}
	if w := s.Warmup; w != nil {
		a.say("Warm-up: day %d of %d since %s: %d today, %d of them used; %d tomorrow; %d a day in the end (%d a month).",
			w.Day, w.Days, w.Start, w.Today, w.SentToday, w.Tomorrow, w.Daily, w.MonthlyGoal)
	}
	r := s.Reputation
	a.say("Reputation: %g %% (%s): of the last 30 days %d delivered, %d hard bounces (%g %%), %d complaints (%g %%), %d blocked, %d given up.",
		r.Percent, r.Standing, r.Delivered, r.Hard, r.BouncePercent, r.Complaints, r.ComplaintPercent, r.Block, r.Soft)
	a.say("Suppressed addresses: %d. Recipients in the queue: %d.", s.Suppressed, s.Waiting)
	return nil
}
