//go:build linux

package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"spamreport/bench/internal/measure"
)

// contender is a server that takes mail at one address and passes it on to
// another.
type contender struct {
	name   string
	start  func(dir, listen, smarthost string, l load) (*process, error)
	submit func(ctx context.Context, addr string) (time.Duration, error)
}

// figures are what one round came to.
type figures struct {
	accepted float64       // messages a second, until the last 250
	drained  float64       // messages a second, until the last arrived at the sink
	cpu      time.Duration // of the server, for each message
	others   time.Duration // of the client and the sink, for each message
	memory   int64         // octets, at the end of the round
}

func (b *bench) contenders() []contender {
	ours := contender{"spamreport", b.startSpamreport, b.load.run}
	if b.alone {
		return []contender{ours}
	}
	all := []contender{{"Postfix " + postfixVersion(), startPostfix, b.load.run}, ours}
	if b.check {
		all = append(all, contender{"Postfix, smtp-source, no log-in", startOpenPostfix, b.load.smtpSource})
	}
	return all
}

// compare measures the contenders in turns and prints the medians.
func (b *bench) compare(ctx context.Context) error {
	how := "sessions that stay open"
	if b.load.reconnect {
		how = "sessions, a new one for each message"
	}
	if !b.load.pipelining {
		how += ", one command at a time"
	}
	fmt.Printf("%d messages of %d octets in %d %s; %d CPUs, median of %d rounds\n\n",
		b.load.messages, b.load.size, b.load.sessions, how, runtime.NumCPU(), b.rounds)
	contenders := b.contenders()
	rounds := make([][]figures, len(contenders))
	for round := range b.rounds {
		for i, c := range contenders {
			dir := filepath.Join(b.dir, fmt.Sprintf("%d-%d", round, i))
			f, err := b.measure(ctx, c, dir)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			rounds[i] = append(rounds[i], f)
		}
	}
	report(contenders, rounds)
	return nil
}

// measure runs one round: from an empty queue to an empty queue.
func (b *bench) measure(ctx context.Context, c contender, dir string) (figures, error) {
	p, s, listen, err := b.startPair(ctx, c, dir)
	if err != nil {
		return figures{}, err
	}
	defer s.stop()
	defer p.stop()
	before, aside := p.usage(), s.usage().cpu+clientCPU()
	begin := time.Now()
	accepted, err := c.submit(ctx, listen)
	if err == nil {
		err = s.wait(ctx, b.load.messages)
	}
	if err != nil {
		return figures{}, fmt.Errorf("%w; what it said is in %s", err, p.log)
	}
	drained := time.Since(begin)
	after := p.usage()
	aside = s.usage().cpu + clientCPU() - aside
	n := b.load.messages
	return figures{
		accepted: float64(n) / accepted.Seconds(), drained: float64(n) / drained.Seconds(),
		cpu: (after.cpu - before.cpu) / time.Duration(n), others: aside / time.Duration(n), memory: after.memory,
	}, nil
}

// startPair starts a sink and a server that relays to it.
func (b *bench) startPair(ctx context.Context, c contender, dir string) (*process, *sink, string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, "", err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, nil, "", err
	}
	s, err := startSink(dir, ports[0])
	if err != nil {
		return nil, nil, "", err
	}
	p, err := c.start(dir, ports[1], ports[0], b.load)
	if err == nil {
		err = p.waitListening(ctx, ports[1])
	}
	if err != nil {
		s.stop()
		return nil, nil, "", err
	}
	return p, s, ports[1], nil
}

func report(contenders []contender, rounds [][]figures) {
	fmt.Println("| server | accepted a second | drained a second | processor a message | of client and sink | memory |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	median := make([]figures, len(contenders))
	for i, c := range contenders {
		m := figures{
			accepted: middle(rounds[i], func(f figures) float64 { return f.accepted }),
			drained:  middle(rounds[i], func(f figures) float64 { return f.drained }),
			cpu:      middle(rounds[i], func(f figures) time.Duration { return f.cpu }),
			others:   middle(rounds[i], func(f figures) time.Duration { return f.others }),
			memory:   middle(rounds[i], func(f figures) int64 { return f.memory }),
		}
		median[i] = m
		fmt.Printf("| %s | %.0f%s | %.0f%s | %.2f ms | %.2f ms | %d MB |\n", c.name,
			m.accepted, spread(rounds[i], func(f figures) float64 { return f.accepted }),
			m.drained, spread(rounds[i], func(f figures) float64 { return f.drained }),
			m.cpu.Seconds()*1000, m.others.Seconds()*1000, m.memory>>20)
	}
	if len(contenders) < 2 {
		return
	}
	fmt.Printf("\nspamreport accepts %.1f times as many a second as Postfix, and drains %.1f times as many.\n",
		median[1].accepted/median[0].accepted, median[1].drained/median[0].drained)
	peer := contenders[0].name
	measure.Ratio("relay, messages accepted a second", peer, median[1].accepted/median[0].accepted, "5")
	measure.Ratio("relay, messages drained a second", peer, median[1].drained/median[0].drained, "5")
	measure.Ratio("relay, messages for a second of processor", peer, float64(median[0].cpu)/float64(median[1].cpu), "")
}

func middle[T cmp.Ordered](rounds []figures, of func(figures) T) T {
	values := make([]T, len(rounds))
	for i, f := range rounds {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// spread shows the slowest and the fastest round.
func spread(rounds []figures, of func(figures) float64) string {
	if len(rounds) < 2 {
		return ""
	}
	low, high := of(rounds[0]), of(rounds[0])
	for _, f := range rounds {
		low, high = min(low, of(f)), max(high, of(f))
	}
	return fmt.Sprintf(" (%.0f to %.0f)", low, high)
}

// smtpSource submits the load with Postfix's own generator, which cannot log
// in.
func (l load) smtpSource(ctx context.Context, addr string) (time.Duration, error) {
	program, err := find("smtp-source")
	if err != nil {
		return 0, err
	}
	args := []string{
		"-N", "-s", strconv.Itoa(l.sessions), "-m", strconv.Itoa(l.messages), "-l", strconv.Itoa(l.size),
		"-f", sender, "-t", "r@recipient.example", addr,
	}
	if !l.reconnect {
		args = append([]string{"-d"}, args...)
	}
	begin := time.Now()
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("smtp-source: %w\n%s", err, out)
	}
	return time.Since(begin), nil
}

func postfixVersion() string {
	program, err := find("postconf")
	if err != nil {
		return ""
	}
	out, _ := exec.Command(program, "-dh", "mail_version").Output()
	return strings.TrimSpace(string(out))
}
