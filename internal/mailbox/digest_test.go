package mailbox

import (
	"strings"
	"testing"
)

func TestCopiesOfAMessageHaveOneDigest(t *testing.T) {
	t.Parallel()
	const original = "Received: from a\r\n\tby b\r\nSubject: x\r\n\r\nHello\r\nFrom me\r\n\r\nBye\r\n"
	for name, stored := range map[string]string{
		"with LF":                         strings.ReplaceAll(original, "\r\n", "\n"),
		"with CRCRLF":                     strings.ReplaceAll(original, "\r\n", "\r\r\n"),
		"with the last line ending cut":   strings.TrimSuffix(original, "\r\n"),
		"with blank lines at the end":     original + "\r\n\r\n\n",
		"with blank lines in front":       "\r\n\n" + original,
		"with a byte order mark":          "\xef\xbb\xbf" + original,
		"with a From_ line":               "From a@b Mon Jan  2 15:04:05 2006\n" + original,
		"with a quoted From_ line":        ">From a@b Mon Jan  2 15:04:05 2006\n" + original,
		"with From quoted (mboxrd, o)":    strings.Replace(original, "\nFrom", "\n>From", 1),
		"with From quoted twice":          strings.Replace(original, "\nFrom", "\n>>From", 1),
		"with fields of mbox":             strings.Replace(original, "\r\n\r\n", "\r\nStatus: RO\r\nX-UID: 7\r\nContent-Length: 21\r\n\r\n", 1),
		"with fields in front":            "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys:   \n" + original,
		"with a folded field of its own":  "X-Keywords: a\n b\n\tc\n" + original,
		"with a space before the colon":   "Status : O\n" + original,
		"with a family of fields":         "X-Gnus-Mail-Source: file\nX-Evolution: 1\n" + original,
		"with local fields between":       strings.Replace(original, "Subject", "X-Status: A\r\nSubject", 1),
		"with fields in another spelling": "STATUS: RO\n" + original,
	} {
		if Digest([]byte(stored)) != Digest([]byte(original)) {
			t.Errorf("%s: another digest for %q", name, stored)
		}
	}
}

func TestEveryLocalFieldIsLeftOut(t *testing.T) {
	t.Parallel()
	want := Digest([]byte("Subject: x\n\nbody\n"))
	names := append([]string{}, localPrefixes...)
	for name := range localFields {
		names = append(names, name)
	}
	for _, name := range names {
		if len(name) >= headMax {
			t.Errorf("%s is not decided within %d octets", name, headMax)
		}
		if Digest([]byte("Subject: x\n"+strings.ToUpper(name)+": "+strings.Repeat("y", 300)+"\n\nbody\n")) != want {
			t.Errorf("%s counts", name)
		}
	}
}

func TestDifferentMessagesHaveDifferentDigests(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, message := range []string{
		"Subject: x\n\nbody\n",
		"Subject: y\n\nbody\n",
		"Subject: x\n\nbody.\n",
		"Subject: x\n\n body\n",
		"Subject: x\n\nbo\ndy\n",
		"Subject: x\n\nbo\n\ndy\n",
		"Subject: x\n\nbo\rdy\n",
		"Subject: x\n\nStatus: RO\nbody\n", // in the body it counts
		"Subject: x\n folded\n\nbody\n",
		"Subject: x\nReceived: from a\n\nbody\n",
		"Received: from a\nSubject: x\n\nbody\n",
		"Subject: x\nStatusline: RO\n\nbody\n",
		"Subject: x\nbody\n",
		"Subject: x\n\n>body\n",
		"",
	} {
		d := Digest([]byte(message))
		if other, twice := seen[d]; twice {
			t.Errorf("%q and %q have one digest", message, other)
		}
		if seen[d] = message; len(d) != 64 {
			t.Errorf("digest %q", d)
		}
	}
}

func TestDigestIsTheSameInAnyPieces(t *testing.T) {
	t.Parallel()
	message := "From x\nStatus: a\n b\nSubject: x\r\n\r\n>>From a\r\n\r\r\n" + strings.Repeat(">", 2*headMax) + "From\n" +
		strings.Repeat("\r", headMax+1) + "\n" + strings.Repeat("long", 100) + "\r\r\n\n\nend"
	want := Digest([]byte(message))
	for size := 1; size < len(message); size++ {
		if got := digestInPieces([]byte(message), size); got != want {
			t.Errorf("in pieces of %d: another digest", size)
		}
	}
}

func digestInPieces(message []byte, size int) string {
	d := newDigester()
	for len(message) > 0 {
		n := min(size, len(message))
		_, _ = d.Write(message[:n])
		message = message[n:]
	}
	return d.sum()
}
