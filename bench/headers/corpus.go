//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeMessages writes messages of the usual size and shape: a header of 12
// KiB with four to nine Received fields, and a body of 20 KiB. All names are
// invented.
func writeMessages(dir string, n int) error {
	body := strings.Repeat(strings.Repeat("Lorem ipsum ", 6)+"\r\n", 280)
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("%05d.eml", i))
		if err := os.WriteFile(path, []byte(header(i)+"\r\n"+body), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func header(i int) string {
	var b strings.Builder
	stamp := fmt.Sprintf("Thu, 1 Jan 2026 10:%02d:%02d +0000", i%60, i*7%60)
	received := func(format string, args ...any) {
		fmt.Fprintf(&b, "Received: "+format+";\r\n\t"+stamp+"\r\n", args...)
	}
	received("from localhost (localhost [127.0.0.1])\r\n\tby mx%d.example.org (Postfix) with ESMTP id 4E%06X\r\n\tfor <joe@example.org>", i%3, i)
	received("from mx%d.example.org ([127.0.0.1])\r\n\tby localhost (mx%d.example.org [127.0.0.1]) (amavisd-new, port 10024)\r\n\twith ESMTP id AbCdEf%06X for <joe@example.org>", i%3, i%3, i)
	fmt.Fprintf(&b, "Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.%d;\r\n\thelo=mail%d.example.net; envelope-from=ann@example.net; receiver=mx.example.org\r\n", i%250+1, i)
	received("from mail%d.example.net (mail%d.example.net [192.0.2.%d])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby mx%d.example.org (Postfix) with ESMTPS id 4F%06X\r\n\tfor <joe@example.org>", i, i, i%250+1, i%3, i)
	for j := range 1 + i%6 {
		received("from host%d.example.com ([198.51.100.%d] helo=pc%d)\r\n\tby mail%d.example.net with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96) (envelope-from <ann@example.net>)\r\n\tid 1abcDE-0001Ab-%02d for joe@example.org", j, i%250+1, j, j, i%100)
	}
	b.WriteString("From: Ann <ann@example.net>\r\nTo: joe@example.org\r\nSubject: nothing of note\r\nDate: " + stamp + "\r\nMessage-ID: <" + fmt.Sprint(i) + "@example.net>\r\n")
	for j := range 22 {
		fmt.Fprintf(&b, "X-Vendor-Antispam-Message-Field-%d: %s\r\n", j, strings.Repeat("Q29udGVudCBvZiBubyB1c2Ugb\r\n ", 14))
	}
	return b.String()
}
