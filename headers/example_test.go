package headers_test

import (
	"fmt"

	"spamreport/headers"
)

func ExampleWalker_Walk() {
	message := []byte("Received: from localhost (localhost [127.0.0.1]) by mx.example.org (Postfix) with ESMTP id 43\n" +
		"Received: from mail.example.net (unknown [192.0.2.7]) by mx.example.org (Postfix) with ESMTP id 42\n" +
		"Received: from bank.example.com (bank.example.com [198.51.100.1]) by mail.example.net with ESMTP id 41\n" +
		"\n" +
		"The body is never looked at.\n")
	rule, err := headers.ParseTrust("mx.example.org")
	if err != nil {
		panic(err)
	}
	w := headers.Walker{Trust: []headers.TrustRule{rule}}
	v := w.Walk(message)
	fmt.Println(v.Source.IP, v.Source.Confidence)
	for _, h := range v.Hops {
		fmt.Println(h.N, h.Trust, h.From.IP)
	}
	// Output:
	// 192.0.2.7 high
	// 0 internal 127.0.0.1
	// 1 source 192.0.2.7
	// 2 untrusted 198.51.100.1
}

func ExampleParseReceived() {
	h := headers.ParseReceived("from rdns.example.com ([192.0.2.3]:34123 helo=mail.example.com) by mx.example.org" +
		" with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from <a@example.com>) id 1abcDE-0001Ab-Ch; Thu, 01 Jan 2026 10:00:00 +0000")
	fmt.Println(h.From.RDNS, h.From.HELO, h.From.IP, h.From.Port, h.By.Name, h.EnvelopeFrom, h.Software)
	// Output: rdns.example.com mail.example.com 192.0.2.3 34123 mx.example.org a@example.com Exim
}
