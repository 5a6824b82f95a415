package lookup_test

import (
	"errors"
	"testing"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// The registry that runs the network is down; IANA and the other registries
// answer, and do not know it. That is no "nobody": it is to be asked again.
func TestWhereTheRegistryIsDownTheOthersNotKnowingIsNoAnswer(t *testing.T) {
	srv := serve(t, replay.Sample())
	srv.Break("whois.ripe.net", replay.Fault{Reset: true})
	c := client(t, srv, func(o *lookup.Options) { o.Order = []string{lookup.ViaWHOIS} })
	r, err := c.Lookup(t.Context(), "192.0.2.7")
	if !errors.Is(err, lookup.ErrUnreachable) {
		t.Fatalf("%v; trail %v", err, r.Trail)
	}
	srv.Forget()
	if r, err = c.Lookup(t.Context(), "192.0.2.7"); err != nil || firstEmail(r) != "abuse@broadband.example" {
		t.Errorf("once it is back: %v, %v; trail %v", r.Contacts, err, r.Trail)
	}
}
