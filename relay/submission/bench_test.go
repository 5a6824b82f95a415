package submission_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/submission"
)

// BenchmarkAccept is what a client sees: messages of 8 KB in 20 sessions, each
// on disk before its 250. "memory" leaves the disk out.
func BenchmarkAccept(b *testing.B) { benchmarkBoth(b, false) }

// BenchmarkSession is the same with a session, and a log-in, for each message.
func BenchmarkSession(b *testing.B) { benchmarkBoth(b, true) }

func benchmarkBoth(b *testing.B, anew bool) {
	b.Run("memory", func(b *testing.B) { benchmarkAccept(b, discard{}, newUsers(), anew) })
	b.Run("disk", func(b *testing.B) {
		db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "relay.db"), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.RelayUsers().Add(b.Context(), alice, aliceHash); err != nil {
			b.Fatal(err)
		}
		benchmarkAccept(b, &relay.Relay{Queue: db.Queue()}, db.RelayUsers(), anew)
	})
}

// discard accepts and forgets.
type discard struct{}

func (discard) Accept(context.Context, relay.Submission) error { return nil }

func benchmarkAccept(b *testing.B, queue submission.Queue, users submission.Users, anew bool) {
	const sessions = 20
	s := &submission.Server{Name: "relay.example", Queue: queue, Users: users}
	l := listen(b, "127.0.0.1:0")
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, submission.Listener{Listener: l}) }()
	text := "From: alice@example.org\r\nTo: b@example.net\r\nSubject: x\r\n\r\n" +
		strings.Repeat(strings.Repeat("x", 78)+"\r\n", 100) + ".\r\n"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	b.SetParallelism(sessions / 2)
	b.RunParallel(func(pb *testing.PB) {
		var c *submitter
		for pb.Next() {
			if c == nil {
				c = newSubmitter(b, l.Addr().String())
			}
			c.say("MAIL FROM:<alice@example.org>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n", 3)
			c.say(text, 1)
			if anew {
				c.say("QUIT\r\n", 1)
				_ = c.conn.Close()
				c = nil
			}
		}
		if c != nil {
			_ = c.conn.Close()
		}
	})
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// submitter is a client that takes little time for itself.
type submitter struct {
	b    *testing.B
	conn net.Conn
	in   *bufio.Reader
}

func newSubmitter(b *testing.B, addr string) *submitter {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		runtime.Goexit()
	}
	c := &submitter{b, conn, bufio.NewReaderSize(conn, 512)}
	c.say("", 1)
	c.say("EHLO bench\r\n", 1)
	c.say(plain(alice, password)+"\r\n", 1)
	return c
}

// say sends octets and reads so many replies.
func (c *submitter) say(octets string, replies int) {
	_, err := io.WriteString(c.conn, octets)
	for replies > 0 && err == nil {
		var line []byte
		line, err = c.in.ReadSlice('\n')
		if err == nil && line[0] > '3' {
			err = errors.New(string(line))
		}
		if err == nil && line[3] == ' ' {
			replies--
		}
	}
	if err != nil {
		c.b.Error(err)
		runtime.Goexit() // FailNow is for the benchmark's own goroutine
	}
}
