//go:build !linux && !darwin && !freebsd

package doctor

import "io/fs"

// freeSpace is not asked for here.
func freeSpace(string) (octets uint64, known bool) { return 0, false }

// exposed says nothing where permissions are not in the mode.
func exposed(fs.FileMode) bool { return false }
