package doctor

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"spamreport/internal/store"
)

// file looks at the configuration, which was read without a mistake: no secret
// in it, and no file that it names, can be read by others.
func (s Setup) file(context.Context) []Result {
	if s.Config.File == "" {
		return one(warn("write one: spamreport init", "no configuration file: only defaults and variables"))
	}
	return one(ok("%s, and no secret that others can read", s.Config.File))
}

// lowSpace is how many octets must be free: the queue accepts nothing that it
// cannot keep, and a sweep of a large folder takes some hundred megabytes.
const lowSpace = 512 << 20

func (s Setup) stateFolder(context.Context) []Result {
	dir, exists := s.StateDir, true
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir, exists = filepath.Dir(dir), false // it is made when it is needed
	}
	const allow = "let this user write there: it holds the ledger and the queue"
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return one(fail(allow, "%s cannot be written: %s", dir, plainly(pathless(err))))
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return one(fail(allow, "%s cannot be written: %s", dir, plainly(pathless(err))))
	}
	if exists {
		if info, err := os.Stat(dir); err == nil && exposed(info.Mode()) {
			return one(warn("run chmod 700 "+dir, "%s can be read by others (mode %04o): complaints quote mail", dir, info.Mode().Perm()))
		}
	}
	free, known := freeSpace(dir)
	switch {
	case !known:
		return one(ok("%s can be written", s.StateDir))
	case free < lowSpace:
		return one(warn("make room", "%s: only %d MB are free", s.StateDir, free>>20))
	}
	return one(ok("%s can be written, %d MB are free", s.StateDir, free>>20))
}

func pathless(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// databaseFaults are what can be wrong with the file.
var databaseFaults = faults{
	{store.ErrDamaged, "restore a backup, or move the file away to start anew"},
	{store.ErrForeign, "move the file away: it is not ours"},
	{store.ErrNewer, "use the newer spamreport that wrote it"},
	{store.ErrUnreachable, "see whether the server runs, and whether this machine may connect to it"},
	{store.ErrLogin, "check the user in the URL, and database_password_file"},
	{store.ErrNoDatabase, "make it on the server: createdb"},
}

func (s Setup) database(ctx context.Context) []Result {
	db, err := store.OpenReadOnly(ctx, s.Database, s.DatabaseOptions)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return one(ok("none yet: the first command that writes makes it"))
	case errors.Is(err, store.ErrOlder):
		return one(warn("run any command that writes, such as spamreport sweep: it upgrades the database", "%s", err))
	case err == nil:
		err = errors.Join(db.QuickCheck(ctx), db.Close())
	}
	if err != nil {
		return one(fail(cmp.Or(databaseFaults.advice(err), "let this user read the file and its folder"), "%s", err))
	}
	if store.Exposed(s.Database) {
		return one(warn("add sslmode=verify-full to the URL, and sslrootcert=FILE for an authority of your own",
			"others on the way to %s can read along: it need not show a certificate with its name", store.Redacted(s.Database)))
	}
	return one(ok("%s opens, is whole, and has version %d", store.Redacted(s.Database), store.Version))
}
