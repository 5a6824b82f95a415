package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/store"
	"spamreport/relay"
)

func (a *app) statusCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Count what was seen, filed and delivered",
		Long: `status counts what was seen, filed and delivered; with --by, for each network, contact
or country: spam, complaints, how many of them were answered, by people, the median
time to the first answer, and for how many days no spam has come.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, known := groupings[by]; !known && by != "" {
				return &statusError{exitUsage, fmt.Errorf("--by %q: write network, contact or country", by)}
			}
			return a.withStore(cmd, func(p *parts) error {
				if by != "" {
					return a.figures(cmd.Context(), p, by)
				}
				sum, err := p.store.Summary(cmd.Context())
				if err != nil {
					return err
				}
				return a.printSummary(sum)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "figures for each network, contact or country")
	return cmd
}

func (a *app) printSummary(sum store.Summary) error {
	if a.json {
		doc := contract.Summary{Messages: map[string]int{}, Further: map[string]int{}, Deliveries: map[string]int{}}
		for action, n := range sum.Messages {
			doc.Messages[string(action)] = n
		}
		for action, n := range sum.Further {
			doc.Further[string(action)] = n
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
	for _, action := range []complaint.Action{complaint.Sent, complaint.Merged, complaint.Held, complaint.Deferred, complaint.Skipped, complaint.Dropped} {
		if n := sum.Further[action]; n > 0 {
			rows = append(rows, []string{"further complaints " + string(action), strconv.Itoa(n)})
		}
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
	if n := sum.Messages[complaint.Held] + sum.Further[complaint.Held]; n > 0 {
		a.say("%d wait for your approval: spamreport review", n)
	}
	switch sum.Answered {
	case 0:
	case 1:
		a.say("1 complaint was answered by a person: spamreport history --state answered")
	default:
		a.say("%d complaints were answered by people: spamreport history --state answered", sum.Answered)
	}
	return nil
}
