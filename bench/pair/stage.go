package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"spamreport/bench/internal/stage"
)

// quotas is where the kernel keeps quotas (cgroup v1).
const quotas = "/sys/fs/cgroup/cpu"

// period is how long a quota is for, in microseconds. Short periods make the
// waits of a process that has used up its part short, too.
const period = 10_000

// firmly is the weight of such a group, of which 1024 is usual: its part of a
// core is not only the most that it has, but also the least.
const firmly = 20_480

// quota is a command that runs another one and gives it so much of a core. Each
// call of the command makes a group of its own.
func quota(s *stage.Stage, share float64) []string {
	all := filepath.Join(quotas, fmt.Sprintf("bench-pair-%d", os.Getpid()))
	s.Cleanup(func() {
		groups, _ := filepath.Glob(all + "-*")
		for _, group := range groups {
			_ = os.Remove(group)
		}
	})
	script := fmt.Sprintf(`group=%s-$$ && mkdir $group && echo %d >$group/cpu.cfs_period_us && echo %d >$group/cpu.cfs_quota_us &&
echo %d >$group/cpu.shares && echo $$ >$group/tasks && exec "$@"`, all, period, int(share*period), firmly)
	return []string{"env", "GOMAXPROCS=1", "sh", "-c", script, "sh"}
}

// busyCores is the processor time that everything on the machine took so far.
func busyCores() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	var ticks int64
	for i, field := range strings.Fields(line)[1:] {
		if n, err := strconv.ParseInt(field, 10, 64); err == nil && i != 3 && i != 4 && i < 8 { // but for idle and iowait
			ticks += n
		}
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// ticksPerSecond is the unit of /proc/stat, fixed on Linux (proc(5)).
const ticksPerSecond = 100

// machine says what all this ran on.
func machine() string {
	var name syscall.Utsname
	if err := syscall.Uname(&name); err != nil {
		return err.Error()
	}
	release := make([]byte, 0, len(name.Release))
	for _, c := range name.Release {
		if c == 0 {
			break
		}
		release = append(release, byte(c))
	}
	return fmt.Sprintf("%d cores, Linux %s, %s", runtime.NumCPU(), release, runtime.Version())
}
