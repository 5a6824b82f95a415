package lookup_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// benchmarking is the block (RFC 2544) that the made-up networks below are in.
var benchmarking = netip.MustParsePrefix("198.18.0.0/15")

// manyNetworks makes n networks of a /24 each, known over both protocols.
func manyNetworks(n int) (reg replay.Registry, networks []netip.Prefix) {
	reg = replay.Registry{RDAP: map[string][]byte{}, WHOIS: map[string]map[string]string{"whois.arin.net": {}}}
	for i := range n {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{198, byte(18 + i/256), byte(i % 256), 0}), 24)
		last := netip.AddrFrom4([4]byte{198, byte(18 + i/256), byte(i % 256), 255})
		networks = append(networks, p)
		reg.RDAP[p.String()] = fmt.Appendf(nil, `{"objectClassName":"ip network","handle":"NET-%d","startAddress":"%s","endAddress":"%s",
			"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@isp%d.example"]]]}]}`, i, p.Addr(), last, i)
		reg.WHOIS["whois.arin.net"][p.String()] = fmt.Sprintf("NetRange: %s - %s\nNetName: NET-%d\nOrgAbuseEmail: abuse@isp%d.example\n", p.Addr(), last, i, i)
	}
	return reg, networks
}

// someAddresses draws addresses from networks, in no order.
func someAddresses(networks []netip.Prefix, n int) []netip.Addr {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]netip.Addr, n)
	for i := range out {
		a := networks[i%len(networks)].Addr().As4()
		a[3] = byte(r.IntN(256))
		out[i] = netip.AddrFrom4(a)
	}
	r.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func lookupAll(t testing.TB, c *lookup.Client, addrs []netip.Addr) {
	t.Helper()
	g, ctx := errgroup.WithContext(context.Background())
	g.SetLimit(64)
	for _, addr := range addrs {
		g.Go(func() error {
			r, err := c.IP(ctx, addr)
			if err != nil {
				return err
			}
			a := addr.As4()
			if want := fmt.Sprintf("abuse@isp%d.example", (int(a[1])-18)*256+int(a[2])); firstEmail(r) != want {
				return fmt.Errorf("%s: %v, want %s", addr, r.Contacts, want)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

func allowBenchmarking(o *lookup.Options) { o.AllowSpecial = []netip.Prefix{benchmarking} }

func TestEachRegistryIsAskedOncePerNetwork(t *testing.T) {
	const networks, addresses = 500, 10_000
	reg, nets := manyNetworks(networks)
	addrs := someAddresses(nets, addresses)
	for via, target := range map[string]string{lookup.ViaRDAP: replay.RDAP, lookup.ViaWHOIS: "whois.arin.net"} {
		t.Run(via, func(t *testing.T) {
			srv := serve(t, reg)
			store := &tableCache{rows: map[string][]byte{}}
			options := func(o *lookup.Options) {
				allowBenchmarking(o)
				o.Order, o.Cache = []string{via}, store
			}
			c := client(t, srv, options)
			lookupAll(t, c, addrs)
			if n := srv.Count(target); n > networks {
				t.Errorf("cold: %d queries for %d networks", n, networks)
			}
			srv.Forget()
			lookupAll(t, c, addrs)
			lookupAll(t, client(t, srv, options), addrs) // another process on the same store
			if n := srv.Count(target) + srv.Count(replay.IANA); n != 0 {
				t.Errorf("warm: %d queries", n)
			}
		})
	}
}

func TestOneQueryInFlightPerServer(t *testing.T) {
	reg, nets := manyNetworks(20)
	srv := serve(t, reg)
	srv.Break(replay.RDAP, replay.Fault{Delay: 10 * time.Millisecond})
	c := client(t, srv, func(o *lookup.Options) {
		allowBenchmarking(o)
		o.Order = []string{lookup.ViaRDAP}
	})
	start := time.Now()
	lookupAll(t, c, someAddresses(nets, 20))
	if took := time.Since(start); took < 20*10*time.Millisecond {
		t.Errorf("20 queries of 10 ms took %v: some ran at the same time", took)
	}
}

func TestTheRateIsKept(t *testing.T) {
	reg, nets := manyNetworks(8)
	srv := serve(t, reg)
	c := client(t, srv, func(o *lookup.Options) {
		allowBenchmarking(o)
		o.Order = []string{lookup.ViaWHOIS}
		o.Rates = map[string]float64{"whois.arin.net": 20}
	})
	// 20 may come at once; 28 take the time of the other 8.
	reg2 := someAddresses(nets, 8)
	start := time.Now()
	for range 4 {
		for _, addr := range reg2 {
			if _, err := c.Refresh(t.Context(), addr.String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if took := time.Since(start); took < 500*time.Millisecond {
		t.Errorf("32 queries at 20 a second after 20 at once took %v", took)
	}
}

func TestConcurrentQueriesForOneNetworkAreOne(t *testing.T) {
	reg, nets := manyNetworks(1)
	srv := serve(t, reg)
	srv.Break(replay.RDAP, replay.Fault{Delay: 50 * time.Millisecond})
	c := client(t, srv, allowBenchmarking)
	lookupAll(t, c, someAddresses(nets, 200))
	if n := srv.Count(replay.RDAP); n != 1 {
		t.Errorf("%d queries", n)
	}
}

func TestConcurrentUseWithForgettingAndRefreshing(t *testing.T) {
	reg, nets := manyNetworks(4)
	srv := serve(t, reg)
	c := client(t, srv, allowBenchmarking)
	addrs := someAddresses(nets, 64)
	var wrong atomic.Int64
	var group sync.WaitGroup
	for i, addr := range addrs {
		group.Go(func() {
			var err error
			switch i % 8 {
			case 0:
				err = c.Forget(context.Background(), addr.String())
			case 1:
				_, err = c.Refresh(context.Background(), addr.String())
			case 2:
				_, err = c.Entries(context.Background())
			default:
				_, err = c.IP(context.Background(), addr)
			}
			if err != nil {
				wrong.Add(1)
			}
		})
	}
	group.Wait()
	if n := wrong.Load(); n != 0 {
		t.Errorf("%d failures", n)
	}
}

func TestARegistryThatAnswersSlowlyIsLeftAloneForAWhile(t *testing.T) {
	reg, nets := manyNetworks(12)
	for via, target := range map[string]string{lookup.ViaRDAP: replay.RDAP, lookup.ViaWHOIS: "whois.arin.net"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, reg)
			srv.Break(target, replay.Fault{Delay: 4 * time.Second})
			c := client(t, srv, func(o *lookup.Options) {
				allowBenchmarking(o)
				o.Order, o.Timeout = []string{via}, 7*time.Second
			})
			answered := 0
			for _, network := range nets {
				asked := srv.Count(target)
				_, err := c.IP(t.Context(), network.Addr())
				switch {
				case err == nil:
					answered++
				case srv.Count(target) == asked: // refused without asking
					if !errors.Is(err, lookup.ErrUnreachable) || answered == 0 {
						t.Errorf("after %d answers: %v", answered, err)
					}
					return
				}
			}
			t.Errorf("%d slow answers, and it was asked on and on", answered)
		})
	}
}

func TestWhatAnotherProcessLearnsMeanwhileIsNotAskedAgain(t *testing.T) {
	reg, nets := manyNetworks(2)
	srv := serve(t, reg)
	store := &tableCache{rows: map[string][]byte{}}
	options := func(o *lookup.Options) {
		allowBenchmarking(o)
		o.Order, o.Cache, o.Timeout = []string{lookup.ViaRDAP}, store, time.Minute
	}
	one, other := client(t, srv, options), client(t, srv, options)
	answer := make(chan struct{})
	srv.Break(replay.RDAP, replay.Fault{Until: answer, Times: 1})
	var group errgroup.Group
	ask := func(c *lookup.Client, network netip.Prefix) {
		group.Go(func() error { _, err := c.IP(t.Context(), network.Addr()); return err })
	}
	ask(one, nets[0]) // is under way for long
	for srv.Count(replay.RDAP) == 0 {
		time.Sleep(time.Millisecond)
	}
	ask(one, nets[1])                  // waits for that
	time.Sleep(100 * time.Millisecond) // for it to begin; if it has not, it finds what the other one learned at once
	if _, err := other.IP(t.Context(), nets[1].Addr()); err != nil {
		t.Error(err)
	}
	close(answer)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := srv.Count(replay.RDAP); n != 2 {
		t.Errorf("%d queries for two networks", n)
	}
}
