package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/relay"
)

// The load that the relay is measured under (bench/relay): twenty sessions
// that submit, and as many transactions with the next server.
const (
	benchSubmitters = 20
	benchCouriers   = 20
	benchLease      = 32
)

// BenchmarkRelay measures the whole life of a message of 8 KB in the queue:
// accepted, leased, read, and settled as delivered.
func BenchmarkRelay(b *testing.B) {
	b.Run("first in, then out", func(b *testing.B) {
		s := openNew(b)
		b.ReportAllocs()
		b.ResetTimer()
		submitMany(b, s, b.N)
		accepted := b.Elapsed()
		deliverMany(b, s, b.N)
		b.ReportMetric(float64(b.N)/accepted.Seconds(), "accepted/s")
		b.ReportMetric(float64(b.N)/(b.Elapsed()-accepted).Seconds(), "drained/s")
	})
	b.Run("in and out at once", func(b *testing.B) {
		s := openNew(b)
		b.ReportAllocs()
		b.ResetTimer()
		cpu := cpuTime()
		defer func() { b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/op") }()
		var both sync.WaitGroup
		var accepted time.Duration
		both.Go(func() { submitMany(b, s, b.N); accepted = b.Elapsed() })
		both.Go(func() { deliverMany(b, s, b.N) })
		both.Wait()
		b.ReportMetric(float64(b.N)/accepted.Seconds(), "accepted/s")
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "drained/s")
	})
}

// submitMany queues n messages from several submitters.
func submitMany(b *testing.B, s *store.Store, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	for range benchSubmitters {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := s.Queue().Enqueue(context.Background(), submission(8000, desk)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// deliverMany takes n messages out of the queue: one lease at a time, and
// couriers that read and settle them.
func deliverMany(b *testing.B, s *store.Store, n int) {
	ctx, q := context.Background(), s.Queue()
	jobs := make(chan relay.Job, benchLease)
	var all sync.WaitGroup
	for range benchCouriers {
		all.Go(func() {
			for job := range jobs {
				if _, err := q.Message(ctx, job.ID); err != nil {
					b.Error(err)
				}
				sent := relay.Outcome{Recipient: job.Recipients[0].Address, State: relay.Delivered, Reply: relay.Reply{Code: 250}}
				if err := q.Settle(ctx, job.ID, noon, []relay.Outcome{sent}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n > 0 {
		leased, err := q.Lease(ctx, noon, benchLease)
		if err != nil {
			b.Fatal(err)
		}
		if len(leased) == 0 {
			time.Sleep(time.Millisecond)
		}
		for _, job := range leased {
			jobs <- job
		}
		n -= len(leased)
	}
	close(jobs)
	all.Wait()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
