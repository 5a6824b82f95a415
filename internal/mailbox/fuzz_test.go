package mailbox

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzOpen reads anything as a file. It must end, name every item, keep to the
// limits, and give a message the digest of its text.
func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "Subject: x\n\nbody\n", fromOne, fromOne + fromOne, fromOne + "Subject: x\n\n>From y\n\n" + fromOne + "a",
		"From \n\nFrom \n", "From :\n", "From x 1:00 2006", "\xef\xbb\xbf" + fromOne, fromOne + strings.Repeat("\r", 300) + "\n" + fromOne,
		strings.ReplaceAll(fromOne+letter, "\n", "\r\n"), fromOne + "\x00\nFrom x Mon 99:99:99 +0100 2006\n\n",
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, input []byte, one bool) {
		items, octets := 0, 0
		opts := FileOptions{Limits: Limits{Keep: 1 << 16}, Stdin: bytes.NewReader(input), OneMessage: one}
		for m, err := range Open(t.Context(), "-", opts) {
			items++
			octets += int(m.Size)
			switch {
			case m.Name != "-" && !strings.HasPrefix(m.Name, "-#"):
				t.Fatalf("name %q", m.Name)
			case err != nil && m.Raw != nil:
				t.Fatal("a message and an error")
			case err == nil && !m.Truncated && m.Digest != Digest(m.Raw):
				t.Fatalf("digest of %q", m.Raw)
			case len(m.Raw) > 1<<16 || m.Truncated != (int64(len(m.Raw)) < m.Size):
				t.Fatalf("%d octets of %d", len(m.Raw), m.Size)
			}
		}
		if items == 0 || one && items != 1 || octets > len(input) {
			t.Fatalf("%d items with %d octets from %q", items, octets, input)
		}
	})
}

// FuzzDigest: no way to store a message, and no way to cut it into pieces,
// changes its digest.
func FuzzDigest(f *testing.F) {
	for _, seed := range []string{
		"", "\r", "\n\r\n", "Subject: x\n\nbody\n", "Status: RO\n a\n\tb\nSubject: x\n\n", ">>From x\n\n>From y\n", "a\n\n\x00\n\n\n",
		strings.Repeat(">", 200) + "From \n", strings.Repeat("x", 200) + ":\n", "\xef\xbb\xbf\xef\xbb\xbfa",
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, message []byte, size uint8) {
		want := Digest(message)
		if digestInPieces(message, int(size)+1) != want {
			t.Fatalf("in pieces of %d", size)
		}
		for name, stored := range map[string][]byte{
			"CRLF":         bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n")),
			"blank lines":  append(append([]byte("\n\r\n"), message...), "\n\n\r\n"...),
			"From_ line":   append([]byte(fromOne), message...),
			"local fields": append([]byte("X-UID: 1\nStatus: O\n"), message...),
		} {
			// A folded line in front would belong to the line put before it.
			folded := bytes.HasPrefix(bytes.TrimLeft(message, "\r\n"), []byte(" ")) || bytes.HasPrefix(bytes.TrimLeft(message, "\r\n"), []byte("\t"))
			// These change what the first line is.
			first := bytes.HasPrefix(message, []byte("\xef\xbb\xbf")) || len(message) > 0 && (message[0] == '\r' || message[0] == '\n')
			if (folded || first) && name != "CRLF" || len(message) == 0 {
				continue
			}
			if got := Digest(stored); got != want {
				t.Errorf("%s: %q has another digest than %q", name, stored, message)
			}
		}
	})
}
