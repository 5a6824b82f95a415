//go:build linux || darwin || freebsd

package doctor

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// freeSpace is how many octets this user may still write on a folder's disk.
func freeSpace(dir string) (octets uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true // #nosec G115 -- no size is negative; the types differ between systems
}

func exposed(mode fs.FileMode) bool { return mode.Perm()&0o077 != 0 }
