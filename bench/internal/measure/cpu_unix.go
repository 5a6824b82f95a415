//go:build unix

package measure

import (
	"syscall"
	"time"
)

// OwnCPU is the processor time, user's and system's, that this process took so
// far in all its threads.
func OwnCPU() time.Duration { return cpuOf(syscall.RUSAGE_SELF) }

// ChildCPU is that of the processes it started and has waited for.
func ChildCPU() time.Duration { return cpuOf(syscall.RUSAGE_CHILDREN) }

func cpuOf(who int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u) // fails for no other argument
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
