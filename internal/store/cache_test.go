package store_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/lookup"
)

func cached(key string, expires time.Time) lookup.Entry {
	return lookup.Entry{
		Key: key, Stored: noon, Expires: expires,
		Result: lookup.Result{
			Network:  lookup.Network{Handle: key, CIDR: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, ASN: 64496},
			Contacts: []lookup.Contact{{Email: desk, Role: "abuse", Via: "rdap", Confidence: lookup.High}},
		},
	}
}

func TestTheLookupCache(t *testing.T) {
	s := storetest.New(t, store.Options{Now: func() time.Time { return noon }})
	c := s.Cache()
	wide, narrow := cached("192.0.0.0/16", noon.Add(time.Hour)), cached("192.0.2.0/24", noon.Add(-time.Hour))
	ancient := cached("198.51.100.0/24", noon.Add(-lookup.StaleFor-time.Hour))
	if err := c.Put(t.Context(), []lookup.Entry{wide, narrow, ancient}); err != nil {
		t.Fatal(err)
	}
	get := func(want *lookup.Entry, keys ...string) {
		t.Helper()
		got, ok, err := c.Get(t.Context(), keys)
		if err != nil || ok != (want != nil) {
			t.Errorf("%v: found %v, %v", keys, ok, err)
		}
		if want == nil {
			return
		}
		if diff := cmp.Diff(*want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Errorf("%v: %s", keys, diff)
		}
	}
	get(&narrow, "192.0.2.0/25", "192.0.2.0/24", "192.0.0.0/16") // an old answer is an answer
	get(&wide, "192.0.0.0/16", "192.0.2.0/24")
	get(nil, "203.0.113.0/24")
	get(nil, "198.51.100.0/24")
	get(nil)

	narrow.Negative = true
	if err := c.Put(t.Context(), []lookup.Entry{narrow}); err != nil {
		t.Fatal(err)
	}
	get(&narrow, "192.0.2.0/24")
	if all, err := c.List(t.Context()); err != nil || len(all) != 2 || all[0].Key != wide.Key {
		t.Errorf("list %v, %v", all, err)
	}
	if latest, err := c.Latest(t.Context(), 1); err != nil || len(latest) != 1 || latest[0].Key != wide.Key {
		t.Errorf("latest %v, %v", latest, err)
	}
	if err := c.Delete(t.Context(), "192.0.2.0/24"); err != nil {
		t.Fatal(err)
	}
	get(nil, "192.0.2.0/24")
	if err := c.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	get(nil, "192.0.0.0/16")
}
