package headers

import (
	"slices"
	"testing"
)

func TestProviderRowsFitTogether(t *testing.T) {
	if len(providers) < 25 {
		t.Errorf("only %d providers", len(providers))
	}
	owner := map[string]string{}
	for i := range providers {
		p := &providers[i]
		for _, h := range p.hosts {
			if other := owner[h]; other != "" {
				t.Errorf("%s and %s both sign as %s", other, p.name, h)
			}
			owner[h] = p.name
			if checkDomain(h) != nil {
				t.Errorf("%s: %q is no domain", p.name, h)
			}
		}
		for _, n := range slices.Concat(p.outNets, p.innerNets) {
			if n != n.Masked() {
				t.Errorf("%s: %s has bits behind its mask", p.name, n)
			}
		}
		if p.complete && len(p.outNets) == 0 {
			t.Errorf("%s: complete without addresses", p.name)
		}
		for _, c := range p.clients {
			if c.what == "" || len(c.with) == 0 {
				t.Errorf("%s: a client form without words or protocols", p.name)
			}
		}
	}
}

func TestEveryRangeLeadsToItsProvider(t *testing.T) {
	for i := range providers {
		p := &providers[i]
		for _, n := range p.outNets {
			if got := providerAt(n.Addr(), ""); got != p {
				t.Errorf("%s: the first address of %s belongs to %v", p.name, n, got)
			}
		}
	}
	if ip, _ := parseIP("192.0.2.7"); providerAt(ip, "") != nil {
		t.Error("a documentation address belongs to a provider")
	}
}

func TestEveryWitnessIsKept(t *testing.T) {
	for name := range witnessMarks {
		if !slices.Contains(noteNames, name) {
			t.Errorf("%s is not kept; add it to noteNames", name)
		}
	}
}
