package mailbox_test

import (
	"bytes"
	"fmt"
	"testing"

	"spamreport/internal/mailbox"
	"spamreport/internal/servertest"
)

// ordinary is a message of the size that spam has: 4 KiB of header, 8 of body.
func ordinary(i int) []byte {
	header := bytes.Repeat([]byte("Received: from a.example ([192.0.2.1]) by b.example with ESMTP; Mon, 2 Jan 2006 15:04:05 +0000\r\n"), 40)
	body := bytes.Repeat([]byte("Buy this now, from here, at https://a.example/x?y=z or call us at once.\r\n"), 110)
	return fmt.Appendf(nil, "Message-ID: <%d@a.example>\r\n%sSubject: spam\r\n\r\n%s", i, header, body)
}

func BenchmarkDigest(b *testing.B) {
	message := ordinary(1)
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		mailbox.Digest(message)
	}
}

func BenchmarkMbox(b *testing.B) {
	const n = 1000
	var file bytes.Buffer
	for i := range n {
		file.WriteString("From a@example.org Mon Jan  2 15:04:05 2006\n")
		file.Write(ordinary(i))
		file.WriteString("\n")
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		for _, err := range mailbox.Open(b.Context(), "-", mailbox.FileOptions{Stdin: bytes.NewReader(file.Bytes())}) {
			if err != nil {
				b.Fatal(err)
			}
			got++
		}
		if got != n {
			b.Fatal(got)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
}

func BenchmarkLargeFile(b *testing.B) {
	message := largeMessage()
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		for range mailbox.Open(b.Context(), "-", mailbox.FileOptions{Stdin: bytes.NewReader(message)}) {
			continue
		}
	}
}

// BenchmarkFetch reads a folder of 2,000 messages from a Dovecot on loopback,
// without and with TLS.
func BenchmarkFetch(b *testing.B) {
	const n = 2000
	d := servertest.Dovecot(b, servertest.DovecotOptions{})
	d.Fill(b, servertest.DovecotUser, "Junk", n, ordinary)
	plain := account(d)
	plain.Server, plain.Security = d.IMAP, mailbox.Plaintext
	for name, a := range map[string]mailbox.Account{"plain": plain, "TLS": account(d)} {
		b.Run(name+"/headers", func(b *testing.B) {
			s := dial(b, a)
			selectFolder(b, s, "Junk", true)
			b.ReportAllocs()
			for b.Loop() {
				if got := headersOf(b, s, 0, mailbox.HeaderOptions{}); len(got) != n {
					b.Fatal(len(got))
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
		for _, headerOnly := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/headerOnly=%t", name, headerOnly), func(b *testing.B) {
				s := dial(b, a)
				selectFolder(b, s, "Junk", true)
				b.ReportAllocs()
				for b.Loop() {
					if got := uidsOf(b, s.After(b.Context(), 0, mailbox.FetchOptions{HeaderOnly: headerOnly})); len(got) != n {
						b.Fatal(len(got))
					}
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}
