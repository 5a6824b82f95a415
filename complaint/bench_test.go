package complaint

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
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

// ordinary is a message like most of those in a folder of spam: 3 KB of header,
// much of it signatures and what filters note for themselves, and 6 KB of text.
func ordinary() []byte {
	source := rand.NewChaCha8([32]byte{8})
	folded := func(octets int) string {
		digits := make([]byte, octets)
		source.Read(digits)
		return strings.TrimSuffix(strings.ReplaceAll(wrap76(base64.StdEncoding.EncodeToString(digits)), "\r\n", "\r\n\t"), "\r\n\t")
	}
	return []byte("Delivered-To: alice@example.org\r\n" +
		"Received: from mail7.bulk.example.com (mail7.bulk.example.com [192.0.2.7])\r\n" +
		"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n" +
		"\tby mx.example.org (Postfix) with ESMTPS id 4XyZ1a2b3c\r\n\tfor <alice@example.org>; Fri, 2 Jan 2026 03:04:05 +0000\r\n" +
		"X-Spam-Status: Yes, score=17.2 required=5.0 tests=BAYES_99,HTML_MESSAGE,\r\n\tRCVD_IN_XBL,URIBL_BLACK autolearn=no version=4.0.0\r\n" +
		"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=bulk.example.com; s=k1;\r\n" +
		"\th=from:to:subject:date:message-id; bh=" + folded(32) + ";\r\n\tb=" + folded(256) + "\r\n" +
		"X-Report-Data: " + folded(900) + "\r\n" +
		"From: \"Your Account\" <news@bulk.example.com>\r\nTo: Alice Liddell <alice@example.org>\r\n" +
		"Subject: please confirm before the deadline\r\nMessage-ID: <4711.0badcafe@bulk.example.com>\r\n" +
		"List-Unsubscribe: <https://bulk.example.com/u/9f86d081884c7d65>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		strings.Repeat("please confirm before the deadline since every customer receives one voucher\r\n", 80))
}

func BenchmarkCompose(b *testing.B) {
	for _, bench := range []struct {
		name   string
		raw    []byte
		redact bool
	}{
		{"small", readSpam(b, "lottery.eml"), false},
		{"small redacted", readSpam(b, "lottery.eml"), true},
		{"ordinary", ordinary(), false},
		{"ordinary redacted", ordinary(), true},
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
