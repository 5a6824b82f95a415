package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"

	"spamreport/headers"
	"spamreport/lookup"
)

// units does n pieces of work and measures them.
type units = func(n int, work func(i int) error) error

// all are the rows; ledger is its smallest size.
func all(ledger int) []growth {
	sizes := [3]int{ledger, 10 * ledger, 100 * ledger}
	return slices.Concat([]growth{
		{"header walk: a hop, in a trace of so many", [3]int{10, 100, 1000}, hop},
		{"lookup: an unknown network, with so many known", [3]int{300, 3000, 30_000}, unknownNetwork},
		{"lookup: a known address, of so many networks", [3]int{300, 3000, 30_000}, knownAddress},
	}, ledgerRows(sizes), queueRows(), commandRows(sizes), pageRows(sizes))
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

// registry answers for every address with the network of four around it.
func registry() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bootstrap/ipv4.json", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"version":"1.0","services":[[["198.18.0.0/15"],["http://%s/rdap/"]]]}`, r.Host)
	})
	mux.HandleFunc("GET /rdap/ip/{address}", func(w http.ResponseWriter, r *http.Request) {
		addr, err := netip.ParseAddr(r.PathValue("address"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		first := netip.PrefixFrom(addr, 30).Masked().Addr()
		w.Header().Set("Content-Type", "application/rdap+json")
		fmt.Fprintf(w, `{"objectClassName":"ip network","handle":"NET-%s","startAddress":"%s","endAddress":"%s",
			"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@isp.example"]]]}]}`,
			first, first, first.Next().Next().Next())
	})
	return httptest.NewServer(mux)
}

// address is one of network i. Of 198.18.0.0/15, which is for benchmarks (RFC
// 2544), there are 32,768.
func address(i int) string {
	return fmt.Sprintf("198.%d.%d.%d", 18+i>>14&1, i>>6&255, i<<2&255|1)
}

// knowing is a client that knows so many networks.
func knowing(ctx context.Context, size int) (client *lookup.Client, stop func(), err error) {
	server := registry()
	client, err = lookup.New(lookup.Options{
		RDAPBootstrap: server.URL + "/bootstrap/", Order: []string{lookup.ViaRDAP},
		AllowSpecial: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")},
	})
	for i := 0; err == nil && i < size; i++ {
		_, err = client.Lookup(ctx, address(i))
	}
	return client, server.Close, err
}

// unknownNetwork asks the registry, which is in the same process: the time is
// that of both.
func unknownNetwork(ctx context.Context, _ string, size int, units units) error {
	const n = 500
	client, stop, err := knowing(ctx, size)
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
	client, stop, err := knowing(ctx, size)
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
