package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/export"
)

func (a *app) exportCommand() *cobra.Command {
	var asCSV, all bool
	var since string
	cmd := &cobra.Command{
		Use:   "export messages|complaints|replies|deliveries|bounces|complaints-received|suppressions|--all",
		Short: "Write the ledger or the relay's account as CSV, or with --json as one JSON object a line",
		Long: `export writes everything that was seen (messages), filed (complaints) or came back
(replies); and of the relay what became of each recipient (deliveries), what was not
taken (bounces), what people called spam (complaints-received), and who is not written to
(suppressions): CSV with a line of headings, or with --json one object a line. Cells that
a spreadsheet would take for a formula begin with an apostrophe.

With --all it writes the whole database as it is at one moment, one object a line with
the table and the row: all texts, and the hashes of passwords, so guard it well.`,
		ValidArgs: export.Names(),
		Args:      args(cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs)),
		RunE: func(cmd *cobra.Command, what []string) error {
			if asCSV && a.json {
				return &statusError{exitUsage, errors.New("--csv and --json exclude each other")}
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return &statusError{exitUsage, err}
			}
			if all != (len(what) == 0) || all && (asCSV || since != "") {
				return usage(cmd, errors.New("name what to export, or write --all and nothing else"))
			}
			return a.withStore(cmd, func(p *parts) error {
				progress := a.progress("rows", -1, true)
				defer progress.done()
				if all {
					return exportAll(cmd.Context(), p.store, a.stdout, progress.add)
				}
				write := export.CSV
				if a.json {
					write = export.JSON
				}
				return write(a.stdout, func(row func(any) error) error {
					return export.Rows(cmd.Context(), p.store, what[0], from, func(one any) error {
						progress.add()
						return row(one)
					})
				})
			})
		},
	}
	cmd.Flags().BoolVar(&asCSV, "csv", false, "write CSV (the default)")
	cmd.Flags().BoolVar(&all, "all", false, "write everything there is, as one JSON object a line")
	cmd.Flags().StringVar(&since, "since", "", "only since a date (2026-01-02) or within an age (7d, 12h)")
	return cmd
}
