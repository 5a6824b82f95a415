package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// longQueue fills the queue while the smarthost is down, and drains it when it
// is back. The memory is the largest resident set so far, which also counts
// pages of the database that the kernel can take back.
func (b *bench) longQueue(ctx context.Context) error {
	c := b.contenders()[1]
	p, s, listen, err := b.startPair(ctx, c, filepath.Join(b.dir, "long"))
	if err != nil {
		return err
	}
	defer p.stop()
	defer func() { s.stop() }()
	s.stop()
	accepted, err := b.load.run(ctx, listen)
	if err != nil {
		return fmt.Errorf("%w; what it said is in %s", err, p.log)
	}
	n := float64(b.load.messages)
	full := p.usage()
	fmt.Printf("%.0f accepted a second; with %d messages in the queue: %d MB at most, %d MB now\n",
		n/accepted.Seconds(), b.load.messages, full.peak>>20, full.memory>>20)

	if s, err = startSink(filepath.Join(b.dir, "long"), s.addr); err != nil {
		return err
	}
	if out, err := b.spamreport(filepath.Join(b.dir, "long"), "", "relay", "retry"); err != nil {
		return fmt.Errorf("relay retry: %w\n%s", err, out)
	}
	for s.count() == 0 && ctx.Err() == nil { // it looks again when it thinks fit
		time.Sleep(10 * time.Millisecond)
	}
	begin := time.Now()
	if err := s.wait(ctx, b.load.messages); err != nil {
		return err
	}
	drained := p.usage()
	fmt.Printf("%.0f drained a second; %d MB at most, %d MB now\n",
		n/time.Since(begin).Seconds(), drained.peak>>20, drained.memory>>20)
	return nil
}
