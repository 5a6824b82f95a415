package main

import (
	"github.com/spf13/cobra"
)

// usage marks an error as the user's misuse of the command line.
func usage(cmd *cobra.Command, err error) error {
	return &statusError{exitUsage, &usageError{err, cmd.CommandPath()}}
}

type usageError struct {
	error
	command string
}

func (e *usageError) Error() string {
	return e.error.Error() + "; see " + e.command + " --help"
}

// exactly makes cobra's own argument checks usage errors.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(cmd, err)
		}
		return nil
	}
}
