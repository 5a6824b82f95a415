package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database to a new file while everything runs",
		Long: `backup writes a copy of the database to a new file, as it is at one moment, and reads
it once to see that it is whole. Nothing needs to be stopped. To go back to it, stop
everything and put it in place of the database, without the files that end in -wal and
-shm. A PostgreSQL server makes its own backups: see pg_dump.

The keys and tokens beside the database are files: copy them as files.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, file []string) error {
			p, err := a.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer p.close()
			if p.store == nil {
				return &statusError{exitNothing, errors.New("there is no database yet")}
			}
			progress := a.progress("copying", -1, false)
			err = p.store.Backup(cmd.Context(), file[0])
			progress.done()
			if err != nil {
				return fmt.Errorf("back up to %s: %w", file[0], err)
			}
			a.say("%s is a whole copy.", file[0])
			return nil
		},
	}
}
