package lookup_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
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
	o := lookup.Options{RDAPBootstrap: srv.BootstrapURL(), WHOISHosts: srv.WHOISHosts(), Timeout: 2 * time.Second}
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

func TestTheParentNetworkAnswersForAChildWithoutContact(t *testing.T) {
	reg := replay.Registry{RDAP: map[string][]byte{
		"192.0.2.0/28": []byte(`{"objectClassName":"ip network","handle":"CHILD","startAddress":"192.0.2.0","endAddress":"192.0.2.15",
			"links":[{"rel":"up","href":"{base}ip/192.0.2.0/24"}],"entities":[{"roles":["abuse"],"email":"hostmaster@ripe.net"}]}`),
		"192.0.2.0/24": []byte(`{"objectClassName":"ip network","handle":"PARENT","startAddress":"192.0.2.0","endAddress":"192.0.2.255",
			"entities":[{"roles":["abuse"],"links":[{"rel":"self","href":"{base}entity/DESK"}]}]}`),
		"entity/DESK": []byte(`{"objectClassName":"entity","handle":"DESK","vcardArray":["vcard",[["email",{},"text","abuse@isp.example"]]]}`),
	}}
	srv := serve(t, reg)
	r, err := client(t, srv, only(lookup.ViaRDAP)).Lookup(t.Context(), "192.0.2.7")
	if err != nil || firstEmail(r) != "abuse@isp.example" || r.Network.Handle != "CHILD" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWHOISFollowsReferrals(t *testing.T) {
	reg := replay.Registry{WHOIS: map[string]map[string]string{
		"whois.arin.net": {
			"192.0.2.0/24":    "NetRange: 192.0.2.0 - 192.0.2.255\nNetType: Early Registrations, Transferred to RIPE NCC\nReferralServer: whois://whois.ripe.net\nOrgAbuseEmail: abuse@ripe.net\n",
			"198.51.100.0/24": "NetRange: 198.51.100.0 - 198.51.100.255\nReferralServer: rwhois://rwhois.rack.example:4321/\nOrgTechEmail: tech@rack.example\n",
		},
		"whois.ripe.net":          {"192.0.2.0/24": "% Abuse contact for 'x' is 'abuse@isp.example'\n\ninetnum: 192.0.2.0 - 192.0.2.255\n"},
		"rwhois.rack.example":     {},
		"whois.apnic.net":         {"203.0.113.0/24": "inetnum: 203.0.113.0 - 203.0.113.255\nmnt-irt: IRT-JPNIC-JP\n\nirt: IRT-JPNIC-JP\nabuse-mailbox: hostmaster@nic.ad.jp\n"},
		"whois.nic.ad.jp":         {"203.0.113.0/24": "a. [Network Number]   203.0.113.0/25\no. [Abuse]   desk@exnet.example\n"},
		"whois.nic.example":       {"shop.example": "Domain Name: shop.example\nRegistrar: R\nRegistrar WHOIS Server: whois.registrar.example\n"},
		"whois.registrar.example": {"shop.example": "Registrar Abuse Contact Email: abuse@registrar.example\n"},
	}}
	reg.WHOIS["rwhois.rack.example"]["198.51.100.0/24"] = "network:IP-Network:198.51.100.0/26\nnetwork:Abuse-Contact;I:abuse@rack.example\n"
	srv := serve(t, reg)
	hosts := srv.WHOISHosts()
	hosts["rwhois.rack.example:4321"] = hosts["rwhois.rack.example"]
	c := client(t, srv, func(o *lookup.Options) { o.Order, o.WHOISHosts = []string{lookup.ViaWHOIS}, hosts })
	for query, want := range map[string]string{
		"192.0.2.7":    "abuse@isp.example",
		"198.51.100.7": "abuse@rack.example",
		"203.0.113.7":  "desk@exnet.example",
		"shop.example": "abuse@registrar.example",
	} {
		r, err := c.Lookup(t.Context(), query)
		if err != nil || firstEmail(r) != want {
			t.Errorf("%s: %v, %v; want %s; trail %v", query, r.Contacts, err, want, r.Trail)
		}
	}
}

// An RDAP answer without a contact names the WHOIS server that may know one.
func TestRDAPNamesTheWHOISServer(t *testing.T) {
	srv := serve(t, replay.Registry{
		RDAP:  map[string][]byte{"192.0.2.0/24": []byte(`{"objectClassName":"ip network","handle":"H","port43":"whois.isp.example"}`)},
		WHOIS: map[string]map[string]string{"whois.isp.example": {"192.0.2.0/24": "inetnum: 192.0.2.0/24\nabuse-mailbox: abuse@isp.example\n"}, "whois.arin.net": {}},
	})
	r, err := client(t, srv, nil).Lookup(t.Context(), "192.0.2.7")
	if err != nil || firstEmail(r) != "abuse@isp.example" || srv.Count("whois.arin.net") != 0 {
		t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
	}
}

func TestAnswersComeOverVerifiedTLS(t *testing.T) {
	inner := serve(t, replay.Sample())
	target, err := url.Parse(inner.BootstrapURL())
	if err != nil {
		t.Fatal(err)
	}
	var front *httptest.Server
	front = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get("http://" + target.Host + r.URL.Path)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(bytes.ReplaceAll(body, []byte("http://"+target.Host), []byte(front.URL)))
	}))
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(front.Close)
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	for want, config := range map[string]*tls.Config{"": nil, "abuse@broadband.example": {RootCAs: roots}} {
		c := client(t, inner, func(o *lookup.Options) {
			o.Order, o.RDAPBootstrap, o.TLS = []string{lookup.ViaRDAP}, front.URL+"/bootstrap/", config
		})
		r, err := c.Lookup(t.Context(), "192.0.2.7")
		if firstEmail(r) != want || (want == "") != errors.Is(err, lookup.ErrUnreachable) {
			t.Errorf("%v, %v; want %q", r.Contacts, err, want)
		}
	}
}

// A configuration may map only some hosts, and the others may be out of reach.
func TestWHOISWorksWithWhateverIsMapped(t *testing.T) {
	answer := "% Abuse contact for 'x' is 'abuse@isp.example'\n\ninetnum: 192.0.2.0 - 192.0.2.255\n"
	for name, hosts := range map[string]map[string]map[string]string{
		"IANA refers to a host that is mapped": {"whois.ripe.net": {"192.0.2.0/24": answer}, replay.IANA: {"192.0.2.0/24": "refer: whois.ripe.net\n"}},
		"IANA's host answers by itself":        {replay.IANA: {"192.0.2.0/24": answer}},
		"only the registry":                    {"whois.ripe.net": {"192.0.2.0/24": answer}, replay.IANA: {}},
		"only another registry":                {"whois.afrinic.net": {"192.0.2.0/24": answer}, replay.IANA: {}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, replay.Registry{WHOIS: hosts})
			mapped := srv.WHOISHosts()
			if strings.HasPrefix(name, "only") {
				delete(mapped, replay.IANA)
			}
			c := client(t, srv, func(o *lookup.Options) { o.Order, o.WHOISHosts = []string{lookup.ViaWHOIS}, mapped })
			if r, err := c.Lookup(t.Context(), "192.0.2.7"); err != nil || firstEmail(r) != "abuse@isp.example" {
				t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
			}
		})
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
