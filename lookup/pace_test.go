package lookup_test

import (
	"errors"
	"testing"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// A rate of a query an hour must not hold a run up for an hour.
func TestALowRateGoesOnWithTheNextSource(t *testing.T) {
	srv := serve(t, replay.Sample())
	hourly := func(o *lookup.Options) { o.Rates = map[string]float64{"127.0.0.1": 1.0 / 3600} }
	ctx := bounded(t)
	both := client(t, srv, hourly)
	for _, query := range []string{"192.0.2.7", "198.51.100.7", "203.0.113.7"} {
		r, err := both.Lookup(ctx, query)
		if err != nil || firstEmail(r) == "" {
			t.Errorf("%s: %v, %v; trail %v", query, r.Contacts, err, r.Trail)
		}
	}
	if n := srv.Count(replay.RDAP); n != 1 {
		t.Errorf("%d RDAP queries, want the one that the rate allows", n)
	}

	alone := client(t, srv, func(o *lookup.Options) { hourly(o); o.Order = []string{lookup.ViaRDAP} })
	if _, err := alone.Lookup(ctx, "192.0.2.7"); err != nil {
		t.Errorf("the first query: %v", err)
	}
	if _, err := alone.Lookup(ctx, "198.51.100.7"); !errors.Is(err, lookup.ErrUnreachable) {
		t.Errorf("the second query: %v, want to be told to try again", err)
	}
	inTime(ctx, t)
}
