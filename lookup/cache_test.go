package lookup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// tableCache is the store's table, in memory. Entries go through JSON as they
// will there.
type tableCache struct {
	mu   sync.Mutex
	rows map[string][]byte
	fail error
}

func (c *tableCache) Get(_ context.Context, keys []string) (e lookup.Entry, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		if row, found := c.rows[key]; found {
			return e, true, errors.Join(c.fail, json.Unmarshal(row, &e))
		}
	}
	return e, false, c.fail
}

func (c *tableCache) Put(_ context.Context, entries []lookup.Entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range entries {
		row, err := json.Marshal(e)
		if err != nil {
			return err
		}
		c.rows[e.Key] = row
	}
	return c.fail
}

func (c *tableCache) Latest(ctx context.Context, most int) ([]lookup.Entry, error) {
	all, err := c.List(ctx)
	slices.SortStableFunc(all, func(a, b lookup.Entry) int { return b.Expires.Compare(a.Expires) })
	return all[:min(most, len(all))], err
}

func (c *tableCache) List(context.Context) ([]lookup.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []lookup.Entry
	for _, key := range slices.Sorted(maps.Keys(c.rows)) {
		var e lookup.Entry
		if err := json.Unmarshal(c.rows[key], &e); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, c.fail
}

func (c *tableCache) Delete(_ context.Context, keys ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(keys) == 0 {
		clear(c.rows)
	}
	for _, key := range keys {
		delete(c.rows, key)
	}
	return c.fail
}

func TestAnswersOutliveTheProcess(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}}
	withStore := func(o *lookup.Options) { o.Cache = store }
	first, err := client(t, srv, withStore).Lookup(t.Context(), "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	srv.Forget()
	second, err := client(t, srv, withStore).Lookup(t.Context(), "192.0.2.200")
	if err != nil || !slices.Equal(second.Contacts, first.Contacts) || second.Network.Name != first.Network.Name {
		t.Errorf("from the store: %+v, %v", second, err)
	}
	if n := srv.Count(replay.RDAP) + srv.Count(replay.Bootstrap); n != 0 {
		t.Errorf("%d queries for a network that is stored", n)
	}
	if len(second.Trail) != 1 || second.Trail[0].Outcome != "cached" {
		t.Errorf("trail %v", second.Trail)
	}
}

func TestWhatWasWarmedIsAnsweredFromMemory(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}}
	withStore := func(o *lookup.Options) { o.Cache = store }
	for _, query := range []string{"192.0.2.7", "203.0.113.7"} {
		if _, err := client(t, srv, withStore).Lookup(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	c := client(t, srv, withStore)
	if _, ok, _ := c.Known("192.0.2.200"); ok {
		t.Fatal("a new client knows what it has not read")
	}
	c.Warm(t.Context())
	for _, addr := range []string{"192.0.2.200", "203.0.113.200"} {
		r, ok, err := c.Known(addr)
		if stored, fromStore := client(t, srv, withStore).Lookup(t.Context(), addr); !ok || !errors.Is(err, fromStore) || !slices.Equal(r.Contacts, stored.Contacts) {
			t.Errorf("%s: %v %+v, %v; from the store: %+v, %v", addr, ok, r, err, stored, fromStore)
		}
	}
}

func TestWarmingTakesNoAnswerThatExpired(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}}
	if _, err := client(t, srv, func(o *lookup.Options) { o.Cache, o.TTL = store, time.Nanosecond }).Lookup(t.Context(), "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	c := client(t, srv, func(o *lookup.Options) { o.Cache = store })
	c.Warm(t.Context())
	if r, ok, _ := c.Known("192.0.2.7"); ok {
		t.Errorf("known: %+v", r)
	}
}

func TestWarmingKeepsTheNewerAnswer(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}}
	c := client(t, srv, func(o *lookup.Options) { o.Cache = store })
	if _, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	for key, row := range store.rows {
		store.rows[key] = bytes.ReplaceAll(row, []byte("abuse@broadband.example"), []byte("old@broadband.example"))
	}
	c.Warm(t.Context())
	if r, _, _ := c.Known("192.0.2.7"); firstEmail(r) != "abuse@broadband.example" {
		t.Errorf("%+v", r)
	}
}

