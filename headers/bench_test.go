package headers

import (
	"fmt"
	"strings"
	"testing"
)

// benchMail makes messages like real ones: a trace of four to nine lines
// among thirty other fields, 10 to 15 KiB in all. The shape follows what big
// mailbox providers write today; every name is invented.
func benchMail(n int) [][]byte {
	var blocks [][]byte
	for i := range n {
		var b strings.Builder
		stamp := fmt.Sprintf("Thu, 1 Jan 2026 10:%02d:%02d +0000", i%60, i*7%60)
		line := func(format string, args ...any) {
			fmt.Fprintf(&b, "Received: "+format+"; "+stamp+"\r\n", args...)
		}
		tls := "(version=TLS1_2,\r\n cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.6699.26"
		line("from SJ0PR19MB%04d.namprd19.prod.outlook.com\r\n (::1) by MN0PR19MB6312.namprd19.prod.outlook.com with HTTPS", i)
		line("from DB9PR02CA%04d.eurprd02.prod.outlook.com\r\n (2603:10a6:10:1d9::12) by SJ0PR19MB%04d.namprd19.prod.outlook.com\r\n (2603:10b6:208:3c0::16) with Microsoft SMTP Server %s", i, i, tls)
		line("from DB8EUR05FT061.eop-eur05.prod.protection.outlook.com\r\n (2603:10a6:10:1d9:cafe::b0) by DB9PR02CA%04d.outlook.office365.com\r\n (2603:10a6:10:1d9::12) with Microsoft SMTP Server %s via Frontend\r\n Transport", i, tls)
		fmt.Fprintf(&b, "Authentication-Results: spf=pass (sender IP is 192.0.2.%d)\r\n smtp.mailfrom=mail%d.example.net; dkim=pass (signature was verified)\r\n header.d=mail%d.example.net;dmarc=pass action=none header.from=example.net;\r\n", i%250+1, i, i)
		line("from mail%d.example.net (192.0.2.%d) by\r\n DB8EUR05FT061.mail.protection.outlook.com (10.233.238.67) with Microsoft\r\n SMTP Server %s via Frontend Transport", i, i%250+1, tls)
		for j := range i % 6 {
			line("from host%d.example.com (host%d.example.com [198.51.100.%d])\r\n\tby mail%d.example.net (Postfix) with ESMTPS id 4F%06X\r\n\tfor <joe@example.org>", j, j, i%250+1, j, i*j)
		}
		b.WriteString("From: Ann <ann@example.net>\r\nTo: joe@example.org\r\nSubject: =?utf-8?q?nothing?=\r\nDate: " + stamp + "\r\nMessage-ID: <1@example.net>\r\n")
		for j := range 24 {
			fmt.Fprintf(&b, "X-Vendor-Exchange-Antispam-Message-Field-%d: %s\r\n", j, strings.Repeat("Q29udGVudCBvZiBubyB1c2Ugb\r\n ", 14))
		}
		blocks = append(blocks, []byte(b.String()))
	}
	return blocks
}

// BenchmarkWalk is the whole work on one message, on one core.
func BenchmarkWalk(b *testing.B) {
	blocks := benchMail(200)
	size := 0
	for _, m := range blocks {
		size += len(m)
	}
	w := &Walker{}
	b.SetBytes(int64(size / len(blocks)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Walk(blocks[i%len(blocks)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}

// BenchmarkParseReceived is one line, of every form in turn.
func BenchmarkParseReceived(b *testing.B) {
	cases := receivedCases(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseReceived(cases[i%len(cases)].line)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkHops shows that the walk is linear in the number of lines.
func BenchmarkHops(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		for _, where := range []string{"inside", "outside"} {
			b.Run(fmt.Sprintf("%s/%d", where, n), func(b *testing.B) {
				var text strings.Builder
				for i := range n {
					ip := "10.0.0.1"
					if where == "outside" {
						ip = "192.0.2.7"
					}
					fmt.Fprintf(&text, "Received: from h%d.example.net (h%d.example.net [%s]) by h%d.example.org (Postfix) with ESMTP id 4F%d; Thu, 1 Jan 2026 10:00:00 +0000\r\n", i, i, ip, i, i)
				}
				block := []byte(text.String())
				w := &Walker{}
				b.SetBytes(int64(len(block)))
				b.ReportAllocs()
				for b.Loop() {
					w.Walk(block)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/hop")
			})
		}
	}
}
