package main

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"spamreport/internal/contract"
	"spamreport/internal/replay"
	"spamreport/lookup"
)

// BenchmarkWarmBulkLookup answers 100,000 addresses of networks that are
// known already, as `spamreport lookup -` does. BenchmarkPrintingAlone prints
// as many answers that are there: the difference is what looking up costs.
func BenchmarkWarmBulkLookup(b *testing.B) {
	desks, input := warmDesks(b)
	a := &app{stdout: io.Discard, stderr: io.Discard, json: true}
	b.ReportAllocs()
	for b.Loop() {
		a.stdin = bytes.NewReader(input)
		if err := a.lookup(b.Context(), desks, []string{"-"}, lookupFlags{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(bulkSize*float64(b.N)/b.Elapsed().Seconds(), "addresses/s")
}

func BenchmarkPrintingAlone(b *testing.B) {
	desks, _ := warmDesks(b)
	result, err := desks.Lookup(b.Context(), "192.0.2.1")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for range bulkSize {
			if err := contract.Write(io.Discard, contract.NewLookup(result, nil)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(bulkSize*float64(b.N)/b.Elapsed().Seconds(), "addresses/s")
}

const bulkSize = 100_000

func warmDesks(b *testing.B) (*lookup.Client, []byte) {
	b.Helper()
	registries, err := replay.Start(b.Context(), replay.Sample())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(registries.Close)
	desks, err := lookup.New(lookup.Options{RDAPBootstrap: registries.BootstrapURL(), WHOISHosts: registries.WHOISHosts()})
	if err != nil {
		b.Fatal(err)
	}
	var input bytes.Buffer
	for i := range bulkSize {
		fmt.Fprintf(&input, "%s.%d\n", []string{"192.0.2", "198.51.100", "203.0.113"}[i%3], i%254+1)
	}
	for _, first := range []string{"192.0.2.1", "198.51.100.1", "203.0.113.1"} {
		if _, err := desks.Lookup(b.Context(), first); err != nil {
			b.Fatal(err)
		}
	}
	return desks, input.Bytes()
}
