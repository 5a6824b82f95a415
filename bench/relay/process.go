//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"spamreport/bench/internal/measure"
)

// process is a server with all its children, which are one process group.
type process struct {
	cmd *exec.Cmd
	log string // what it said
}

// start runs a server in the foreground, in a session and process group of its own.
func start(log, program string, args ...string) (*process, error) {
	return startWith(os.Environ(), log, program, args...)
}

func startWith(environment []string, log, program string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own descriptor
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &process{cmd: cmd, log: log}, nil
}

// stop ends the group and waits until its last process is gone.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	_ = p.cmd.Wait()
	for try := 0; syscall.Kill(group, 0) == nil; try++ {
		if try == 500 {
			_ = syscall.Kill(group, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// waitListening returns when addr takes connections.
func (p *process) waitListening(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for ; ; time.Sleep(20 * time.Millisecond) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			said, _ := os.ReadFile(p.log)
			p.stop()
			return fmt.Errorf("%s does not listen on %s: %w\n%s", p.cmd.Path, addr, err, said)
		}
	}
}

// usage is what a process group has taken so far.
type usage struct {
	cpu    time.Duration // of all its processes, also those that have ended
	memory int64         // octets: proportional set size now, so that shared pages count once
	peak   int64         // octets: largest resident set of its first process
}

// ticksPerSecond is the unit of /proc/*/stat, fixed on Linux (proc(5)).
const ticksPerSecond = 100

func (p *process) usage() usage {
	var u usage
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		// The name of the program, in parentheses, may have spaces.
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 15 || fields[2] != strconv.Itoa(p.cmd.Process.Pid) {
			continue
		}
		for _, ticks := range fields[11:15] { // utime, stime, and those of children that have ended
			n, _ := strconv.ParseInt(ticks, 10, 64)
			u.cpu += time.Duration(n) * time.Second / ticksPerSecond
		}
		u.memory += kilobytes(filepath.Dir(file)+"/smaps_rollup", "Pss:")
	}
	u.peak = kilobytes(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), "VmHWM:")
	return u
}

// clientCPU is the processor time of this process, which is the client, and of
// the generators that it ran.
func clientCPU() time.Duration { return measure.OwnCPU() + measure.ChildCPU() }

// kilobytes reads a line like "VmHWM:  1234 kB" and returns octets.
func kilobytes(file, name string) int64 {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}

// freePorts names loopback ports that are free now.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // held until all are known, so that none comes twice
		ports = append(ports, l.Addr().String())
	}
	return ports, nil
}
