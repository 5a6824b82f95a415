// Command sweep measures a dry run of the sweep against the two things that one
// would compare it with, in one run on the same machine and the same mailbox: a
// raw FETCH of the header blocks that throws them away, which nothing can be
// faster than, and mbsync, which copies the folder.
//
//	go run ./bench/sweep                     # 20,000 messages, five rounds each
//	go run ./bench/sweep -messages 200000    # does memory grow with the folder?
//
// Then it measures sweeps that file, into SQLite and into PostgreSQL.
//
// It needs Linux, root and Debian's dovecot-imapd and isync. The rounds take
// turns, so that whatever else the machine does hits all alike, and the median
// counts. A first round of each, which fills caches, does not count.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"spamreport/bench/internal/measure"
	"spamreport/internal/replay"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/sweep: ")
	b := bench{}
	flag.IntVar(&b.messages, "messages", 20_000, "how many messages lie in the folder")
	flag.IntVar(&b.rounds, "rounds", 5, "how often each contender is measured")
	flag.StringVar(&b.dir, "dir", "", "folder for mail and state; a temporary one when empty")
	flag.StringVar(&b.binary, "binary", "", "the spamreport to measure; built from this tree when empty")
	flag.BoolVar(&b.copying, "mbsync", true, "measure mbsync as well")
	flag.BoolVar(&b.writing, "filing", true, "measure sweeps that file as well, which needs Debian's postgresql")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.measure(ctx); err != nil {
		log.Fatal(err)
	}
}

// bench is one run of this command.
type bench struct {
	messages, rounds int
	dir, binary      string
	copying, writing bool

	dovecot *dovecot
	headers int64 // octets that the raw FETCH brings
}

// measure makes the mailbox and the registry, and measures.
func (b *bench) measure(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root can run a Dovecot")
	}
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "bs")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.dir = dir
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // the server runs as a user of its own
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	var err error
	if b.dovecot, err = startDovecot(ctx, b.dir, b.messages); err != nil {
		return err
	}
	defer b.dovecot.stop()
	registries, err := replay.Start(ctx, registry())
	if err != nil {
		return err
	}
	defer registries.Close()
	if err := b.warm(ctx, registries.BootstrapURL()); err != nil {
		return err
	}
	if err := b.compare(ctx); err != nil || !b.writing {
		return err
	}
	return b.filing(ctx)
}

func (b *bench) build(ctx context.Context) error {
	if b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.dir, "spamreport")
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.binary, "./cmd/spamreport").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build spamreport (run this in the folder of the project): %w\n%s", err, out)
	}
	return nil
}

// registry answers for every network that spam comes from.
func registry() replay.Registry {
	r := replay.Registry{RDAP: map[string][]byte{}}
	for n := range networks {
		p, family := network(n), "v6"
		if p.Addr().Is4() {
			family = "v4"
		}
		r.RDAP[p.String()] = fmt.Appendf(nil, `{"objectClassName":"ip network","handle":"NET-%d","name":"NET-%d",
"startAddress":"%s","endAddress":"%s","ipVersion":"%s","country":"DE","cidr0_cidrs":[{"%sprefix":"%s","length":%d}],
"entities":[{"objectClassName":"entity","handle":"ABUSE%d","roles":["abuse"],"vcardArray":["vcard",[["version",{},"text","4.0"],
["fn",{},"text","Abuse Desk"],["email",{},"text","abuse@net%d.example"]]]}]}`,
			n, n, p.Addr(), last(p), family, family, p.Addr(), p.Bits(), n, n)
	}
	return r
}

