//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// sink is Postfix's smtp-sink, which takes everything and keeps nothing.
type sink struct {
	*process
	addr string
}

func startSink(dir, addr string) (*sink, error) {
	program, err := find("smtp-sink")
	if err != nil {
		return nil, err
	}
	args := []string{"-c", addr, "1000"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...) // it insists
	}
	p, err := start(dir+"/sink.log", program, args...)
	if err != nil {
		return nil, err
	}
	return &sink{p, addr}, p.waitListening(context.Background(), addr)
}

// counter is what smtp-sink -c prints, over and over.
var counter = regexp.MustCompile(`mesg=(\d+)`)

// count returns how many messages have arrived.
func (s *sink) count() int {
	said, _ := os.ReadFile(s.log)
	// The last one may be cut off; the one before it is whole.
	said = said[max(0, len(said)-200):]
	said = said[:bytes.LastIndexByte(said, '\r')+1]
	all := counter.FindAllSubmatch(said, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(string(all[len(all)-1][1]))
	return n
}

// wait returns when n messages have arrived.
func (s *sink) wait(ctx context.Context, n int) error {
	last, moved := 0, time.Now()
	for {
		count := s.count()
		if count >= n {
			return nil
		}
		if count != last {
			last, moved = count, time.Now()
		}
		if time.Since(moved) > 2*time.Minute {
			return fmt.Errorf("%d of %d messages have arrived, and none for two minutes", count, n)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// find looks in PATH and where Debian keeps the programs of administrators.
func find(name string) (string, error) {
	for _, path := range []string{name, "/usr/sbin/" + name, "/usr/lib/postfix/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s is not installed (apt-get install postfix libsasl2-modules sasl2-bin)", name)
}
