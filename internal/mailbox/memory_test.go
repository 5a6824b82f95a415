package mailbox_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// peakHeap runs f and says how much the heap grew at most, sampled often.
func peakHeap(f func()) uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before, peak := stats.HeapAlloc, stats.HeapAlloc
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				peak = max(peak, stats.HeapAlloc)
			}
		}
	}()
	f()
	close(stop)
	<-done
	return peak - before
}

// largeMessage has an attachment of about 50 MB.
func largeMessage() []byte {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	return append([]byte("Subject: large\r\n\r\n"), bytes.Repeat([]byte(line), 50<<20/len(line))...)
}

// TestLargeMessagesStayOutOfMemory does not run in parallel, to measure only
// itself. Garbage counts too, hence the limits well above what is held.
func TestLargeMessagesStayOutOfMemory(t *testing.T) {
	large := largeMessage()
	want := mailbox.Digest(large)
	check := func(m mailbox.Message, err error) {
		t.Helper()
		if err != nil || m.Digest != want || !m.Truncated || m.Size != int64(len(large)) || len(m.Raw) != mailbox.DefaultKeep {
			t.Errorf("%s: %v, %d octets kept of %d, digest %.8s, want %.8s", m.Name, err, len(m.Raw), m.Size, m.Digest, want)
		}
	}

	t.Run("in a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "large.eml")
		if err := os.WriteFile(path, large, 0o600); err != nil {
			t.Fatal(err)
		}
		peak := peakHeap(func() {
			for m, err := range mailbox.Open(t.Context(), path, mailbox.FileOptions{}) {
				check(m, err)
			}
		})
		if peak > 8<<20 {
			t.Errorf("%d MiB", peak>>20)
		}
	})
	t.Run("on IMAP", func(t *testing.T) {
		d := servertest.Dovecot(t, servertest.DovecotOptions{})
		d.Fill(t, servertest.DovecotUser, "Junk", 3, func(int) []byte { return large })
		s := dial(t, account(d))
		selectFolder(t, s, "Junk", true)
		n := 0
		peak := peakHeap(func() {
			for m, err := range s.After(t.Context(), 0, mailbox.FetchOptions{}) {
				check(m, err)
				n++
			}
		})
		if n != 3 || peak > 24<<20 {
			t.Errorf("%d messages, %d MiB", n, peak>>20)
		}
	})
	t.Run("many of them on IMAP", func(t *testing.T) {
		d := servertest.Dovecot(t, servertest.DovecotOptions{})
		d.Fill(t, servertest.DovecotUser, "Junk", 100, func(int) []byte { return large[:1<<20] })
		s := dial(t, account(d))
		selectFolder(t, s, "Junk", true)
		for _, headerOnly := range []bool{false, true} {
			peak := peakHeap(func() {
				uidsOf(t, s.After(t.Context(), 0, mailbox.FetchOptions{HeaderOnly: headerOnly}))
			})
			if peak > 40<<20 {
				t.Errorf("header only %t: %d MiB", headerOnly, peak>>20)
			}
			t.Logf("header only %t: %d MiB", headerOnly, peak>>20)
		}
	})
}

// TestHugeHeadersAreFetchedInTurns: the header is all there is, so the sizes
// are not known before, and what does not fit is fetched again.
func TestHugeHeadersAreFetchedInTurns(t *testing.T) {
	t.Parallel()
	d := servertest.Dovecot(t, servertest.DovecotOptions{})
	header := []byte(strings.Repeat("X-Long: "+strings.Repeat("x", 900)+"\r\n", 600))
	d.Fill(t, servertest.DovecotUser, "Junk", 40, func(i int) []byte { return fmt.Appendf(nil, "X-N: %d\r\n%s\r\n", i, header) })
	s := dial(t, account(d))
	selectFolder(t, s, "Junk", true)
	if got := uidsOf(t, s.After(t.Context(), 0, mailbox.FetchOptions{HeaderOnly: true})); len(got) != 40 || got[39] != 40 {
		t.Errorf("messages %v", got)
	}
}
