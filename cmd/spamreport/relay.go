package main

import (
	"context"
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
		desk("release [ID…]", "Send again what is held (all, without an id)", 0, relayRelease),
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
	return a.count(contract.Counted{What: cmd.Name(), Count: int64(n)}, "%s: %d recipients", cmd.Name(), n)
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
