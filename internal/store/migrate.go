package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where goose notes which migrations were applied.
const versionTable = "schema_version"

// target is the version of the schema that this program works with: the
// number of the last migration.
const target = 14

// migrate brings a database to the target version.
func migrate(ctx context.Context, db *sql.DB, d *dialect) error {
	err := checkVersion(ctx, db, d)
	if !errors.Is(err, ErrOlder) && !errors.Is(err, errEmpty) {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(d.goose, db, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	// The provider is not closed: that would close db.
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("upgrade the database: %w", err)
	}
	return judgeRefused(ctx, db)
}

// errEmpty says that a database has no tables yet.
var errEmpty = fmt.Errorf("%w (it is empty)", ErrOlder)

// checkVersion compares the database's version with the target.
func checkVersion(ctx context.Context, db *sql.DB, d *dialect) error {
	tables, ours := 0, 0
	if err := db.QueryRowContext(ctx, d.catalogue, versionTable).Scan(&tables, &ours); err != nil {
		return err
	}
	if ours == 0 {
		if tables > 0 {
			return ErrForeign
		}
		return errEmpty
	}
	var version int64
	const latest = `SELECT COALESCE(MAX(version_id), 0) FROM ` + versionTable + ` WHERE is_applied`
	if err := db.QueryRowContext(ctx, latest).Scan(&version); err != nil {
		return err
	}
	switch {
	case version > target:
		return fmt.Errorf("%w (it has version %d, this program knows up to %d)", ErrNewer, version, target)
	case version < target:
		return ErrOlder
	}
	return nil
}
