package main

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"spamreport/internal/pipeline"
	"spamreport/relay"
)

// accountsAtOnce is how many accounts are swept side by side. It bounds memory
// and connections; an account that takes hours, or a server that does not
// answer, keeps none of the others waiting.
const accountsAtOnce = 8

// sweepAccounts sweeps the accounts, and delivers beside it what becomes due,
// also if something goes wrong: a smarthost that takes its time keeps no account
// waiting. A dry run takes one after the other, so that it says the same each
// time.
func (a *app) sweepAccounts(ctx context.Context, p *parts, sweep *pipeline.Sweep, accounts []pipeline.Account) []error {
	var sweeping errgroup.Group
	sweeping.SetLimit(accountsAtOnce)
	if sweep.DryRun {
		sweeping.SetLimit(1)
	}
	var out deliveries
	var delivering sync.WaitGroup
	swept := make(chan struct{}, 1) // since the last delivery began
	delivering.Go(func() { out.after(ctx, swept, p.relay) })
	of := make([][]error, len(accounts))
	for i, account := range accounts {
		sweeping.Go(func() error {
			if ctx.Err() == nil {
				of[i] = sweep.Account(ctx, account)
			}
			if !sweep.DryRun {
				select {
				case swept <- struct{}{}:
				default:
				}
			}
			return nil
		})
	}
	_ = sweeping.Wait() // the errors are in of
	close(swept)
	delivering.Wait()
	if ctx.Err() != nil {
		return []error{ctx.Err()}
	}
	errs := slices.Concat(of...)
	if err := a.undelivered(out.report, out.err); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// deliveries are several deliveries in one sweep, one after the other.
type deliveries struct {
	report relay.FlushReport // of all
	err    error             // the last one
}

// after delivers after each account that was swept, or several.
func (d *deliveries) after(ctx context.Context, swept <-chan struct{}, through *relay.Relay) {
	for range swept {
		if ctx.Err() == nil {
			d.deliver(ctx, through)
		}
	}
}

func (d *deliveries) deliver(ctx context.Context, through *relay.Relay) {
	report, err := through.Flush(ctx)
	if err != nil {
		d.err = err
	}
	d.report.Delivered += report.Delivered
	d.report.Retrying += report.Retrying
	d.report.Failed += report.Failed
	d.report.PutOff += report.PutOff
	d.report.Problems = append(d.report.Problems, report.Problems...)
}