func TestEntriesShowNobodyWhoMustNotBeMailed(t *testing.T) {
	srv := serve(t, replay.Sample())
	c := client(t, srv, nil)
	if _, err := c.Lookup(t.Context(), "203.0.113.7"); err != nil {
		t.Fatal(err)
	}
	entries, err := c.Entries(t.Context())
	if err != nil || len(entries) != 1 || firstEmail(entries[0].Result) != "abuse@telecom.example" || len(entries[0].Result.Rejected) != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestNegativeAnswersAreRemembered(t *testing.T) {
	srv := serve(t, replay.Sample())
	c := client(t, srv, nil)
	for range 3 {
		if _, err := c.Lookup(t.Context(), "unknown.example"); !errors.Is(err, lookup.ErrNoContact) {
			t.Fatal(err)
		}
	}
	if n := srv.Count(replay.RDAP); n != 1 {
		t.Errorf("%d queries", n)
	}
}

func TestExpiredAnswersServeWhileTheRegistriesAreDown(t *testing.T) {
	srv := serve(t, replay.Sample())
	c := client(t, srv, func(o *lookup.Options) { o.TTL = time.Nanosecond })
	if _, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil || r.Stale || srv.Count(replay.RDAP) != 2 {
		t.Errorf("an expired answer was not asked for again: %+v, %v", r, err)
	}
	srv.Close()
	r, err := c.Lookup(t.Context(), "192.0.2.7")
	if err != nil || !r.Stale || firstEmail(r) != "abuse@broadband.example" {
		t.Errorf("with the registries down: %+v, %v", r, err)
	}
	if last := r.Trail[len(r.Trail)-1]; last.Outcome != "stale" {
		t.Errorf("the trail does not say so: %v", r.Trail)
	}
}

func TestRefreshAndForget(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}}
	c := client(t, srv, func(o *lookup.Options) { o.Cache = store })
	ask := func(want int, f func(context.Context, string) (lookup.Result, error)) {
		t.Helper()
		srv.Forget()
		if r, err := f(t.Context(), "192.0.2.7"); err != nil || len(r.Contacts) == 0 {
			t.Errorf("%+v, %v", r, err)
		}
		if n := srv.Count(replay.RDAP); n != want {
			t.Errorf("%d queries, want %d", n, want)
		}
	}
	ask(1, c.Lookup)
	ask(0, c.Lookup)
	ask(1, c.Refresh)
	ask(0, c.Lookup)
	if entries, err := c.Entries(t.Context()); err != nil || len(entries) != 1 || entries[0].Key != "192.0.2.0/24" {
		t.Errorf("entries %+v, %v", entries, err)
	}
	if err := c.Forget(t.Context(), "192.0.2.7"); err != nil {
		t.Error(err)
	}
	ask(1, c.Lookup)
	if err := c.Forget(t.Context()); err != nil || len(store.rows) != 0 {
		t.Errorf("%v, %d rows left", err, len(store.rows))
	}
	ask(1, c.Lookup)
}

func TestAFailingCacheFailsNoLookup(t *testing.T) {
	srv := serve(t, replay.Sample())
	store := &tableCache{rows: map[string][]byte{}, fail: errors.New("disk full")}
	c := client(t, srv, func(o *lookup.Options) { o.Cache = store })
	if r, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil || firstEmail(r) == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnAnswerThatAWrongClockStoredIsNotFresh(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name    string
		stored  time.Duration // from now
		expires time.Duration
		fresh   bool
	}{
		{"an hour ago", -time.Hour, time.Hour, true},
		{"by a machine that is minutes ahead", 5 * time.Minute, time.Hour, true},
		{"in ten years", 87600 * time.Hour, 87700 * time.Hour, false},
		{"long ago", -48 * time.Hour, -time.Hour, false},
	} {
		e := lookup.Entry{Stored: now.Add(tc.stored), Expires: now.Add(tc.expires)}
		if e.Fresh(now) != tc.fresh {
			t.Errorf("%s: %v", tc.name, !tc.fresh)
		}
	}
}
