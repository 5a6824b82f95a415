package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
	"spamreport/internal/setup"
)

func (a *app) initCommand() *cobra.Command {
	flags := initFlags{given: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set up the first mailbox, or write a commented configuration to start from",
		Long: `On a terminal init asks for your mail address, finds its servers, logs in to see that
it works, and asks where spam lies and how complaints leave. Then it writes the
configuration, proposes your own mail hosts (trust learn), and offers a timer. What a
flag answers is not asked. Nothing is written before the last question about it.

Without a terminal it asks nothing and tries nothing: it writes the file with what the
flags say. With --yes it tries everything, and takes what it proposes for each answer.`,
		Example: `  spamreport init
  spamreport init --address you@example.org --imap-password-command 'pass mail' --yes`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags.askedByHand = cmd.Flags()
			return a.init(cmd.Context(), flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.force, "force", false, "replace a file that is there")
	f.BoolVarP(&flags.yes, "yes", "y", false, "take every proposal without asking")
	f.StringSliceVar(&flags.folders, "folder", nil, "`folder` to read (repeatable)")
	f.StringSliceVar(&flags.autoconfig, "autoconfig", nil, "`URL` that knows servers, with %s for the domain (default: Thunderbird's database)")
	for _, answer := range initAnswers {
		flags.given[answer.name] = f.String(answer.name, "", answer.usage)
	}
	return cmd
}

func (a *app) init(ctx context.Context, flags initFlags) error {
	path := a.configPath
	if path == "" {
		var err error
		if path, err = config.DefaultPath(os.Environ()); err != nil {
			return err
		}
	}
	if !flags.yes && !a.onTerminal() {
		if err := flags.check(); err != nil {
			return &statusError{exitUsage, err}
		}
		if err := config.WriteStarter(path, flags.answers(), flags.force); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "Wrote %s. Fill in what is missing there, then try: spamreport sweep --dry-run\n", path)
		return err
	}
	if _, err := os.Lstat(path); err == nil && !flags.force {
		return fmt.Errorf("%s %w: edit it, or use --force to replace it", path, config.ErrExists)
	}
	return a.interview(ctx, path, flags)
}

// errUnanswered says that --yes has nothing to say yes to.
var errUnanswered = errors.New("there is nothing to propose")

// interviewee is who answers.
func (a *app) interviewee(yes bool, p person) setup.Person {
	if yes {
		return proposals{a}
	}
	return terminal{a, p}
}
