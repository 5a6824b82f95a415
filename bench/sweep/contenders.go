package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// figures are what one round came to.
type figures struct {
	wall time.Duration
	cpu  time.Duration // of the contender
	peak int64         // octets: largest resident set
}

// contender reads the whole folder once.
type contender struct {
	name string
	run  func(ctx context.Context, round string) (figures, error)
}

// rawRange is how many messages one FETCH of the raw client asks for.
const rawRange = 1000

// raw fetches the header blocks and throws them away: all commands at once, and
// then whatever comes until the server hangs up. No client can do with less.
func (b *bench) raw(ctx context.Context, _ string) (figures, error) {
	before := ownCPU()
	begin := time.Now()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.dovecot.address)
	if err != nil {
		return figures{}, err
	}
	defer conn.Close() // nothing is lost with it
	// Dovecot takes no more commands than fit its buffer before the log-in.
	in := bufio.NewReaderSize(conn, 256<<10)
	fmt.Fprintf(conn, "a LOGIN %s %q\r\n", user, password)
	for line := ""; !strings.HasPrefix(line, "a OK"); {
		if line, err = in.ReadString('\n'); err != nil {
			return figures{}, err
		}
	}
	var commands strings.Builder
	fmt.Fprintf(&commands, "b EXAMINE %s\r\n", folder)
	for first := 1; first <= b.messages; first += rawRange {
		fmt.Fprintf(&commands, "c UID FETCH %d:%d (BODY.PEEK[HEADER])\r\n", first, first+rawRange-1)
	}
	commands.WriteString("z LOGOUT\r\n")
	failed := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, commands.String())
		failed <- err
	}()
	octets, err := in.WriteTo(io.Discard)
	f := figures{wall: time.Since(begin), cpu: ownCPU() - before}
	if err := errFirst(err, <-failed); err != nil {
		return f, err
	}
	if octets < int64(b.messages)*1000 {
		return f, fmt.Errorf("only %d octets came", octets)
	}
	b.headers = octets
	return f, nil
}

// sweep is a dry run of spamreport, which shows every message.
func (b *bench) sweep(ctx context.Context, _ string) (figures, error) {
	cmd := b.spamreport(ctx, "sweep", "--dry-run")
	out, err := os.Create(filepath.Join(b.dir, "sweep.out"))
	if err != nil {
		return figures{}, err
	}
	defer out.Close() // it is read below
	cmd.Stdout = out
	f, err := run(cmd)
	if err != nil {
		return f, err
	}
	text, err := os.ReadFile(out.Name())
	if n := strings.Count(string(text), "\n"+folder+"/"); err == nil && n+1 < b.messages {
		err = fmt.Errorf("the dry run shows only %d messages", n)
	}
	if n := strings.Count(string(text), ": would-send: "); err == nil && n < b.messages*8/10 {
		err = fmt.Errorf("the dry run finds a desk for %d of %d messages only", n, b.messages)
	}
	return f, err
}

func (b *bench) spamreport(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, b.binary, args...)
	cmd.Env = append(os.Environ(), "SPAMREPORT_CONFIG="+filepath.Join(b.dir, "config.toml"),
		"XDG_STATE_HOME="+filepath.Join(b.dir, "state"), "HOME="+b.dir, "IMAP_PASSWORD="+password)
	return cmd
}

//go:embed mbsyncrc
var mbsyncrc string

// mbsync copies the folder into a fresh maildir, with or without a sync of
// each message to the disk.
func (b *bench) mbsync(sync bool) func(context.Context, string) (figures, error) {
	return func(ctx context.Context, round string) (figures, error) {
		dir := filepath.Join(b.dir, "mbsync-"+round)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return figures{}, err
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "rc")
		err := render(file, mbsyncrc, map[string]any{
			"Dir": dir, "Port": b.dovecot.port, "User": user, "Password": password, "Folder": folder, "Sync": sync,
		})
		if err != nil {
			return figures{}, err
		}
		f, err := run(exec.CommandContext(ctx, "mbsync", "-q", "-c", file, "bench"))
		if err != nil {
			return f, fmt.Errorf("mbsync (apt-get install isync): %w", err)
		}
		copied, err := filepath.Glob(filepath.Join(dir, folder, "*", "*"))
		if len(copied) < b.messages {
			err = errFirst(err, fmt.Errorf("only %d messages were copied", len(copied)))
		}
		return f, err
	}
}

// run runs a process to its end. Its peak is read again and again while it runs:
// the kernel's figure at the end counts this process, too, as that was before it
// became the other one.
func run(cmd *exec.Cmd) (figures, error) {
	var said strings.Builder
	cmd.Stderr = &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return figures{}, err
	}
	peak := make(chan int64)
	go func() { peak <- watchPeak(cmd.Process.Pid) }()
	err := cmd.Wait()
	f := figures{wall: time.Since(begin), peak: <-peak, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if err != nil {
		return f, fmt.Errorf("%w\n%s", err, said.String())
	}
	return f, nil
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for no other argument
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchPeak reads the highest resident set of a process until that is gone.
func watchPeak(pid int) (peak int64) {
	for ; ; time.Sleep(2 * time.Millisecond) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, running := strings.Cut(string(status), "VmHWM:")
		if err != nil || !running {
			return peak
		}
		var kilobytes int64
		if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
			peak = kilobytes << 10
		}
	}
}
