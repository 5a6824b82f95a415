package main

import (
	"context"
	"errors"
	"iter"
	"runtime/debug"

	"github.com/spf13/cobra"

	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
)

type oneShotFlags struct {
	yes    bool
	dryRun bool
	single bool
	trust  []string
}

func (f *oneShotFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "send without asking")
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "only show what would be sent")
	cmd.Flags().BoolVar(&f.single, "single", false, "each input is one message, whatever it looks like; for pipes from procmail, Sieve, maildrop")
	cmd.Flags().StringArrayVar(&f.trust, "trust", nil, "an address, network or domain of your own mail servers (repeatable)")
}

// messages reads every input in turn.
func (a *app) messages(ctx context.Context, files []string, single bool) iter.Seq2[mailbox.Message, error] {
	return func(yield func(mailbox.Message, error) bool) {
		for _, file := range files {
			for m, err := range mailbox.Open(ctx, file, mailbox.FileOptions{Stdin: a.stdin, OneMessage: single}) {
				if !yield(m, err) {
					return
				}
			}
		}
	}
}

func (a *app) oneShot(ctx context.Context, files []string, flags oneShotFlags) error {
	if flags.yes && flags.dryRun {
		return &statusError{exitUsage, errors.New("--yes and --dry-run exclude each other")}
	}
	// A few files are done before their garbage is worth collecting.
	debug.SetGCPercent(400)
	ask := !flags.yes && !flags.dryRun && a.onTerminal()
	mode := readOnly
	if flags.yes || ask {
		mode = readWrite
	}
	p, err := a.open(ctx, mode)
	if err != nil {
		return err
	}
	defer p.close()
	walker, err := p.fileWalker(ctx, flags.trust)
	if err != nil {
		return err
	}
	stages, err := p.stages(ctx, walker)
	if err != nil {
		return err
	}
	stages.Policy.Lists = true // who gives a file by hand has asked for it
	shot := &shot{app: a, parts: p, stages: stages, files: files, single: flags.single, person: a.newPerson()}
	switch {
	case flags.yes:
		shot.allow = func(context.Context, pipeline.Case) (bool, error) { return true, nil }
	case ask:
		shot.allow = shot.ask
	}
	return shot.run(ctx)
}
