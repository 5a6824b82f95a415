package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrServerBackup says that a server makes its own backups.
var ErrServerBackup = errors.New("a server makes its own: pg_dump --format=custom, or base backups with its log for every moment")

// Backup writes a copy of the database to a new file, as it is at one moment,
// while others read and write.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.sessions != nil {
		return ErrServerBackup
	}
	// Made here, for its owner only: complaints quote other people's mail.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%w: a backup goes to a new file", pathless(err))
	case err != nil:
		return pathless(err)
	}
	_, err = s.read.ExecContext(ctx, `VACUUM INTO $1`, file)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(explain(err), f.Close()); err != nil {
		return fmt.Errorf("%w (what was written is not complete)", err)
	}
	return checkCopy(ctx, file)
}

// pathless drops the name from an error of package os: the caller says it.
func pathless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkCopy reads a backup: one that cannot be read is none.
func checkCopy(ctx context.Context, file string) error {
	backup, err := OpenReadOnly(ctx, file, Options{})
	if err != nil {
		return err
	}
	return errors.Join(backup.QuickCheck(ctx), backup.Close())
}

// Vacuum gives the room of what was dropped back to the disk. It takes as much
// room once more meanwhile, and nobody writes.
func (s *Store) Vacuum(ctx context.Context) error {
	if s.write == nil {
		return ErrReadOnly
	}
	_, err := s.write.ExecContext(ctx, `VACUUM`)
	return explain(err)
}
