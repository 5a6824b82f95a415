package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/relay"
)

func (a *app) relayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "relay",
		Short: "Take mail, send it, and look after the queue",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	desk := func(use, short string, minimum int, do func(relay.Desk) func(context.Context, time.Time, ...string) (int, error)) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: args(cobra.MinimumNArgs(minimum)),
			RunE: func(cmd *cobra.Command, ids []string) error { return a.changeQueue(cmd, ids, do) },
		}
	}
	cmd.AddCommand(
		a.relayServeCommand(),
		a.relayUserCommand(),
		a.queueCommand(),
		a.retryCommand(),
		a.classifyCommand(),
		a.relayStatusCommand(),
		a.bouncesCommand(),
		a.feedbackCommand(),
		a.suppressCommand(),
		a.dkimCommand(),
		desk("hold [ID…]", "Keep messages from being sent (all, without an id)", 0, relayHold),
		desk("release [ID…]", "End that", 0, relayRelease),
		desk("drop ID…", "Give messages up", 1, relayDrop),
	)
	return cmd
}

type queueChange = func(context.Context, time.Time, ...string) (int, error)

func relayHold(d relay.Desk) queueChange    { return d.Hold }
func relayRelease(d relay.Desk) queueChange { return d.Release }
func relayDrop(d relay.Desk) queueChange    { return d.Drop }

func (a *app) changeQueue(cmd *cobra.Command, ids []string, do func(relay.Desk) queueChange) error {
	p, err := a.open(cmd.Context(), readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	n, err := do(p.store.Queue())(cmd.Context(), time.Now(), ids...)
	if err != nil {
		return err
	}
	a.say("%s: %d recipients", cmd.Name(), n)
	return nil
}

func (a *app) retryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "retry [ID…]",
		Short: "Try what waits now (named messages also when they had failed)",
		RunE: func(cmd *cobra.Command, ids []string) error {
			p, err := a.open(cmd.Context(), readWrite)
			if err != nil {
				return err
			}
			defer p.close()
			if _, err := p.store.Queue().Retry(cmd.Context(), time.Now(), ids...); err != nil {
				return err
			}
			return a.deliver(cmd.Context(), p)
		},
	}
}

func (a *app) queueCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "List the mail that waits to be sent",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(p *parts) error { return a.listQueue(cmd.Context(), p, all) })
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what was delivered, refused or dropped")
	return cmd
}

func (a *app) listQueue(ctx context.Context, p *parts, all bool) error {
	var filter relay.Filter
	if all {
		filter.States = []relay.State{relay.Queued, relay.Retrying, relay.OnHold, relay.Delivered, relay.Failed, relay.Dropped}
	}
	items, err := p.store.Queue().List(ctx, filter)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, i := range items {
		next := ""
		if !i.Next.IsZero() {
			next = i.Next.Local().Format(time.DateTime)
		}
		if a.json {
			if err := contract.Write(a.stdout, newQueueItem(i)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{i.ID, i.Recipient, string(i.State), strconv.Itoa(i.Attempts), next, replyText(i.Reply)})
	}
	if a.json {
		return nil
	}
	if len(items) == 0 {
		a.say("The queue is empty.")
		return nil
	}
	return a.printer().Table([]string{"ID", "RECIPIENT", "STATE", "ATTEMPTS", "NEXT", "LAST REPLY"}, rows)
}

func newQueueItem(i relay.Item) contract.QueueItem {
	doc := contract.QueueItem{
		ID: i.ID, From: i.From, Recipient: i.Recipient, Size: i.Size, State: string(i.State), Attempts: i.Attempts,
		Queued: i.Queued.UTC().Format(time.RFC3339), Reply: replyText(i.Reply),
	}
	if !i.Next.IsZero() {
		doc.Next = i.Next.UTC().Format(time.RFC3339)
	}
	return doc
}

func replyText(r relay.Reply) string {
	if r == (relay.Reply{}) {
		return ""
	}
	return fmt.Sprint(r)
}
