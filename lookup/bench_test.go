package lookup_test

import (
	"testing"

	"spamreport/lookup"
)

// warm makes a client that knows 500 networks, and the text of 10,000
// addresses in them.
func warm(b *testing.B) (*lookup.Client, []string) {
	b.Helper()
	reg, nets := manyNetworks(500)
	srv := serve(b, reg)
	c := client(b, srv, func(o *lookup.Options) {
		allowBenchmarking(o)
		o.Suppressed = func(string) (string, bool) { return "", false }
	})
	addrs := someAddresses(nets, 10_000)
	lookupAll(b, c, addrs)
	texts := make([]string, len(addrs))
	for i, a := range addrs {
		texts[i] = a.String()
	}
	return c, texts
}

func BenchmarkWarmLookup(b *testing.B) {
	c, texts := warm(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		r, err := c.Lookup(b.Context(), texts[i%len(texts)])
		if err != nil || len(r.Contacts) == 0 {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkWarmLookupParallel(b *testing.B) {
	c, texts := warm(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := c.Lookup(b.Context(), texts[i%len(texts)]); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkColdRDAP and BenchmarkColdWHOIS are a whole query over loopback,
// reading included.
func BenchmarkColdRDAP(b *testing.B)  { cold(b, lookup.ViaRDAP) }
func BenchmarkColdWHOIS(b *testing.B) { cold(b, lookup.ViaWHOIS) }

func cold(b *testing.B, via string) {
	reg, nets := manyNetworks(1)
	srv := serve(b, reg)
	c := client(b, srv, func(o *lookup.Options) {
		allowBenchmarking(o)
		o.Order = []string{via}
	})
	addr := someAddresses(nets, 1)[0].String()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Refresh(b.Context(), addr); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWarmLookupAllocatesNothing(t *testing.T) {
	reg, nets := manyNetworks(2)
	srv := serve(t, reg)
	c := client(t, srv, allowBenchmarking)
	addr := someAddresses(nets, 1)[0].String()
	if _, err := c.Lookup(t.Context(), addr); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if n := testing.AllocsPerRun(100, func() { _, _ = c.Lookup(ctx, addr) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
