package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/store"
)

func (a *app) pruneCommand() *cobra.Command {
	var dryRun, vacuum bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Drop what is older than it is to be kept",
		Long: `prune drops what is older than [retention] says, in small steps beside everything
else. sweep, watch and serve do it once a day. What waits for approval or for another
try stays.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			mode := readWrite
			if dryRun {
				mode = readOnly
			}
			p, err := a.open(cmd.Context(), mode)
			if err != nil {
				return err
			}
			defer p.close()
			if p.store == nil {
				return nil // nothing was ever stored
			}
			return a.prune(cmd.Context(), p, dryRun, vacuum)
		},
	}
	cmd.Flags().BoolVarP(&dryRun, "dry-run", "n", false, "only count what would be dropped")
	cmd.Flags().BoolVar(&vacuum, "vacuum", false, "then give the room back to the disk, while nobody writes")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "vacuum")
	return cmd
}

func (a *app) prune(ctx context.Context, p *parts, dryRun, vacuum bool) error {
	pruned, err := p.store.Prune(ctx, retention(p.cfg.Retention), dryRun)
	did := "dropped"
	if dryRun {
		did = "would drop"
	}
	for _, kind := range pruned {
		if err := a.count(contract.Counted{What: kind.What, Count: kind.Rows}, "%s %d %s", did, kind.Rows, kind.What); err != nil {
			return err
		}
	}
	if err == nil && len(pruned) == 0 {
		a.say("Nothing expires: [retention] in the configuration says how long what is kept.")
	}
	if err == nil && vacuum {
		err = p.store.Vacuum(ctx)
	}
	return err
}

func retention(c config.Retention) store.Retention {
	return store.Retention{Texts: c.Texts, Ledger: c.Ledger, Replies: c.Replies, Relay: c.Relay}
}

// When programs that run anyway prune.
const (
	pruneEvery = 24 * time.Hour
	// pruneLook is how often they look whether it is due: whoever was at it may
	// have died.
	pruneLook = 10 * time.Second
	// pruneAgain is how long they wait after a failure.
	pruneAgain = time.Hour
)

// pruneDaily prunes when nobody has for a day, on whatever machine.
func (p *parts) pruneDaily(ctx context.Context) error {
	return p.store.Chore(ctx, "prune", pruneEvery, func(ctx context.Context) error {
		pruned, err := p.store.Prune(ctx, retention(p.cfg.Retention), false)
		for _, kind := range pruned {
			if kind.Rows > 0 {
				p.log.Info("pruned", "what", kind.What, "rows", kind.Rows)
			}
		}
		return err
	})
}

// keepPruned prunes every day until ctx ends. A failure is for the log.
func (p *parts) keepPruned(ctx context.Context) {
	for {
		pause := pruneLook
		if err := p.pruneDaily(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("cannot prune", "error", err)
			pause = pruneAgain
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
