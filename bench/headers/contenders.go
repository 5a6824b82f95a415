//go:build unix

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"spamreport/bench/internal/measure"
	"spamreport/headers"
)

func ours(files []string, workers int) (cost, error) {
	runtime.GOMAXPROCS(workers)
	var next, sources atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start, cpu := time.Now(), measure.OwnCPU()
	for range workers {
		wg.Go(func() {
			var r headers.Reader
			var f file
			mine := int64(0)
			defer func() { sources.Add(mine) }()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				found, err := walk(&r, &f, files[i])
				if err != nil {
					failed.Store(&err)
					return
				}
				if found {
					mine++
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return cost{}, *err
	}
	if sources.Load() == 0 {
		return cost{}, errors.New("no message has a source")
	}
	return cost{time.Since(start), measure.OwnCPU() - cpu}, nil
}

func walk(r *headers.Reader, f *file, path string) (bool, error) {
	if err := f.open(path); err != nil {
		return false, err
	}
	v, err := r.Walk(f)
	if err := errors.Join(err, f.close()); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return v.Source != nil, nil
}

func grep(files []string) (cost, error) {
	start := time.Now()
	cmd := exec.Command("xargs", "grep", "-c", "^Received:")
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	out, err := cmd.Output()
	took := cost{clock: time.Since(start)}
	if cmd.ProcessState != nil {
		took.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if err == nil && strings.Count(string(out), "\n") != len(files) {
		err = errors.New("grep did not read every file")
	}
	return took, err
}

// spamassassin runs the Perl side, which prints the seconds it spent from the
// file to the relays, and in the reader of Received fields alone.
func spamassassin(script string, files []string) (whole, reader time.Duration, err error) {
	cmd := exec.Command("perl", script)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		return 0, 0, fmt.Errorf("SpamAssassin is left out (apt-get install spamassassin): %w", err)
	}
	var seconds [2]float64
	if _, err := fmt.Sscan(string(out), &seconds[0], &seconds[1]); err != nil {
		return 0, 0, err
	}
	return time.Duration(seconds[0] * float64(time.Second)), time.Duration(seconds[1] * float64(time.Second)), nil
}
