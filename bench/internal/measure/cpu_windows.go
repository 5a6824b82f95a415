package measure

import (
	"syscall"
	"time"
)

// OwnCPU is the processor time, user's and system's, that this process took so
// far in all its threads.
func OwnCPU() time.Duration {
	self, _ := syscall.GetCurrentProcess() // fails never: it is a constant
	var made, ended, kernel, user syscall.Filetime
	_ = syscall.GetProcessTimes(self, &made, &ended, &kernel, &user) // nor does this, for oneself
	return elapsed(kernel) + elapsed(user)
}

// elapsed reads a span of time, which Windows counts in 100 ns.
func elapsed(t syscall.Filetime) time.Duration {
	return time.Duration(int64(t.HighDateTime)<<32|int64(t.LowDateTime)) * 100
}
