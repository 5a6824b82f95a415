package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/relay/suppress"
)

func (a *app) suppressCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "suppress",
		Short: "Look after the addresses that are not written to any more",
		Long: `suppress looks after the addresses that mail is neither taken for nor sent to: those
that do not exist (hard), whose owners complained (complaint), and those that you
put there (manual).`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var lasts, why string
	add := &cobra.Command{
		Use:   "add ADDRESS…",
		Short: `Put addresses on the list; "-" reads them from standard input, one a line`,
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return a.suppress(cmd.Context(), given, lasts, why)
		},
	}
	add.Flags().StringVar(&lasts, "for", "", "for so long (30d); forever when absent")
	add.Flags().StringVar(&why, "why", "", "a note that is shown with the entry")
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List them", Args: args(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.withStore(cmd, func(p *parts) error { return a.listSuppressed(cmd.Context(), p) })
			},
		},
		add,
		&cobra.Command{
			Use: "remove ADDRESS…", Short: `Lift entries; "-" reads the addresses from standard input`, Args: args(cobra.MinimumNArgs(1)),
			RunE: func(cmd *cobra.Command, given []string) error { return a.lift(cmd.Context(), given) },
		},
	)
	return cmd
}

func (a *app) listSuppressed(ctx context.Context, p *parts) error {
	list, err := p.store.Suppressions(ctx, time.Now())
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range list {
		if a.json {
			if err := contract.Write(a.stdout, export.Suppressed(e)); err != nil {
				return err
			}
			continue
		}
		expires := "never"
		if !e.Expires.IsZero() {
			expires = e.Expires.Local().Format(time.DateOnly)
		}
		rows = append(rows, []string{e.Address, string(e.Reason), e.Since.Local().Format(time.DateOnly), expires, e.Source})
	}
	if a.json {
		return nil
	}
	if len(rows) == 0 {
		a.say("No address is suppressed.")
		return nil
	}
	return a.printer().Table([]string{"ADDRESS", "WHY", "SINCE", "UNTIL", "SAID"}, rows)
}

func (a *app) suppress(ctx context.Context, given []string, lasts, why string) error {
	now := time.Now()
	var expires time.Time
	if lasts != "" {
		d, err := config.ParseDuration(lasts)
		if err != nil || d <= 0 {
			return &statusError{exitUsage, fmt.Errorf("--for %q: write how long, like 30d", lasts)}
		}
		expires = now.Add(d)
	}
	return a.withAddresses(ctx, given, func(p *parts, addresses []string) error {
		entries := make([]suppress.Entry, len(addresses))
		for i, address := range addresses {
			entries[i] = suppress.Entry{Address: suppress.Key(address), Reason: suppress.Manual, Source: why, Since: now, Expires: expires}
		}
		if err := p.store.Suppress(ctx, entries...); err != nil {
			return err
		}
		a.say("suppressed: %d", len(entries))
		return nil
	})
}

func (a *app) lift(ctx context.Context, given []string) error {
	return a.withAddresses(ctx, given, func(p *parts, addresses []string) error {
		lifted, err := p.store.Lift(ctx, addresses...)
		if err == nil && lifted < len(addresses) {
			err = fmt.Errorf("%d of %d were not on the list: see spamreport relay suppress list", len(addresses)-lifted, len(addresses))
		}
		if lifted > 0 {
			a.say("lifted: %d", lifted)
		}
		return err
	})
}
