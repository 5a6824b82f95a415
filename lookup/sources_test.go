package lookup_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

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

// A person behind the network is not enough while another source may know the
// desk; and is enough when it does not answer.
func TestLaterSourcesAreAskedForABetterDesk(t *testing.T) {
	srv := serve(t, replay.Registry{
		RDAP: map[string][]byte{"192.0.2.0/24": []byte(`{"objectClassName":"ip network","handle":"H","startAddress":"192.0.2.0","endAddress":"192.0.2.255",
			"entities":[{"roles":["technical"],"email":"joe@isp.example"}]}`)},
		WHOIS: map[string]map[string]string{"whois.arin.net": {"192.0.2.0/24": "NetRange: 192.0.2.0 - 192.0.2.255\nOrgAbuseEmail: abuse@isp.example\n"}},
	})
	r, err := client(t, srv, nil).Lookup(t.Context(), "192.0.2.7")
	if err != nil || firstEmail(r) != "abuse@isp.example" || len(r.Contacts) != 1 {
		t.Errorf("%v, %v", r.Contacts, err)
	}
	for host := range srv.WHOISHosts() {
		srv.Break(host, replay.Fault{Delay: never})
	}
	ctx := bounded(t)
	r, err = client(t, srv, func(o *lookup.Options) { o.Timeout = limit }).Lookup(ctx, "192.0.2.7")
	if err != nil || firstEmail(r) != "joe@isp.example" {
		t.Errorf("%v, %v", r.Contacts, err)
	}
	inTime(ctx, t)
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

func TestJPNICHandlesAreResolved(t *testing.T) {
	srv := serve(t, replay.Registry{WHOIS: map[string]map[string]string{
		"whois.apnic.net": {"203.0.113.0/24": "inetnum: 203.0.113.0 - 203.0.113.255\nmnt-irt: IRT-JPNIC-JP\n\nirt: IRT-JPNIC-JP\nabuse-mailbox: hostmaster@nic.ad.jp\n"},
		"whois.nic.ad.jp": {
			"203.0.113.0/24": "a. [Network Number]   203.0.113.0/24\nm. [Administrative Contact]   JP00000001\nn. [Technical Contact]   EX1234JP\no. [Abuse]\np. [Nameserver]  ns1.univ.example\n",
			"JP00000001":     "Contact Information:\na. [JPNIC Handle]   JP00000001\nd. [E-Mail]   admin@univ.example\n",
			"EX1234JP":       "Contact Information:\na. [JPNIC Handle]   EX1234JP\nd. [E-Mail]   net@univ.example\n",
		},
	}})
	r, err := client(t, srv, only(lookup.ViaWHOIS)).Lookup(t.Context(), "203.0.113.7")
	if err != nil || firstEmail(r) != "admin@univ.example" || r.Contacts[0].Confidence != lookup.Low || len(r.Contacts) != 2 {
		t.Errorf("%v, %v; trail %v", r.Contacts, err, r.Trail)
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
