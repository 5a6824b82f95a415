//go:build linux

// Command relay measures the relay against Postfix, in one run on the same
// machine and the same file system: both take the same messages from the same
// client over sessions with a log-in, sync each to disk before they say 250,
// and pass it on to smtp-sink.
//
//	go run ./bench/relay                   # 3,000 messages of 8 KB in 20 sessions, three rounds each
//	go run ./bench/relay -queued 100000    # what a long queue takes of memory and time
//
// It needs Linux, root and Debian's postfix, libsasl2-modules and sasl2-bin.
// The rounds take turns, so that whatever else the machine does hits both, and
// the median counts.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"spamreport/bench/internal/measure"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/relay: ")
	b := bench{load: load{user: "load", password: "correct horse battery staple"}}
	flag.IntVar(&b.load.messages, "messages", 3000, "how many messages to submit")
	flag.IntVar(&b.load.sessions, "sessions", 20, "how many sessions submit at once")
	flag.IntVar(&b.load.size, "size", 8000, "octets of text in each message")
	flag.BoolVar(&b.load.reconnect, "reconnect", false, "a new session, with a log-in, for each message")
	flag.BoolVar(&b.load.pipelining, "pipelining", true, "send MAIL, RCPT and DATA in one piece")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each server is measured")
	flag.StringVar(&b.dir, "dir", "", "folder for both servers, on the disk to measure; a temporary one when empty")
	flag.StringVar(&b.binary, "binary", "", "the spamreport to measure; built from this tree when empty")
	flag.BoolVar(&b.alone, "alone", false, "measure spamreport only, for a profile (perf record -p) or a quick look")
	flag.BoolVar(&b.check, "check", false, "measure Postfix with its own smtp-source as well, to check the client")
	queued := flag.Int("queued", 0, "measure spamreport with so many messages in the queue instead")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.prepare(ctx); err != nil {
		log.Fatal(err)
	}
	defer b.tidy()
	measure := b.compare
	if *queued > 0 {
		b.load.messages = *queued
		measure = b.longQueue
	}
	if err := measure(ctx); err != nil {
		b.tidy()
		log.Fatal(err)
	}
}

// bench is one run of this command.
type bench struct {
	load   load
	rounds int
	check  bool
	alone  bool
	dir    string
	binary string

	temporary string // folder to remove at the end
}

// prepare makes the folder and the program to measure.
func (b *bench) prepare(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root can run a Postfix")
	}
	var err error
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "bench-relay-"); err != nil {
			return err
		}
		b.temporary = b.dir
	}
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	// The servers run as users of their own.
	if err := os.Chmod(b.dir, 0o755); err != nil {
		return err
	}
	b.binary, err = measure.Program(ctx, b.binary, b.dir)
	return err
}

func (b *bench) tidy() {
	if b.temporary != "" {
		_ = os.RemoveAll(b.temporary)
	}
}
