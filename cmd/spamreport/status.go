package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/relay"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Count what was seen, filed and delivered",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(p *parts) error {
				sum, err := p.store.Summary(cmd.Context())
				if err != nil {
					return err
				}
				return a.printSummary(sum)
			})
		},
	}
}

func (a *app) printSummary(sum store.Summary) error {
	if a.json {
		doc := contract.Summary{Messages: map[string]int{}, Deliveries: map[string]int{}}
		for action, n := range sum.Messages {
			doc.Messages[string(action)] = n
		}
		for state, n := range sum.Deliveries {
			doc.Deliveries[string(state)] = n
		}
		return contract.Write(a.stdout, doc)
	}
	var rows [][]string
	for _, action := range []complaint.Action{complaint.Sent, complaint.Merged, complaint.Held, complaint.Deferred, complaint.Skipped, complaint.Dropped} {
		rows = append(rows, []string{"messages " + string(action), strconv.Itoa(sum.Messages[action])})
	}
	for _, state := range []relay.State{relay.Delivered, relay.Queued, relay.Retrying, relay.OnHold, relay.Failed, relay.Dropped} {
		rows = append(rows, []string{"mail " + string(state), strconv.Itoa(sum.Deliveries[state])})
	}
	if err := a.printer().Table([]string{"WHAT", "COUNT"}, rows); err != nil {
		return err
	}
	if !sum.NextDue.IsZero() {
		a.say("the next delivery is due at %s", sum.NextDue.Local().Format(time.DateTime))
	}
	if sum.Messages[complaint.Held] > 0 {
		a.say("%d wait for your approval: spamreport review", sum.Messages[complaint.Held])
	}
	return nil
}
