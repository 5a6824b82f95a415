package target

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFind looks at a newsletter of 40 links, and at pages that are made to
// be expensive to read.
func BenchmarkFind(b *testing.B) {
	var newsletter strings.Builder
	for i := range 40 {
		fmt.Fprintf(&newsletter, `<p>%s</p><a href="https://shop%d.example/offer?id=%d">Read more</a>`, strings.Repeat("word ", 40), i%7, i)
	}
	for name, body := range map[string]string{
		"newsletter":        newsletter.String(),
		"half a MB of tags": "<p>" + strings.Repeat("<a href=http://x.example/>", 20000),
		"half a MB of (":    "http://evil.example/" + strings.Repeat("))))))))", 64<<10),
		"half a MB of url(": "<style>" + strings.Repeat("url(http://x)", 40<<10),
		"long addresses":    strings.Repeat("http://x.example/"+strings.Repeat("%ff", 1300)+" ", 130),
		"500 hosts":         "<p>" + manyHosts(500),
		"an invitation":     strings.Repeat("contact me ", 50<<10),
	} {
		inc := spam("From: PayPal <a@x.example>\nReply-To: b@tuta.com\n", body)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(inc, everything())
			}
		})
	}
}

func manyHosts(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, `<a href="http://h%d.paypa%d.example/">www.bank%d.example</a>`, i, i, i)
	}
	return all.String()
}
