package headers

import (
	"strings"
	"testing"
)

func TestTheTopmostHandoffFromOutsideIsTheSource(t *testing.T) {
	block := strings.Join([]string{
		"Received: from localhost (localhost [127.0.0.1])\r\n\tby mx.example.org (Postfix) with ESMTP id 3; Thu, 1 Jan 2026 10:00:02 +0000",
		"Received: from bad.example.net (unknown [192.0.2.7])",
		"\tby mx.example.org (Postfix) with ESMTP id 2 for <me@example.org>; Thu, 1 Jan 2026 10:00:01 +0000 (UTC)",
		"Received: from victim.example.com (victim.example.com [198.51.100.1]) by bad.example.net; Thu, 1 Jan 2026 10:00:00 +0000",
		"", "Received: from body",
	}, "\r\n")
	var w Walker
	v := w.Walk([]byte(block))
	if v.Source == nil || v.Source.IP.String() != "192.0.2.7" || v.Source.Hop != 1 || len(v.Hops) != 3 {
		t.Fatalf("got %+v", v)
	}
}
