// Command growth measures how the cost of one unit of work grows with what is
// there already: each at one, ten and a hundred times the size. Processor time
// counts, since on a busy machine the clock tells more about the others.
//
//	go run ./bench/growth                  # up to 100,000 messages in the ledger
//	go run ./bench/growth -ledger 10000    # up to a million, which take a while to make
//
// How a sweep grows with its folder is for bench/sweep to say.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"spamreport/bench/internal/measure"
)

// growth is one row: run does n units of work among size others, made by it
// before the measuring begins with the function that it gets.
type growth struct {
	what  string
	sizes [3]int
	run   func(ctx context.Context, dir string, size int, units func(n int, work func(i int) error) error) error
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/growth: ")
	ledger := flag.Int("ledger", 1000, "how many messages the smallest ledger holds")
	only := flag.String("only", "", "measure only the rows with this in their name")
	flag.Parse()
	dir, err := os.MkdirTemp("", "bench-growth-")
	if err != nil {
		log.Fatal(err)
	}
	err = table(context.Background(), dir, *ledger, *only)
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

func table(ctx context.Context, dir string, ledger int, only string) error {
	fmt.Printf("processor time of a unit of work; %d CPUs\n\n", runtime.NumCPU())
	fmt.Println("| what, among how much | 1× | 10× | 100× | growth |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	worst, at := 0.0, ""
	for _, g := range all(ledger) {
		if !strings.Contains(g.what, only) {
			continue
		}
		cells, first, last := []string{}, time.Duration(0), time.Duration(0)
		for _, size := range g.sizes {
			took, err := g.cost(ctx, dir, size)
			if err != nil {
				return fmt.Errorf("%s, %d: %w", g.what, size, err)
			}
			if first == 0 {
				first = took
			}
			last = took
			cells = append(cells, fmt.Sprintf("%s (%s)", short(took), count(size)))
		}
		times := float64(last) / float64(max(first, 1))
		fmt.Printf("| %s | %s | %.1f |\n", g.what, strings.Join(cells, " | "), times)
		if times > worst {
			worst, at = times, g.what
		}
	}
	measure.Note("a unit of work among 100 times as much, at worst", fmt.Sprintf("%.1f times the cost", worst), at, "")
	return nil
}

// cost is the processor time of one unit.
func (g growth) cost(ctx context.Context, dir string, size int) (time.Duration, error) {
	var best time.Duration
	err := g.run(ctx, dir, size, func(n int, work func(i int) error) error {
		runtime.GC()
		const rounds = 3 // of which the cheapest counts
		for round := range rounds {
			before := cpu()
			for i := range n {
				if err := work(round*n + i); err != nil {
					return err
				}
			}
			if took := (cpu() - before) / time.Duration(n); best == 0 || took < best {
				best = took
			}
		}
		return nil
	})
	return best, err
}

// cpu is the processor time of this process and of those that it ran.
func cpu() (sum time.Duration) {
	for _, whose := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		_ = syscall.Getrusage(whose, &u) // fails for no other argument
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.2f µs", float64(d.Nanoseconds())/1000)
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d.Nanoseconds())/1000)
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func count(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}
