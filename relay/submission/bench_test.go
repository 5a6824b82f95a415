package submission_test

import (
	"bufio"
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/submission"
)

// BenchmarkAccept is what a client sees: messages of 8 KB in 20 sessions, each
// on disk before its 250. "memory" leaves the disk out.
func BenchmarkAccept(b *testing.B) {
	b.Run("memory", func(b *testing.B) { benchmarkAccept(b, discard{}) })
	b.Run("disk", func(b *testing.B) {
		db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "relay.db"), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		benchmarkAccept(b, &relay.Relay{Queue: db.Queue()})
	})
}

// discard accepts and forgets.
type discard struct{}

func (discard) Accept(context.Context, relay.Submission) error { return nil }

func benchmarkAccept(b *testing.B, queue submission.Queue) {
	const sessions = 20
	s := &submission.Server{
		Name: "relay.example", Queue: queue, LoopbackUser: "bench",
		Senders: func(string) []string { return []string{"*"} },
	}
	l := listen(b, "127.0.0.1:0")
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, submission.Listener{Listener: l}) }()
	octets := "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
	text := "From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 78)+"\r\n", 100) + ".\r\n"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	b.SetParallelism(sessions / 2)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		in := bufio.NewReader(conn)
		await := func(n int) bool {
			for range n {
				if line, err := in.ReadString('\n'); err != nil || line[0] > '3' {
					b.Error(line, err)
					return false
				}
			}
			return true
		}
		if _, err := conn.Write([]byte("HELO bench\r\n")); err != nil || !await(2) {
			return
		}
		for pb.Next() {
			if _, err := conn.Write([]byte(octets)); err != nil || !await(3) {
				return
			}
			if _, err := conn.Write([]byte(text)); err != nil || !await(1) {
				return
			}
		}
	})
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
