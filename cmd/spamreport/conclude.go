package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/internal/followup"
)

// concludeCommand is for what only the user can say of a complaint; no outcome
// opens it again.
func (a *app) concludeCommand(name string, outcome followup.State, short string) *cobra.Command {
	return &cobra.Command{
		Use:   name + " INCIDENT…",
		Short: short,
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, incidents []string) error {
			p, err := a.open(cmd.Context(), readWrite)
			if err != nil {
				return err
			}
			defer p.close()
			for _, incident := range incidents {
				if err := p.store.Conclude(cmd.Context(), strings.TrimSpace(incident), outcome); err != nil {
					return err
				}
				a.say("%s: %s", incident, cmp.Or(string(outcome), "open again"))
			}
			return nil
		},
	}
}
