package resolver_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"

	"spamreport/internal/servertest"
	"spamreport/relay/resolver"
)

func TestWhatAnAnswerTells(t *testing.T) {
	server := servertest.DNS(t,
		"a.example. A 198.41.0.4", "alias.example. CNAME a.example.", "far.example. CNAME alias.example.",
		"hanging.example. CNAME nothing.example.", "text.example. TXT one two",
		"below.empty.example. A 198.41.0.4", "round.example. CNAME round.example.",
	)
	server.Break("broken.example")
	tests := []struct {
		name, domain string
		kind         uint16
		records      int
		at           string // the name at the end of the aliases
		missing      bool   // there is no such name
		fails        bool   // for now
	}{
		{"a record", "A.Example", dns.TypeA, 1, "a.example", false, false},
		{"an alias", "alias.example", dns.TypeA, 1, "a.example", false, false},
		{"an alias of an alias", "far.example", dns.TypeA, 1, "a.example", false, false},
		{"no record of that type", "a.example", dns.TypeMX, 0, "a.example", false, false},
		{"an empty name", "empty.example", dns.TypeA, 0, "empty.example", false, false},
		{"no such name", "none.example", dns.TypeA, 0, "", true, false},
		{"an alias that ends nowhere", "hanging.example", dns.TypeA, 0, "", true, false},
		{"a server that fails", "broken.example", dns.TypeA, 0, "", false, true},
		{"an alias of itself", "round.example", dns.TypeA, 0, "", false, true},
	}
	client := &resolver.Client{Servers: []string{server.Addr}, Timeout: time.Minute}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := client.Lookup(t.Context(), test.domain, test.kind)
			if missing := errors.Is(err, resolver.ErrNoName); missing != test.missing || (err != nil && !missing) != test.fails {
				t.Fatalf("error %v", err)
			}
			if len(a.Records) != test.records || a.Name != test.at {
				t.Errorf("%+v", a)
			}
		})
	}
	if texts, err := client.Text(t.Context(), "text.example"); err != nil || len(texts) != 1 || texts[0] != "onetwo" {
		t.Errorf("text %q, %v", texts, err)
	}
	if texts, err := client.Text(t.Context(), "none.example"); err != nil || texts != nil {
		t.Errorf("no text: %q, %v", texts, err)
	}
}

func TestTheNextServerIsAskedWhenOneFails(t *testing.T) {
	broken, good := servertest.DNS(t), servertest.DNS(t, "a.example. A 198.41.0.4")
	broken.Break("example")
	client := &resolver.Client{Servers: []string{"127.0.0.1:1", broken.Addr, good.Addr}, Timeout: time.Minute}
	if a, err := client.Lookup(t.Context(), "a.example", dns.TypeA); err != nil || len(a.Records) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestALargeAnswerComesOverTCP(t *testing.T) {
	var records []string
	for i := range 200 {
		records = append(records, fmt.Sprintf("large.example. A 198.41.%d.4", i))
	}
	client := &resolver.Client{Servers: []string{servertest.DNS(t, records...).Addr}}
	if a, err := client.Lookup(t.Context(), "large.example", dns.TypeA); err != nil || len(a.Records) != 200 {
		t.Errorf("%d records, %v", len(a.Records), err)
	}
}

func TestTheADBitIsBelievedFromThisMachineOrOnRequest(t *testing.T) {
	server := servertest.DNS(t, "safe.example. A 198.41.0.4", "open.example. A 198.41.0.4")
	server.Secure("safe.example")
	client := &resolver.Client{Servers: []string{server.Addr}}
	for name, want := range map[string]bool{"safe.example": true, "open.example": false} {
		if a, err := client.Lookup(t.Context(), name, dns.TypeA); err != nil || a.Secure != want {
			t.Errorf("%s: secure %v, %v", name, a.Secure, err)
		}
	}
}
