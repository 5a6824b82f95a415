package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
)

func (a *app) reviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "See, edit, approve or drop the complaints that wait for approval",
		Long: `On a terminal, review shows the complaints that wait for approval on the whole
screen: ? explains the keys. Elsewhere it lists them. What is approved is queued
at once and goes out when the review ends.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.hasScreen() {
				return a.reviewOnScreen(cmd.Context())
			}
			return a.withStore(cmd, func(p *parts) error { return a.listHeld(cmd.Context(), p) })
		},
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the complaints that wait for approval",
			Args: args(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.withStore(cmd, func(p *parts) error { return a.listHeld(cmd.Context(), p) })
			},
		},
		a.reviewShowCommand(), a.reviewEditCommand(), a.reviewNeverCommand(),
		&cobra.Command{
			Use: "approve INCIDENT…|all", Short: "Send complaints",
			Args: args(cobra.MinimumNArgs(1)),
			RunE: func(cmd *cobra.Command, ids []string) error { return a.approve(cmd.Context(), ids) },
		},
		&cobra.Command{
			Use: "drop INCIDENT…|all", Short: "Give complaints up",
			Args: args(cobra.MinimumNArgs(1)),
			RunE: func(cmd *cobra.Command, ids []string) error { return a.drop(cmd.Context(), ids) },
		},
	)
	return cmd
}

func (a *app) listHeld(ctx context.Context, p *parts) error {
	held, err := p.store.Held(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range held {
		if a.json {
			doc := contract.Held{
				Incident: e.Complaint.Incident, Target: e.Kind.String(), About: e.About, Source: e.Source.String(), Network: e.Network,
				Contact: e.Contact, Subject: e.Subject, Seen: e.Seen.UTC().Format(time.RFC3339), Copies: max(e.Copies, 1),
			}
			if err := contract.Write(a.stdout, doc); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{e.Complaint.Incident, e.Target(), e.Source.String(), e.Network, e.Contact, strconv.Itoa(max(e.Copies, 1)), e.Subject})
	}
	if a.json {
		return nil
	}
	if len(held) == 0 {
		a.say("Nothing waits for approval.")
		return nil
	}
	if err := a.printer().Table(withTargets([]string{"INCIDENT", "ABOUT", "SOURCE", "NETWORK", "CONTACT", "COPIES", "SPAM SUBJECT"}, rows)); err != nil {
		return err
	}
	a.say("spamreport review show|edit|approve|drop|never INCIDENT… (or: all)")
	return nil
}

// eachHeld does something with the named complaints, or with all.
func (a *app) eachHeld(ctx context.Context, p *parts, ids []string, do func(context.Context, *parts, complaint.Entry) error) error {
	held, err := p.store.Held(ctx)
	if err != nil {
		return err
	}
	byID := make(map[string]complaint.Entry, len(held))
	for _, e := range held {
		byID[e.Complaint.Incident] = e
	}
	if len(ids) == 1 && ids[0] == "all" {
		if len(held) == 0 {
			a.say("Nothing waits for approval.")
		}
		ids = ids[:0]
		for _, e := range held {
			ids = append(ids, e.Complaint.Incident)
		}
	}
	var errs []error
	for _, id := range ids {
		e, ok := byID[strings.ToUpper(id)]
		if !ok {
			errs = append(errs, fmt.Errorf("no complaint %s waits for approval; spamreport review lists them", id))
			continue
		}
		errs = append(errs, do(ctx, p, e))
	}
	return errors.Join(errs...)
}
