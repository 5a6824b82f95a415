package lookup_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// network is the answer of a registry.
func network(handle, first, last, desk string) []byte {
	return fmt.Appendf(nil, `{"objectClassName":"ip network","handle":%q,"name":%[1]q,"startAddress":%q,"endAddress":%q,
		"entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["email",{},"text",%q]]]}]}`, handle, first, last, desk)
}

func TestUpstreamIsWhoeverGaveTheNetworkItsAddresses(t *testing.T) {
	own := network("CUSTOMER", "198.18.4.0", "198.18.4.255", "abuse@customer.example")
	for name, tc := range map[string]struct {
		above map[string][]byte
		want  string
	}{
		"the provider above":                     {map[string][]byte{"198.18.0.0/16": network("PROVIDER", "198.18.0.0", "198.18.255.255", "abuse@provider.example")}, "abuse@provider.example"},
		"the one above a network of its own":     {map[string][]byte{"198.18.0.0/20": network("CUSTOMER-2", "198.18.0.0", "198.18.15.255", "noc@mail.customer.example"), "198.18.0.0/16": network("PROVIDER", "198.18.0.0", "198.18.255.255", "abuse@provider.example")}, "abuse@provider.example"},
		"nobody above but a registry":            {map[string][]byte{"198.18.0.0/15": network("RIPE-NCC", "198.18.0.0", "198.19.255.255", "abuse@ripe.net")}, ""},
		"nobody above but the organisation":      {map[string][]byte{"198.18.0.0/16": network("CUSTOMER-2", "198.18.0.0", "198.18.255.255", "Abuse@Customer.example")}, ""},
		"nobody at all":                          {nil, ""},
		"an answer that is not above is no step": {map[string][]byte{"198.18.4.0/23": network("CUSTOMER-3", "198.18.4.0", "198.18.4.127", "abuse@other.example")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reg := replay.Registry{RDAP: map[string][]byte{"198.18.4.0/24": own}}
			for key, answer := range tc.above {
				reg.RDAP[key] = answer
			}
			srv := serve(t, reg)
			c := client(t, srv, func(o *lookup.Options) {
				o.Order = []string{lookup.ViaRDAP}
				o.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}
			})
			r, err := c.Upstream(t.Context(), netip.MustParseAddr("198.18.4.7"))
			if tc.want == "" {
				// A registry that knows nothing above may be a silent one.
				if !errors.Is(err, lookup.ErrNoContact) && !errors.Is(err, lookup.ErrUnreachable) {
					t.Errorf("%v, %v", r.Contacts, err)
				}
				return
			}
			if err != nil || firstEmail(r) != tc.want {
				t.Errorf("%v, %v; want %s", r.Contacts, err, tc.want)
			}
		})
	}
}

func TestUpstreamIsTheASWhenNoNetworkStandsAbove(t *testing.T) {
	reg := replay.Sample()
	reg.RDAP["198.18.4.0/24"] = []byte(`{"objectClassName":"ip network","handle":"CUSTOMER","startAddress":"198.18.4.0","endAddress":"198.18.4.255",
		"arin_originas0_originautnums":[64500],
		"entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","abuse@customer.example"]]]}]}`)
	c := client(t, serve(t, reg), func(o *lookup.Options) {
		o.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}
	})
	r, err := c.Upstream(t.Context(), netip.MustParseAddr("198.18.4.7"))
	if err != nil || firstEmail(r) != "abuse@broadband.example" {
		t.Errorf("%v, %v", r.Contacts, err)
	}
}

func TestUpstreamIsAskedAgainWhenTheRegistryIsDown(t *testing.T) {
	srv := serve(t, replay.Sample())
	c := client(t, srv, nil)
	if _, err := c.IP(t.Context(), netip.MustParseAddr("192.0.2.7")); err != nil {
		t.Fatal(err)
	}
	srv.Close()
	if _, err := c.Upstream(t.Context(), netip.MustParseAddr("192.0.2.7")); !errors.Is(err, lookup.ErrUnreachable) {
		t.Errorf("%v", err)
	}
}
