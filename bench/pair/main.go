// Command pair measures how much faster two serve processes on one PostgreSQL
// are than one, from mail in the folders of a Dovecot to complaints at a
// smarthost:
//
//	go run ./bench/pair                     # 10,000 messages, each process held to one core of eight
//	go run ./bench/pair -slow               # registries and mailboxes that answer after 300 ms
//	go run ./bench/pair -share 1            # each process held to one core
//
// Each process is held to the same part of a core, by a quota of the kernel
// (cgroup v1), so that the servers (Dovecot, PostgreSQL, registry and smarthost,
// on the same machine) have the rest whether there are two processes or one. A
// machine of eight cores gives each process one; of a smaller one each gets an
// eighth. Where there is too little left for the servers, that is what limits two
// processes, and the table shows it: it says how many cores everything took.
//
// It needs Linux, root and Debian's dovecot-imapd and postgresql.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"spamreport/bench/internal/stage"
	"spamreport/internal/servertest/fleet"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/pair: ")
	var b bench
	slow := flag.Bool("slow", false, "registries and mailboxes answer slowly")
	flag.IntVar(&b.messages, "messages", 10_000, "how many messages lie in the folders")
	flag.IntVar(&b.accounts, "accounts", 10, "in how many mailboxes")
	flag.IntVar(&b.folders, "folders", 8, "in how many folders of each")
	flag.IntVar(&b.networks, "networks", 400, "from how many networks")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each is measured")
	flag.Float64Var(&b.share, "share", min(1, float64(runtime.NumCPU())/8), "how much of a core each process has")
	flag.StringVar(&b.binary, "binary", "", "the spamreport to measure; built from this tree when empty")
	flag.Parse()
	if *slow {
		b.registry, b.cable = 300*time.Millisecond, 75*time.Millisecond
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.run(ctx); err != nil {
		log.Fatal(err)
	}
}

// bench is one run of this command.
type bench struct {
	messages, accounts, folders, networks, rounds int

	share           float64
	registry, cable time.Duration
	binary          string
}

func (b *bench) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "bench-pair-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if b.binary == "" {
		b.binary = filepath.Join(dir, "spamreport")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.binary, "./cmd/spamreport")
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build spamreport (run this in the folder of the project): %w\n%s", err, out)
		}
	}
	b.describe()
	rounds := map[int][]figures{}
	for range b.rounds {
		for _, processes := range []int{1, 2} {
			f, err := b.measure(ctx, processes)
			if err != nil {
				return err
			}
			rounds[processes] = append(rounds[processes], f)
			fmt.Fprintf(os.Stderr, "%d: %.0f a second\n", processes, f.rate)
		}
	}
	b.report(rounds)
	return nil
}

// figures are what one round came to.
type figures struct {
	rate    float64 // messages a second
	each    float64 // cores that a process took, of its share
	all     float64 // cores that everything on the machine took
	lookups int     // queries to the registry
}

// patience is how long nothing may arrive. Where the registry is slow, that is
// until it has told all networks of a folder's first messages.
const patience = 10 * time.Minute

// measure has so many processes work through the corpus once. The time that they
// take to start, and to share out the folders, counts.
func (b *bench) measure(ctx context.Context, processes int) (got figures, err error) {
	s := stage.New(ctx)
	defer s.Close()
	err = s.Play(func() {
		f := fleet.New(s, fleet.Options{
			Corpus:   fleet.Corpus{Messages: b.messages, Networks: b.networks, Limit: b.messages},
			Accounts: b.accounts, Folders: b.folders, Program: b.binary, Connections: 8,
			Registry: b.registry, Cable: b.cable,
			Prefix: quota(s, b.share),
		})
		f.Place(b.messages)
		before, begin := busyCores(), time.Now()
		var members []*fleet.Member
		for range processes {
			members = append(members, f.Start())
		}
		want := f.Corpus.Expect(b.messages)
		end, ok := f.Sink.Await(want.Sent, patience)
		if !ok {
			s.Fatalf("only %d of %d complaints arrived\n%s", len(f.Sink.Taken()), want.Sent, members[0].Log())
		}
		took := end.Sub(begin)
		got.all = (busyCores() - before).Seconds() / took.Seconds()
		for _, m := range members {
			m.Stop()
			got.each += m.CPU().Seconds() / took.Seconds() / float64(processes)
		}
		got.rate = float64(b.messages) / took.Seconds()
		got.lookups = f.Registry.Count("rdap")
	})
	return got, err
}
