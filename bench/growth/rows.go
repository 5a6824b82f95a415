package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"spamreport/headers"
	"spamreport/internal/replay"
	"spamreport/lookup"
)

// units does n pieces of work and measures them.
type units = func(n int, work func(i int) error) error

func all() []growth {
	return slices.Concat([]growth{
		{"header walk: a hop, in a trace of so many", [3]int{10, 100, 1000}, hop},
		{"lookup: an unknown network, with so many known", [3]int{300, 3000, 30_000}, unknownNetwork},
		{"lookup: a known address, of so many networks", [3]int{300, 3000, 30_000}, knownAddress},
	}, ledgerRows(), queueRows(), pageRows())
}

func hop(_ context.Context, _ string, size int, units units) error {
	var text strings.Builder
	for i := range size {
		fmt.Fprintf(&text, "Received: from h%d.example.net (h%d.example.net [192.0.2.7]) by h%d.example.org (Postfix) with ESMTP id 4F%d; Thu, 1 Jan 2026 10:00:00 +0000\r\n", i, i, i, i)
	}
	block, walker, walked := []byte(text.String()), &headers.Walker{}, 0
	return units(1_000_000, func(int) error {
		if walked--; walked < 0 { // once for all its hops
			walked = size - 1
			walker.Walk(block)
		}
		return nil
	})
}

// networks are n networks with a desk each, in a registry on loopback, and a
// client that knows the first of them.
func networks(ctx context.Context, n, known int) (*lookup.Client, func(i int) string, func(), error) {
	// Of 198.18.0.0/15, which is for benchmarks (RFC 2544), there are 32,768.
	name := func(i int) string { return fmt.Sprintf("198.%d.%d.%d/30", 18+i>>14&1, i>>6&255, i<<2&255) }
	registry := replay.Registry{RDAP: map[string][]byte{}}
	for i := range n {
		p := netip.MustParsePrefix(name(i))
		registry.RDAP[p.String()] = fmt.Appendf(nil, `{"objectClassName":"ip network","handle":"NET-%d","startAddress":"%s","endAddress":"%s",
			"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@isp%d.example"]]]}]}`,
			i, p.Addr(), p.Addr().Next().Next().Next(), i)
	}
	server, err := replay.Start(ctx, registry)
	if err != nil {
		return nil, nil, nil, err
	}
	client, err := lookup.New(lookup.Options{
		RDAPBootstrap: server.BootstrapURL(), Order: []string{lookup.ViaRDAP},
		AllowSpecial: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")},
	})
	address := func(i int) string { return netip.MustParsePrefix(name(i)).Addr().Next().String() }
	for i := 0; err == nil && i < known; i++ {
		_, err = client.Lookup(ctx, address(i))
	}
	return client, address, server.Close, err
}

// unknownNetwork asks the registry, which is in the same process: the time is
// that of both.
func unknownNetwork(ctx context.Context, _ string, size int, units units) error {
	const n = 500
	client, address, stop, err := networks(ctx, size+3*n, size)
	if err != nil {
		return err
	}
	defer stop()
	return units(n, func(i int) error {
		_, err := client.Lookup(ctx, address(size+i))
		return err
	})
}

func knownAddress(ctx context.Context, _ string, size int, units units) error {
	client, address, stop, err := networks(ctx, size, size)
	if err != nil {
		return err
	}
	defer stop()
	addresses := make([]string, size)
	for i := range addresses {
		addresses[i] = address(i)
	}
	return units(200_000, func(i int) error {
		_, err := client.Lookup(ctx, addresses[i*7919%size])
		return err
	})
}
