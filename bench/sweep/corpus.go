//go:build linux

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// documentation are the ranges set apart for examples (RFC 5737), which are cut
// into small networks; the others lie in 2001:db8::/32 (RFC 3849).
var documentation = [][3]byte{{192, 0, 2}, {198, 51, 100}, {203, 0, 113}}

const (
	small    = 3 * 32 // networks of eight IPv4 addresses, where most spam comes from
	networks = small + 204
)

// network is the nth of the networks that spam comes from.
func network(n int) netip.Prefix {
	if n < small {
		a := documentation[n/32]
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{a[0], a[1], a[2], byte(n % 32 * 8)}), 29)
	}
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 8), byte(n)}), 48)
}

// source is an address in one of them, as it is written in a trace.
func source(r *rand.Rand) string {
	if r.IntN(10) < 7 {
		a := network(r.IntN(small)).Addr().As4()
		a[3] += byte(r.IntN(8))
		return netip.AddrFrom4(a).String()
	}
	a := network(small + r.IntN(networks-small)).Addr().As16()
	a[15] = byte(r.IntN(255) + 1)
	return "IPv6:" + netip.AddrFrom16(a).String()
}

// words are what texts are made of.
var words = strings.Fields(`offer your account today because we have selected you for the final payment of this week
	please confirm before the deadline since every customer receives one voucher within hours of ordering and nobody
	else may claim the amount which was left to you by a distant relative who lived abroad`)

// message makes the nth message: a header of 2 to 4 KB with the fields that
// spam collects on its way, and a text of 2 to 20 KB, mostly short. One in ten
// has no source, as mail between the recipient's own servers has none.
func message(n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 8))
	date := time.Now().Add(-time.Duration(r.IntN(48*3600)) * time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000")
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	ip := source(r)
	line("Return-Path: <bounce-%d@mail%d.sender.example>", n, n%97)
	line("Delivered-To: load@recipient.example")
	line("Received: from mx.recipient.example ([192.168.7.2])\r\n\tby store.mx.recipient.example with LMTP id %012x\r\n\tfor <load@recipient.example>; %s", r.Uint64()>>16, date)
	line("Authentication-Results: mx.recipient.example;\r\n\tdkim=fail header.d=sender.example header.s=k1 header.b=%08x;\r\n\tspf=pass smtp.mailfrom=sender.example; dmarc=none", r.Uint32())
	if n%10 != 9 {
		line("Received: from mail%d.sender.example (mail%d.sender.example [%s])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tby mx.recipient.example (Postfix) with ESMTPS id %011X\r\n\tfor <load@recipient.example>; %s", n%97, n%97, ip, r.Uint64()>>20, date)
	}
	for hop := range r.IntN(3) {
		line("Received: from inner%d.sender.example (inner%d.sender.example [10.0.%d.%d])\r\n\tby mail%d.sender.example (8.15.2/8.15.2) with ESMTP id %x\r\n\tfor <load@recipient.example>; %s", hop, hop, hop, r.IntN(250), n%97, r.Uint32(), date)
	}
	line("X-Spam-Status: Yes, score=%d.%d required=5.0 tests=BAYES_99,HTML_MESSAGE,\r\n\tRCVD_IN_XBL,URIBL_BLACK autolearn=no version=4.0.0", r.IntN(30), r.IntN(9))
	for i := range 2 {
		line("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender%d.example; s=k1;\r\n\th=from:to:subject:date:message-id; bh=%s;\r\n\tb=%s", i, token(r, 44), folded(r, 344))
	}
	line("X-Report-Data: %s", folded(r, r.IntN(1500)))
	line("From: \"%s\" <%s@sender.example>", sentence(r, 2), token(r, 8))
	line("To: load@recipient.example")
	line("Subject: %s", sentence(r, 6))
	line("Date: %s", date)
	line("Message-ID: <%d.%08x@sender.example>", n, r.Uint32())
	line("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8")
	if n%2 == 0 {
		line("List-Unsubscribe: <https://sender.example/u/%x>", r.Uint64())
	}
	line("")
	for size := 2000 + int(18000*r.Float64()*r.Float64()); size > 0; {
		text := sentence(r, 11)
		line("%s", text)
		size -= len(text) + 2
	}
	return b.Bytes()
}

func sentence(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[r.IntN(len(words))])
	}
	return b.String()
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func token(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func folded(r *rand.Rand, n int) string {
	text := token(r, n)
	var b strings.Builder
	for len(text) > 70 {
		b.WriteString(text[:70] + "\r\n\t")
		text = text[70:]
	}
	return b.String() + text
}

// fill makes a maildir of messages, with the sizes in their names as Dovecot
// itself puts them there when it delivers.
func fill(maildir string, messages int) error {
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(maildir, sub), 0o755); err != nil {
			return err
		}
	}
	for n := range messages {
		crlf := message(n)
		text := bytes.ReplaceAll(crlf, []byte("\r\n"), []byte("\n"))
		name := fmt.Sprintf("%d.M%dP1.bench,S=%d,W=%d:2,", 1_700_000_000+n, n, len(text), len(crlf))
		if err := os.WriteFile(filepath.Join(maildir, "cur", name), text, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(maildir, "maildirfolder"), nil, 0o644)
}
