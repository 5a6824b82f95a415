package headers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func ordinaryMail(n int) [][]byte {
	var blocks [][]byte
	for i := range n {
		lines := []string{
			"Received: from mx2.example.org (mx2.example.org [203.0.113.20]) by imap.example.org (Postfix) with LMTP id 3",
			fmt.Sprintf("Received: from smtp%d.example%d.com (smtp%d.example%d.com [198.51.100.%d]) by mx2.example.org (Postfix) with ESMTP id 2", i, i%7, i, i%7, i+1),
		}
		if i%5 == 0 { // some of it was fetched by hand, and has no second MX
			lines = lines[1:]
		}
		blocks = append(blocks, []byte(strings.Join(lines, "\n")+"\n"))
	}
	return blocks
}

func TestTheRecipientsHostsAreLearned(t *testing.T) {
	var got []string
	for _, l := range Learn(ordinaryMail(40), 0) {
		got = append(got, fmt.Sprintf("%s %d", l.Rule, l.Messages))
	}
	want := "imap.example.org 32, 203.0.113.20/32 32, mx2.example.org 32"
	if s := strings.Join(got, ", "); s != "203.0.113.20/32 32, imap.example.org 32, mx2.example.org 32" && s != want {
		t.Errorf("learned %s", s)
	}
}

func TestLearnedHostsAreWalkedThrough(t *testing.T) {
	spam := []byte("Received: from mx2.example.org (unknown [203.0.113.20]) by imap.example.org with ESMTP id 3\n" +
		"Received: from bad (unknown [192.0.2.7]) by mx2.example.org (Postfix) with ESMTP id 2\n")
	var w Walker
	if v := w.Walk(spam); v.Source.IP.String() != "203.0.113.20" {
		t.Fatalf("before learning: %+v", v.Source)
	}
	for _, l := range Learn(ordinaryMail(40), 0) {
		w.Learned = append(w.Learned, l.Rule)
	}
	if v := w.Walk(spam); v.Source.IP.String() != "192.0.2.7" || v.Source.Confidence != High {
		t.Errorf("after learning: %+v", v.Source)
	}
}

func TestTooLittleMailTeachesNothing(t *testing.T) {
	if got := Learn(ordinaryMail(LearnLeast-1), 0); got != nil {
		t.Errorf("learned %v", got)
	}
	if got := Learn(nil, 0); got != nil {
		t.Errorf("learned %v", got)
	}
}

func TestAFarmIsLearnedByItsDomain(t *testing.T) {
	var blocks [][]byte
	for i := range 30 {
		blocks = append(blocks, fmt.Appendf(nil, "Received: from a%d.example.net (a%d.example.net [198.51.100.%d]) by mx%d.example.org (Postfix) with ESMTP id 2\n", i, i, i, i))
	}
	got := Learn(blocks, 0)
	if len(got) != 1 || got[0].Rule.String() != "example.org" || got[0].Share != 1 {
		t.Errorf("learned %+v", got)
	}
}

// zone answers like a DNS server, from a table.
type zone struct {
	hosts map[string][]netip.Addr
	names map[string][]string
	mx    map[string][]*net.MX
	asked int
}

func (z *zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	z.asked++
	if a := z.hosts[host]; a != nil {
		return a, nil
	}
	return nil, errors.New("no such host")
}

func (z *zone) LookupAddr(_ context.Context, addr string) ([]string, error) {
	z.asked++
	return z.names[addr], nil
}

func (z *zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	z.asked++
	return z.mx[name], nil
}

func TestTheDNSConfirmsNamesWhenItMayBeAsked(t *testing.T) {
	z := &zone{
		hosts: map[string][]netip.Addr{
			"relay.example.com": {netip.MustParseAddr("203.0.113.20")},
			"mx2.example.org":   {netip.MustParseAddr("203.0.113.21")},
		},
		names: map[string][]string{"203.0.113.20": {"relay.example.com."}, "198.51.100.5": {"relay.example.com."}},
		mx:    map[string][]*net.MX{"example.org": {{Host: "mx2.example.org.", Pref: 10}}},
	}
	rule, _ := ParseTrust("example.com")
	for _, c := range []struct{ name, top, want string }{
		{"a trusted HELO that leads to the address", "from relay.example.com (203.0.113.20) by ex.example.org with Microsoft SMTP Server id 15.1.1.1", "192.0.2.7"},
		{"a trusted HELO that leads elsewhere", "from relay.example.com (198.51.100.5) by ex.example.org with Microsoft SMTP Server id 15.1.1.1", "198.51.100.5"},
		{"an MX of the recipient's domain", "from who (unknown [203.0.113.21]) by ex.example.org with ESMTP id 1 for <joe@example.org>", "192.0.2.7"},
		{"a reverse name that leads back", "from liar (203.0.113.20) by ex.example.org with Microsoft SMTP Server id 15.1.1.1", "192.0.2.7"},
		{"a reverse name that leads elsewhere", "from liar (198.51.100.5) by ex.example.org with Microsoft SMTP Server id 15.1.1.1", "198.51.100.5"},
		{"no MX", "from who (unknown [203.0.113.22]) by ex.example.org with ESMTP id 1 for <joe@example.org>", "203.0.113.22"},
	} {
		w := Walker{Trust: []TrustRule{rule}, Resolver: z}
		v := w.Walk([]byte("Received: " + c.top + "\nReceived: from bad (unknown [192.0.2.7]) by relay.example.com (Postfix) with ESMTP id 2\n"))
		if v.Source == nil || v.Source.IP.String() != c.want {
			t.Errorf("%s: %+v %s", c.name, v.Source, v.Reason)
		}
	}
	many := strings.Repeat("Received: from relay.example.com (203.0.113.20) by ex.example.org with ESMTP id 1 for <joe@example.org>\n", 200)
	z.asked = 0
	w := Walker{Trust: []TrustRule{rule}, Resolver: z}
	w.Walk([]byte(many))
	if z.asked > maxQuestions {
		t.Errorf("asked %d times for one message", z.asked)
	}
}
