package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/reviewui"
)

func (a *app) reviewShowCommand() *cobra.Command {
	var raw bool
	cmd := &cobra.Command{
		Use: "show INCIDENT…|all", Short: "Print a complaint as it will be sent",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			show := a.showHeld
			if raw {
				show = a.showRaw
			}
			return a.withStore(cmd, func(p *parts) error { return a.eachHeld(cmd.Context(), p, ids, show) })
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "the whole message, octet for octet")
	return cmd
}

// showRaw prints the message. It is 7-bit and printable, evidence and all; see
// package complaint.
func (a *app) showRaw(_ context.Context, _ *parts, e complaint.Entry) error {
	_, err := a.stdout.Write(e.Complaint.Raw)
	return err
}

func (a *app) showHeld(ctx context.Context, p *parts, e complaint.Entry) error {
	if a.json {
		return contract.Write(a.stdout, contract.NewComplaint(e.Complaint))
	}
	walker, err := p.fileWalker(ctx, nil)
	if err != nil {
		return err
	}
	reviewui.Describe(a.printer(), e, walkIn(walker))
	return nil
}

func (a *app) approve(ctx context.Context, ids []string) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	err = a.eachHeld(ctx, p, ids, func(ctx context.Context, p *parts, e complaint.Entry) error {
		if err := p.approvals().Approve(ctx, e); err != nil {
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
		if err := p.approvals().Drop(ctx, e); err != nil {
			return err
		}
		a.say("%s: dropped", e.Complaint.Incident)
		return nil
	})
}
