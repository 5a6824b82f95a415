package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/store"
)

func (a *app) migrateCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "migrate --from sqlite --to postgres://…",
		Short: "Move everything from the file to a PostgreSQL server",
		Long: `migrate copies everything from the file of SQLite to an empty database on a PostgreSQL
server, as it is at one moment and all or nothing, and counts on the server what
arrived. Stop everything before: what still works on the file would deliver what was
moved. The file stays; write the URL into the configuration as database afterwards.

A password on the command line can be seen by everybody on the machine: put it into
database_password_file, or into ~/.pgpass.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			stateDir, err := config.StateDir(os.Environ())
			if err != nil {
				return err
			}
			if from == "sqlite" {
				from = filepath.Join(stateDir, "spamreport.db")
			}
			if to == "" {
				to = cfg.Database
			}
			if store.IsPostgres(from) || !store.IsPostgres(to) {
				return &statusError{exitUsage, errors.New("write --from sqlite (or its file) and --to postgres://user@host/database")}
			}
			return a.migrate(cmd.Context(), from, to, cfg)
		},
	}
	cmd.Flags().StringVar(&from, "from", "sqlite", "sqlite, or its `file`")
	cmd.Flags().StringVar(&to, "to", "", "`URL` of the server's database (default: database in the configuration)")
	return cmd
}

func (a *app) migrate(ctx context.Context, from, to string, cfg config.Config) error {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("there is nothing to move: %w", err)
	}
	source, err := store.Open(ctx, from, store.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	cfg.Database = to
	_, o := databaseOf(cfg, "")
	target, err := store.Open(ctx, to, o)
	if err != nil {
		return err
	}
	defer func() { _ = target.Close() }()
	progress := a.progress("moving", -1, false)
	moved, err := store.Transfer(ctx, source, target)
	progress.done()
	if err != nil {
		return fmt.Errorf("migrate %s to %s: %w", from, store.Redacted(to), err)
	}
	for _, t := range moved {
		if err := a.count(contract.Counted{What: t.Table, Count: int64(t.Rows)}, "%-16s %8d rows, counted on both sides", t.Table, t.Rows); err != nil {
			return err
		}
	}
	a.say("Everything is on %s. Write its URL into the configuration as database; the file stays as it was.", store.Redacted(to))
	return nil
}
