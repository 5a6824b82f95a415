package lookup_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

func serve(t testing.TB, r replay.Registry) *replay.Server {
	t.Helper()
	srv, err := replay.Start(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return srv
}

// client asks the servers of srv; change adjusts the options.
func client(t testing.TB, srv *replay.Server, change func(*lookup.Options)) *lookup.Client {
	t.Helper()
	o := lookup.Options{RDAPBootstrap: srv.BootstrapURL(), WHOISHosts: srv.WHOISHosts(), Timeout: time.Minute}
	if change != nil {
		change(&o)
	}
	c, err := lookup.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func only(sources ...string) func(*lookup.Options) {
	return func(o *lookup.Options) { o.Order = sources }
}

func firstEmail(r lookup.Result) string {
	if len(r.Contacts) == 0 {
		return ""
	}
	return r.Contacts[0].Email
}

func TestSampleRegistriesOverBothProtocols(t *testing.T) {
	srv := serve(t, replay.Sample())
	for _, via := range []string{lookup.ViaRDAP, lookup.ViaWHOIS} {
		c := client(t, srv, only(via))
		for query, want := range map[string]string{
			"192.0.2.7":                       "abuse@broadband.example",
			"192.0.2.0/25":                    "abuse@broadband.example",
			"198.51.100.7":                    "abuse@hosting.example",
			"203.0.113.7":                     "abuse@telecom.example",
			"2001:db8:1::7":                   "abuse@carrier.example",
			"AS64500":                         "abuse@broadband.example",
			"https://www.shop.example/x?y=1":  "abuse@registrar.example",
			"[2001:db8:1::8]":                 "abuse@carrier.example",
			"::ffff:198.51.100.8":             "abuse@hosting.example",
			"some.host.under.shop.example":    "abuse@registrar.example",
			"http://192.0.2.9:8080/login.php": "abuse@broadband.example",
		} {
			r, err := c.Lookup(t.Context(), query)
			if err != nil || firstEmail(r) != want {
				t.Errorf("%s %s: %v, %v; want %s; trail %v", via, query, r.Contacts, err, want, r.Trail)
			}
			if r.Query != query || len(r.Trail) == 0 {
				t.Errorf("%s %s: query %q, trail %v", via, query, r.Query, r.Trail)
			}
		}
	}
}

func TestResultsSayWhoRunsTheNetworkAndWhoIsRefused(t *testing.T) {
	srv := serve(t, replay.Sample())
	r, err := client(t, srv, nil).IP(t.Context(), netip.MustParseAddr("203.0.113.7"))
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Network; n.Name != "EXAMPLE-TELECOM" || n.Country != "KR" || !slices.Equal(n.CIDR, []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}) {
		t.Errorf("network %+v", n)
	}
	if len(r.Rejected) != 1 || r.Rejected[0].Email != "hostmaster@nic.or.kr" || r.Rejected[0].Why == "" {
		t.Errorf("rejected %+v", r.Rejected)
	}
	if best := r.Best(); len(best) != 1 || best[0].Confidence != lookup.Medium || best[0].Via != lookup.ViaRDAP || best[0].Server == "" {
		t.Errorf("best %+v", best)
	}
}

func TestErrorsTellWhatToDo(t *testing.T) {
	reg := replay.Sample()
	reg.RDAP["198.18.0.0/24"] = []byte(`{"objectClassName":"ip network","handle":"EMPTY","startAddress":"198.18.0.0","endAddress":"198.18.0.255"}`)
	srv := serve(t, reg)
	c := client(t, srv, func(o *lookup.Options) { o.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")} })
	for query, want := range map[string]error{
		"not an address":   lookup.ErrBadQuery,
		"10.1.2.3":         lookup.ErrSpecialPurpose,
		"fe80::1":          lookup.ErrSpecialPurpose,
		"AS64512":          lookup.ErrSpecialPurpose,
		"printer.local":    lookup.ErrSpecialPurpose,
		"198.18.0.7":       lookup.ErrNoContact,
		"unknown.example":  lookup.ErrNoContact,
		"http://127.0.0.1": lookup.ErrSpecialPurpose,
	} {
		r, err := c.Lookup(t.Context(), query)
		if !errors.Is(err, want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), query) {
			t.Errorf("%s: %v, want %v", query, err, want)
		}
		if r.Query != query || len(r.Contacts) != 0 {
			t.Errorf("%s: result %+v", query, r)
		}
	}
	srv.Close()
	r, err := c.Lookup(t.Context(), "192.0.2.7")
	var e *lookup.Error
	if !errors.Is(err, lookup.ErrUnreachable) || !errors.As(err, &e) || !e.Temporary() {
		t.Errorf("with the registries down: %v", err)
	}
	if len(r.Trail) == 0 {
		t.Error("no trail of what was tried")
	}
}

func TestDocumentationAddressesAreSpecialExceptForOwnRegistries(t *testing.T) {
	c, err := lookup.New(lookup.Options{RDAPBootstrap: "https://rdap.invalid/"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Lookup(t.Context(), "192.0.2.7"); !errors.Is(err, lookup.ErrSpecialPurpose) {
		t.Errorf("got %v", err)
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for name, o := range map[string]lookup.Options{
		"unknown source":      {Order: []string{"finger"}},
		"bootstrap no URL":    {RDAPBootstrap: "data.iana.org"},
		"bootstrap a file":    {RDAPBootstrap: "file:///etc/"},
		"override of nothing": {Overrides: []lookup.Override{{Contact: []string{"abuse@isp.example"}}}},
		"override to nobody":  {Overrides: []lookup.Override{{ASN: 64500}}},
		"override never-mail": {Overrides: []lookup.Override{{ASN: 64500, Contact: []string{"hostmaster@ripe.net"}}}},
	} {
		if _, err := lookup.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOverridesWin(t *testing.T) {
	srv := serve(t, replay.Sample())
	c := client(t, srv, func(o *lookup.Options) {
		o.Overrides = []lookup.Override{
			{Prefix: netip.MustParsePrefix("192.0.2.0/25"), Contact: []string{"Own@desk.example"}},
			{ASN: 64501, Contact: []string{"as@desk.example"}},
			{Domain: "shop.example", Contact: []string{"domain@desk.example"}},
		}
	})
	for query, want := range map[string]string{
		"192.0.2.7":        "own@desk.example",
		"192.0.2.200":      "abuse@broadband.example",
		"198.51.100.7":     "as@desk.example", // the network's answer names the AS
		"AS64501":          "as@desk.example",
		"www.shop.example": "domain@desk.example",
	} {
		for range 2 { // the second time from the cache
			r, err := c.Lookup(t.Context(), query)
			if err != nil || firstEmail(r) != want || len(r.Best()) != 1 {
				t.Errorf("%s: %v, %v; want %s", query, r.Contacts, err, want)
			}
		}
	}
}

func TestSuppressedContactsMakeRoomForTheNext(t *testing.T) {
	reg := replay.Registry{RDAP: map[string][]byte{"192.0.2.0/24": []byte(`{"objectClassName":"ip network","handle":"H",
		"startAddress":"192.0.2.0","endAddress":"192.0.2.255","entities":[
		{"roles":["abuse"],"email":"abuse@isp.example"},{"roles":["technical"],"email":"noc@isp.example"}]}`)}}
	srv := serve(t, reg)
	bounced := map[string]bool{}
	c := client(t, srv, func(o *lookup.Options) {
		o.Suppressed = func(email string) (string, bool) { return "bounced before", bounced[email] }
	})
	for _, want := range []string{"abuse@isp.example", "noc@isp.example", ""} {
		r, err := c.Lookup(t.Context(), "192.0.2.7")
		if firstEmail(r) != want || (want == "") != errors.Is(err, lookup.ErrNoContact) {
			t.Errorf("got %v, %v; want %q", r.Contacts, err, want)
		}
		bounced[want] = true
	}
}

func ExampleClient_Lookup() {
	srv, err := replay.Start(context.Background(), replay.Sample())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	c, err := lookup.New(lookup.Options{RDAPBootstrap: srv.BootstrapURL(), WHOISHosts: srv.WHOISHosts()})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := c.Lookup(context.Background(), "203.0.113.7")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Network.Name, r.Network.CIDR)
	for _, contact := range r.Best() {
		fmt.Println(contact.Email, contact.Confidence, "via", contact.Via)
	}
	for _, rejected := range r.Rejected {
		fmt.Println("not", rejected.Email+":", rejected.Why)
	}
	// Output:
	// EXAMPLE-TELECOM [203.0.113.0/24]
	// abuse@telecom.example medium via rdap
	// not hostmaster@nic.or.kr: a registry, which does not run the network
}
