package complaint

import (
	"fmt"
	"strings"
	"testing"
)

// newsletter is a message like those that bulk mailers send: long HTML, a
// tracking link in every line.
func newsletter(lines int) []byte {
	var b strings.Builder
	b.WriteString("Delivered-To: alice@example.org\r\nTo: Alice Liddell <alice@example.org>\r\n" +
		"From: News <news@bulk.example.com>\r\nSubject: News\r\n" +
		"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	for i := range lines {
		fmt.Fprintf(&b, "<tr><td style=\"color:#33%04x\"><a href=\"https://t.bulk.example.com/c/%08xQWxpY2Vz/l?d=%%7Bx%%7D&n=%d\">Größe und Preis</a></td></tr>\r\n", i%65536, i*7919, i)
	}
	return []byte(b.String())
}

func BenchmarkCompose(b *testing.B) {
	for _, bench := range []struct {
		name   string
		raw    []byte
		redact bool
	}{
		{"small", readSpam(b, "lottery.eml"), false},
		{"small redacted", readSpam(b, "lottery.eml"), true},
		{"200 KB", newsletter(1500), false},
		{"200 KB redacted", newsletter(1500), true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := testComposer(b)
			c.Redact = bench.redact
			inc := testIncident(bench.raw)
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.raw)))
			for b.Loop() {
				compose(b, c, inc)
			}
		})
	}
}
