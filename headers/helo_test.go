package headers

import "testing"

// The client chooses its HELO, so it may say anything: a trusted address, a
// local one, another line.
func TestAHELOProvesNothing(t *testing.T) {
	trust, _ := ParseTrust("203.0.113.5")
	domain, _ := ParseTrust("example.org")
	w := &Walker{Trust: []TrustRule{trust, domain}}
	for _, from := range []string{
		"from [203.0.113.5] (unknown [192.0.2.66])",
		"from [203.0.113.5] (192.0.2.66)",
		"from [203.0.113.5] ([192.0.2.66])",
		"from 203.0.113.5 (192.0.2.66)",
		"from 203.0.113.5 ([192.0.2.66])",
		"from unknown (HELO [203.0.113.5]) (192.0.2.66)",
		"from unknown (HELO 203.0.113.5) (192.0.2.66)",
		"from unknown (HELO mx.example.org) (192.0.2.66)",
		"from mx.example.org (HELO mx.example.org) (192.0.2.66)",
		"from [192.0.2.66] (helo=[203.0.113.5])",
		"from [192.0.2.66] (helo=mx.example.org)",
		"from evil.example.net ([192.0.2.66] helo=mx.example.org)",
		"from x ([203.0.113.5]) ([192.0.2.66])",
		"from x [203.0.113.5] (unknown [192.0.2.66])",
		"from x (y [203.0.113.5]) (unknown [192.0.2.66])",
		"from x by mx.example.org (y [203.0.113.5]) with ESMTP (unknown [192.0.2.66])",
		"from localhost (localhost [192.0.2.66])",
		"from localhost (unknown [192.0.2.66])",
		"from 127.0.0.1 (192.0.2.66)",
		"from [127.0.0.1] (unknown [192.0.2.66])",
		"from mx.example.org (mx.example.org [192.0.2.66] (may be forged))",
		"from mx.example.org (192.0.2.66)",
		"from mx.example.org ([192.0.2.66])",
		"from mx.example.org (unverified [192.0.2.66])",
		"from mail pickup service (unknown [192.0.2.66])",
		"from spooler (unknown [192.0.2.66])",
	} {
		for _, tail := range []string{
			" by mail.example.com (Postfix) with ESMTP id 77; Thu, 1 Jan 2026 10:00:00 +0000",
			" by mail.example.com with ESMTP; Thu, 1 Jan 2026 10:00:00 +0000",
			" by mail.example.com (10.0.0.1) with Microsoft SMTP Server id 15.1.1.1; Thu, 1 Jan 2026 10:00:00 +0000",
		} {
			v := w.Walk([]byte("Received: " + from + tail + "\nReceived: from victim (victim [198.51.100.1]) by mx.example.org (Postfix) with ESMTP id 1\n"))
			if v.Source == nil || v.Source.IP.String() != "192.0.2.66" {
				t.Errorf("%s%s: %+v %s", from, tail, v.Source, v.Reason)
			}
		}
	}
}
