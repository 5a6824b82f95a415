//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// longQueue fills the queue while the smarthost is down. When it is back, a new
// process drains the queue. The memory is the largest resident set of each.
func (b *bench) longQueue(ctx context.Context) error {
	dir := filepath.Join(b.dir, "long")
	p, s, listen, err := b.startPair(ctx, contender{"spamreport", b.startSpamreport, b.load.run}, dir)
	if err != nil {
		return err
	}
	s.stop()
	accepted, err := b.load.run(ctx, listen)
	full := p.usage()
	p.stop()
	if err != nil {
		return fmt.Errorf("%w; what it said is in %s", err, p.log)
	}
	n := float64(b.load.messages)
	fmt.Printf("%d messages accepted into the queue, %.0f a second; %.2f ms of processor each; %d MB at most\n",
		b.load.messages, n/accepted.Seconds(), full.cpu.Seconds()*1000/n, full.peak>>20)

	if s, err = startSink(dir, s.addr); err != nil {
		return err
	}
	defer s.stop()
	begin := time.Now()
	if p, err = b.serve(dir); err != nil {
		return err
	}
	defer p.stop()
	// What was tried while the smarthost was down is not due yet.
	if err := s.wait(ctx, b.load.messages*99/100); err != nil {
		return err
	}
	took, use := time.Since(begin), p.usage()
	fmt.Printf("99 of 100 drained by a new process, %.0f a second; %.2f ms of processor each; %d MB at most\n",
		n*0.99/took.Seconds(), use.cpu.Seconds()*1000/n, use.peak>>20)
	return nil
}
