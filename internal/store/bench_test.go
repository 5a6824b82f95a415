package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
	"spamreport/relay/suppress"
)

// fillQueue queues n messages, many at once, so that they share commits.
func fillQueue(t testing.TB, s *store.Store, n int) {
	t.Helper()
	var all sync.WaitGroup
	for part := range 50 {
		all.Go(func() {
			for range n / 50 {
				sub := submission(1000, fmt.Sprintf("r%d@x.example", part))
				if err := s.Queue().Enqueue(context.Background(), sub); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkEnqueue measures accepted, that is synced, messages of 8 KB: from
// one submitter, and from twenty that share commits.
func BenchmarkEnqueue(b *testing.B) {
	for _, submitters := range []int{1, 20} {
		b.Run(fmt.Sprintf("submitters=%d", submitters), func(b *testing.B) {
			s := openNew(b)
			b.ReportAllocs()
			work := make(chan relay.Submission)
			var all sync.WaitGroup
			for range submitters {
				all.Go(func() {
					for sub := range work {
						if err := s.Queue().Enqueue(context.Background(), sub); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for b.Loop() {
				work <- submission(8000, desk)
			}
			close(work)
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkRecord measures filing: entry, place and message in the queue.
func BenchmarkRecord(b *testing.B) {
	s := openNew(b)
	b.ReportAllocs()
	for b.Loop() {
		sub := submission(3000, desk)
		place := mailbox.Place{Account: "a", Folder: "f", UIDValidity: 1, UID: uint32(time.Now().UnixNano())}
		if _, err := s.Record(context.Background(), []pipeline.Filing{{Entry: entry(sub.ID, complaint.Sent), Submission: &sub}}, place); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEntry measures the question that a sweep asks of every message.
func BenchmarkEntry(b *testing.B) {
	s := openNew(b)
	if _, err := s.Record(context.Background(), []pipeline.Filing{{Entry: entry("x", complaint.Held)}}, mailbox.Place{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Entry(context.Background(), "x"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen measures what each start of the program pays.
func BenchmarkOpen(b *testing.B) {
	path := storetest.Name(b)
	open(b, path)
	b.ReportAllocs()
	for b.Loop() {
		s, err := store.Open(context.Background(), path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSuppressed is what the list costs for each recipient: 100,000 are on
// it.
func BenchmarkSuppressed(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "spamreport.db"))
	entries := make([]suppress.Entry, 100_000)
	for i := range entries {
		entries[i] = suppress.Entry{Address: fmt.Sprintf("a%d@example.net", i), Reason: suppress.Manual, Since: noon}
	}
	if err := s.Suppress(b.Context(), entries...); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Suppressed(b.Context(), noon, "zoe@example.net"); err != nil {
			b.Fatal(err)
		}
	}
}
