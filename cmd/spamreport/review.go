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
	"spamreport/internal/pipeline"
)

func (a *app) reviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "See, approve or drop the complaints that wait for approval",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(p *parts) error { return a.listHeld(cmd.Context(), p) })
		},
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "show INCIDENT…", Short: "Print a complaint as it will be sent",
			Args: args(cobra.MinimumNArgs(1)),
			RunE: func(cmd *cobra.Command, ids []string) error {
				return a.withStore(cmd, func(p *parts) error { return a.eachHeld(cmd.Context(), p, ids, a.showHeld) })
			},
		},
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
				Incident: e.Complaint.Incident, Source: e.Source.String(), Network: e.Network,
				Contact: e.Contact, Subject: e.Subject, Seen: e.Seen.UTC().Format(time.RFC3339), Copies: max(e.Copies, 1),
			}
			if err := contract.Write(a.stdout, doc); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{e.Complaint.Incident, e.Source.String(), e.Network, e.Contact, strconv.Itoa(max(e.Copies, 1)), e.Subject})
	}
	if a.json {
		return nil
	}
	if len(held) == 0 {
		a.say("Nothing waits for approval.")
		return nil
	}
	if err := a.printer().Table([]string{"INCIDENT", "SOURCE", "NETWORK", "CONTACT", "COPIES", "SPAM SUBJECT"}, rows); err != nil {
		return err
	}
	a.say("spamreport review show|approve|drop INCIDENT… (or: all)")
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

func (a *app) showHeld(_ context.Context, _ *parts, e complaint.Entry) error {
	if a.json {
		return contract.Write(a.stdout, contract.NewComplaint(e.Complaint))
	}
	out := a.printer()
	out.Title("%s", e.Complaint.Incident)
	out.Complaint(e.Complaint)
	return nil
}

func (a *app) approve(ctx context.Context, ids []string) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	err = a.eachHeld(ctx, p, ids, func(ctx context.Context, p *parts, e complaint.Entry) error {
		if err := p.store.Approve(ctx, e.Digest, pipeline.NewSubmission(*e.Complaint, time.Now())); err != nil {
			return err
		}
		a.say("%s: queued for %s", e.Complaint.Incident, strings.Join(e.Complaint.To, ", "))
		return nil
	})
	return errors.Join(err, a.deliver(ctx, p))
}

func (a *app) drop(ctx context.Context, ids []string) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	return a.eachHeld(ctx, p, ids, func(ctx context.Context, p *parts, e complaint.Entry) error {
		if err := p.store.Drop(ctx, e.Digest, "dropped in the review"); err != nil {
			return err
		}
		a.say("%s: dropped", e.Complaint.Incident)
		return nil
	})
}
