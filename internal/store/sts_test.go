package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/relay/mtasts"
)

func TestMTASTSPoliciesOutliveTheProgram(t *testing.T) {
	s := openNew(t)
	if _, found, err := s.STSPolicy(t.Context(), "example.net"); found || err != nil {
		t.Fatalf("found %v in an empty store, %v", found, err)
	}
	old := mtasts.Cached{ID: "1", Fetched: noon, Policy: mtasts.Policy{Mode: mtasts.Testing, MX: []string{"mx.example.net"}, MaxAge: time.Hour}}
	want := mtasts.Cached{ID: "2", Fetched: noon.Add(time.Hour), Policy: mtasts.Policy{
		Mode: mtasts.Enforce, MX: []string{"mx.example.net", "*.mail.example.net"}, MaxAge: 7 * 24 * time.Hour,
	}}
	for _, c := range []mtasts.Cached{old, want} {
		if err := s.KeepSTSPolicy(t.Context(), "example.net", c); err != nil {
			t.Fatal(err)
		}
	}
	got, found, err := s.STSPolicy(t.Context(), "example.net")
	if err != nil || !found {
		t.Fatalf("found %v, %v", found, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