// last is the last address of a network.
func last(p netip.Prefix) netip.Addr {
	a := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(a)*8; bit++ {
		a[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(a) // it has the length of one
	return addr
}

//go:embed spamreport.toml
var spamreportTOML string

// warm writes the configuration of spamreport and has it ask once about each
// network, as the sweeps of the days before did.
func (b *bench) warm(ctx context.Context, bootstrap string) error {
	err := render(filepath.Join(b.dir, "config.toml"), spamreportTOML, map[string]any{
		"IMAP": b.dovecot.address, "User": user, "Folder": folder, "Bootstrap": bootstrap,
	})
	if err != nil {
		return err
	}
	if out, err := b.spamreport(ctx, b.networks()...).CombinedOutput(); err != nil {
		return fmt.Errorf("warm the cache: %w\n%s", err, out)
	}
	return nil
}

// compare measures the contenders in turns and prints the medians.
func (b *bench) compare(ctx context.Context) error {
	contenders := []contender{{"raw FETCH of the headers", b.raw}, {"spamreport sweep --dry-run", b.sweep}}
	if b.copying {
		contenders = append(contenders, contender{"mbsync", b.mbsync(true)}, contender{"mbsync, FSync no", b.mbsync(false)})
	}
	rounds := make([][]figures, len(contenders))
	for round := range 1 + b.rounds {
		for i := range contenders {
			i = (i + round) % len(contenders) // nobody always comes first
			f, err := contenders[i].run(ctx, fmt.Sprintf("%d-%d", round, i))
			if err != nil {
				return fmt.Errorf("%s: %w", contenders[i].name, err)
			}
			if round > 0 {
				rounds[i] = append(rounds[i], f)
			}
		}
	}
	b.report(contenders, rounds)
	return nil
}

func (b *bench) report(contenders []contender, rounds [][]figures) {
	fmt.Printf("%d messages, header blocks of %d octets on average; Dovecot %s, %s, %s, %d CPUs; median of %d rounds\n\n",
		b.messages, b.headers/int64(b.messages), dovecotVersion(), mbsyncVersion(), runtime.Version(), runtime.NumCPU(), b.rounds)
	fmt.Println("| contender | time | of the raw FETCH | messages a second | processor a message | peak memory |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	floor := middle(rounds[0], func(f figures) time.Duration { return f.wall })
	for i, c := range contenders {
		wall := middle(rounds[i], func(f figures) time.Duration { return f.wall })
		peak := "–"
		if p := middle(rounds[i], func(f figures) int64 { return f.peak }); p > 0 {
			peak = fmt.Sprintf("%d MB", p>>20)
		}
		fmt.Printf("| %s | %.2f s (%s) | %.2f | %.0f | %.0f µs | %s |\n", c.name, wall.Seconds(), spread(rounds[i]),
			wall.Seconds()/floor.Seconds(), float64(b.messages)/wall.Seconds(),
			1e6*middle(rounds[i], func(f figures) time.Duration { return f.cpu }).Seconds()/float64(b.messages), peak)
	}
	wall := func(i int) float64 {
		return middle(rounds[i], func(f figures) time.Duration { return f.wall }).Seconds()
	}
	what := fmt.Sprintf("dry run of a sweep, %d messages", b.messages)
	measure.Note(what, fmt.Sprintf("%.2f times its time", wall(1)/wall(0)), contenders[0].name, "at most 1.25")
	if len(rounds) > 2 {
		measure.Note(what, fmt.Sprintf("%.2f times its time", wall(1)/wall(2)), mbsyncVersion(), "at most 0.5")
	}
	measure.Note(what+", memory", fmt.Sprintf("%d MB", middle(rounds[1], func(f figures) int64 { return f.peak })>>20), "", "under 64 MB")
}

func middle[T cmp.Ordered](rounds []figures, of func(figures) T) T {
	var values []T
	for _, f := range rounds {
		values = append(values, of(f))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// spread shows the fastest and the slowest round.
func spread(rounds []figures) string {
	low, high := rounds[0].wall, rounds[0].wall
	for _, f := range rounds {
		low, high = min(low, f.wall), max(high, f.wall)
	}
	return fmt.Sprintf("%.2f to %.2f", low.Seconds(), high.Seconds())
}

func mbsyncVersion() string {
	out, _ := exec.Command("mbsync", "--version").Output()
	return strings.TrimSpace(string(out))
}
