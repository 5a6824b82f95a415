//go:build unix

// Command headers measures the reader of mail traces against the one of
// SpamAssassin and against grep, in one run on the same messages:
//
//	go run ./bench/headers [-repeat 40] [FOLDER]
//
// Without a folder it writes messages of its own into a temporary one. Each
// contender runs several times and its best run counts. SpamAssassin's Perl
// modules are called directly, without its rules; like ours it starts at the
// file and ends with the relays, and the share of its Received reader alone is
// told too. grep counts lines and understands nothing: it is the floor.
//
// The program collects its garbage when the heap has grown to five times what
// is in use, not to twice as by default (GOGC=400), which takes it to some 40 MB.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"spamreport/bench/internal/measure"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/headers: ")
	repeat := flag.Int("repeat", 1, "go through the messages this many times")
	made := flag.Int("make", 8000, "how many messages to write when no folder is given")
	perl := flag.String("spamassassin", "bench/headers/received.pl", "the Perl side; empty leaves it out")
	flag.Parse()

	folder := flag.Arg(0)
	if folder == "" {
		dir, err := os.MkdirTemp("", "bench-headers-")
		if err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(dir)
		if err := writeMessages(dir, *made); err != nil {
			log.Fatal(err)
		}
		folder = dir
	}
	files, err := messages(folder)
	if err != nil {
		log.Fatal(err)
	}
	files = slices.Repeat(files, *repeat)
	warm(files)

	debug.SetGCPercent(400)
	fmt.Printf("%d messages in %s, %d CPUs, GOGC=400\n\n", len(files), folder, runtime.NumCPU())
	one := best(func() (cost, error) { return ours(files, 1) })
	all := best(func() (cost, error) { return ours(files, runtime.NumCPU()) })
	floor := best(func() (cost, error) { return grep(files) })
	report("spamreport/headers, one core", one, len(files))
	report("spamreport/headers, all cores", all, len(files))
	report("grep -c '^Received:'", floor, len(files))
	fmt.Printf("\nall cores against grep: %.2f times its rate by the clock; %.2f times its processor time\n",
		ratio(floor.clock, all.clock), ratio(one.cpu, floor.cpu))
	measure.Ratio("header walk on all cores, by the clock", "grep -c '^Received:'", ratio(floor.clock, all.clock), "1")
	if *perl == "" {
		return
	}
	// Perl is slow enough that a part of the messages tells its rate.
	sample := files[:min(len(files), 1000)]
	var reader cost
	whole := best(func() (cost, error) {
		w, r, err := spamassassin(*perl, sample)
		if reader.cpu == 0 || r < reader.cpu {
			reader.cpu = r
		}
		return cost{cpu: w}, err
	})
	if whole.cpu == 0 {
		return
	}
	fmt.Println()
	report("SpamAssassin, file to relays", whole, len(sample))
	report("SpamAssassin, Received alone", reader, len(sample))
	scale := float64(len(files)) / float64(len(sample))
	fmt.Printf("\nagainst SpamAssassin, by processor time: %.0f times its rate from the file, %.0f times that of its Received reader alone; on %d cores %.0f and %.0f times\n",
		scale*ratio(whole.cpu, one.cpu), scale*ratio(reader.cpu, one.cpu), runtime.NumCPU(),
		float64(runtime.NumCPU())*scale*ratio(whole.cpu, one.cpu), float64(runtime.NumCPU())*scale*ratio(reader.cpu, one.cpu))
	measure.Ratio("header walk, from the file, by processor time", "SpamAssassin, one core against one", scale*ratio(whole.cpu, one.cpu), "")
	measure.Ratio("header walk, the same on all cores", "SpamAssassin on one", float64(runtime.NumCPU())*scale*ratio(whole.cpu, one.cpu), "100")
}

// messages lists the files of a folder that look like messages.
func messages(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Ext(path) == ".eml" {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no .eml files in %s", folder)
	}
	return files, err
}

func warm(files []string) {
	for _, f := range files {
		if _, err := os.ReadFile(f); err != nil {
			log.Fatal(err)
		}
	}
}

// cost is what a run took: by the clock and of the processors.
type cost struct{ clock, cpu time.Duration }

// best runs a contender five times; zero when it cannot run.
func best(run func() (cost, error)) cost {
	var shortest cost
	for range 5 {
		took, err := run()
		if err != nil {
			log.Print(err)
			return cost{}
		}
		if shortest.cpu == 0 || took.cpu < shortest.cpu {
			shortest.cpu = took.cpu
		}
		if shortest.clock == 0 || took.clock < shortest.clock {
			shortest.clock = took.clock
		}
	}
	return shortest
}

func report(who string, took cost, n int) {
	if took.cpu == 0 {
		return
	}
	clock := "                      "
	if took.clock > 0 {
		clock = fmt.Sprintf("%12.0f messages/s", float64(n)/took.clock.Seconds())
	}
	fmt.Printf("%-30s %s by the clock, %7.1f us of processor a message\n", who, clock, float64(took.cpu.Microseconds())/float64(n))
}

func ratio(slow, fast time.Duration) float64 {
	if fast == 0 {
		return 0
	}
	return slow.Seconds() / fast.Seconds()
}
