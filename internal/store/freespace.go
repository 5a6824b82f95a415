//go:build linux || darwin || freebsd

package store

import "golang.org/x/sys/unix"

// freeSpace is what is free in the file system of a folder, in octets; false
// when that is not known.
func freeSpace(dir string) (int64, bool) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true // #nosec G115 -- no disk has that much
}
