package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/lookup"
)

func (a *app) lookupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lookup IP|CIDR|DOMAIN|URL|ASN…",
		Short: "Find the network behind an address and the desk that acts on abuse there",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, queries []string) error {
			p, err := a.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer p.close()
			return a.lookup(cmd.Context(), p.desks, queries)
		},
	}
}

func (a *app) lookup(ctx context.Context, desks *lookup.Client, queries []string) error {
	out := a.printer()
	code := exitDone
	for _, query := range queries {
		result, err := desks.Lookup(ctx, query)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			code = max(code, lookupStatus(err))
		}
		if a.json {
			if err := contract.Write(a.stdout, contract.NewLookup(result, err)); err != nil {
				return err
			}
			continue
		}
		out.Title("%s", query)
		out.Lookup(result)
		if err != nil {
			a.complain(err)
		}
	}
	if code != exitDone {
		return &statusError{code: code}
	}
	return nil
}

func lookupStatus(err error) int {
	if errors.Is(err, lookup.ErrUnreachable) {
		return exitTemporary
	}
	return exitFailed
}
