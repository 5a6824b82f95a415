package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/internal/store"
	"spamreport/relay/bounce"
)

func (a *app) bouncesCommand() *cobra.Command {
	var class, since string
	cmd := &cobra.Command{
		Use:   "bounces",
		Short: "List the mail that was not taken, and where to ask about a block",
		Long: `bounces lists what servers refused, at once or by a message that came back, by
class: hard (the address is gone), soft (it may work later), block (the sender or the
message is refused). For a block it shows the page that the reply refers to, and the
help desk of the provider.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains([]bounce.Class{"", bounce.Hard, bounce.Soft, bounce.Block, bounce.Unknown}, bounce.Class(class)) {
				return &statusError{exitUsage, fmt.Errorf("--class %q: write hard, soft, block or unknown", class)}
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return &statusError{exitUsage, err}
			}
			return a.withStore(cmd, func(p *parts) error {
				return a.listBounces(cmd.Context(), p.store, from, bounce.Class(class))
			})
		},
	}
	cmd.Flags().StringVar(&class, "class", "", "only hard, soft, block or unknown")
	cmd.Flags().StringVar(&since, "since", "30d", "only since a date (2026-01-02) or within an age (7d, 12h)")
	return cmd
}

func (a *app) listBounces(ctx context.Context, s *store.Store, since time.Time, class bounce.Class) error {
	var rows [][]string
	err := export.Bounces(ctx, s, since, func(b contract.RelayBounce) error {
		if class != "" && b.Class != string(class) {
			return nil
		}
		if a.json {
			return contract.Write(a.stdout, b)
		}
		ask := b.Help
		if b.DeskURL != "" {
			ask = fmt.Sprintf("%s %s: %s", ask, b.Desk, b.DeskURL)
		}
		rows = append(rows, []string{b.Time, b.Recipient, b.Class, b.Reason, b.State, b.Reply, ask})
		return nil
	})
	if err != nil || a.json {
		return err
	}
	if len(rows) == 0 {
		a.say("Nothing bounced.")
		return nil
	}
	return a.printer().Table([]string{"WHEN", "RECIPIENT", "CLASS", "REASON", "STATE", "REPLY", "ASK"}, rows)
}
