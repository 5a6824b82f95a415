package complaint

import (
	"strings"
	"testing"

	"spamreport/lookup"
)

// BenchmarkGlance is what the policy costs for each header of a sweep.
func BenchmarkGlance(b *testing.B) {
	header := "Return-Path: <bounce@mail7.sender.example>\r\nDelivered-To: load@recipient.example\r\n" +
		"Received: from mx.recipient.example ([192.168.7.2])\r\n\tby store.mx.recipient.example with LMTP id 0badcafe\r\n\tfor <load@recipient.example>; Fri, 2 Jan 2026 03:04:05 +0000\r\n" +
		"Authentication-Results: mx.recipient.example;\r\n\tdkim=fail header.d=sender.example header.s=k1 header.b=0badcafe;\r\n\tspf=pass smtp.mailfrom=sender.example; dmarc=none\r\n" +
		"Received: from mail7.sender.example (mail7.sender.example [192.0.2.7])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tby mx.recipient.example (Postfix) with ESMTPS id 4XyZ1a2b3c\r\n\tfor <load@recipient.example>; Fri, 2 Jan 2026 03:04:05 +0000\r\n" +
		"X-Spam-Status: Yes, score=17.2 required=5.0 tests=BAYES_99,HTML_MESSAGE,\r\n\tRCVD_IN_XBL,URIBL_BLACK autolearn=no version=4.0.0\r\n" +
		"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=k1;\r\n\th=from:to:subject:date:message-id;\r\n\tb=" +
		strings.Repeat("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01\r\n\t", 24) + "0123\r\n" +
		"From: \"Your Account\" <news@sender.example>\r\nTo: load@recipient.example\r\n" +
		"Subject: please confirm before the deadline\r\nMessage-ID: <4711.0badcafe@sender.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"List-Unsubscribe: <https://sender.example/u/9f86d081884c7d65>\r\n\r\n"
	inc := testIncident([]byte(header))
	inc.Lookup.Contacts = []lookup.Contact{{Email: "abuse@net.example"}}
	p := Policy{}
	b.ReportAllocs()
	for b.Loop() {
		if why, unfit := p.Unfit(inc); unfit {
			b.Fatal(why)
		}
		if d := p.Glance(inc); d.Action != WouldSend {
			b.Fatal(d)
		}
	}
}
