package relay_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay"
	"spamreport/relay/mtasts"
)

// certify makes a certificate with its chain.
func certify(t *testing.T, ca *servertest.CA, names ...string) *tls.Config {
	t.Helper()
	cert, key := ca.Issue(t, t.TempDir(), names...)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(ca.File)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(authority)
	pair.Certificate = append(pair.Certificate, block.Bytes)
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// tlsa writes the record "usage 1 1" for a certificate of a chain.
func tlsa(t *testing.T, config *tls.Config, usage, of int) string {
	t.Helper()
	cert, err := x509.ParseCertificate(config.Certificates[0].Certificate[of])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return fmt.Sprintf("%d 1 1 %s", usage, hex.EncodeToString(sum[:]))
}

// policyServer serves an MTA-STS policy for d.example, and returns how to
// reach it.
func policyServer(t *testing.T, ca *servertest.CA, policy string) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprint(w, policy)
	}))
	s.TLS = certify(t, ca, "mta-sts.d.example")
	s.StartTLS()
	t.Cleanup(s.Close)
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.Listener.Addr().String())
	}
}

// hoard is a cache of policies in memory.
type hoard map[string]mtasts.Cached

func (h hoard) STSPolicy(_ context.Context, domain string) (mtasts.Cached, bool, error) {
	c, found := h[domain]
	return c, found, nil
}

func (h hoard) KeepSTSPolicy(_ context.Context, domain string, c mtasts.Cached) error {
	h[domain] = c
	return nil
}

func TestHowConnectionsAreProtected(t *testing.T) {
	const (
		noTLS    = ""
		good     = "good"     // a certificate of a known authority for the server's name
		domain   = "domain"   // … for the domain's name
		other    = "other"    // … for another name
		unknown  = "unknown"  // of an authority that nobody knows
		stripped = "stripped" // STARTTLS is offered, and then the connection breaks
	)
	const (
		enforce = "version: STSv1\nmode: enforce\nmx: mx.d.example\nmax_age: 86400\n"
		tested  = "version: STSv1\nmode: testing\nmx: mx.d.example\nmax_age: 86400\n"
		others  = "version: STSv1\nmode: enforce\nmx: *.other.example\nmax_age: 86400\n"
	)
	// What TLSA records a domain publishes.
	const (
		leaf, authority, wrong, unusable, dead = "leaf", "authority", "wrong", "unusable", "dead"
	)
	tests := []struct {
		name       string
		server     string
		protection relay.Protection
		policy     string // MTA-STS
		records    string // TLSA
		insecure   bool   // nothing is signed by DNSSEC
		tls        bool   // it arrives over TLS
		refused    string // or the mail waits, and this is in the reply
	}{
		{name: "nothing is asked for, TLS is offered", server: unknown, tls: true},
		{name: "nothing is asked for, TLS is not offered", server: noTLS},
		{name: "nothing is asked for, TLS is offered but broken", server: stripped},

		{name: "no TLS is wanted", server: good, protection: relay.Unprotected},
		{name: "verified TLS is wanted, and there", server: good, protection: relay.Required, tls: true},
		{name: "verified for the name of the domain", server: domain, protection: relay.Required, tls: true},
		{name: "verified TLS is wanted, the name is wrong", server: other, protection: relay.Required, refused: "the configuration requires TLS"},
		{name: "verified TLS is wanted, the authority unknown", server: unknown, protection: relay.Required, refused: "the configuration requires TLS"},
		{name: "verified TLS is wanted, none is offered", server: noTLS, protection: relay.Required, refused: "does not offer STARTTLS"},
		{name: "verified TLS is wanted, somebody breaks it", server: stripped, protection: relay.Required, refused: "the configuration requires TLS"},
		{name: "any TLS will do, whatever the domain says", server: unknown, protection: relay.Opportunistic, policy: enforce, records: wrong, tls: true},

		{name: "the MTA-STS policy is kept", server: good, policy: enforce, tls: true},
		{name: "the MTA-STS policy is broken: no TLS", server: noTLS, policy: enforce, refused: "MTA-STS policy of d.example requires TLS"},
		{name: "the MTA-STS policy is broken: the name", server: domain, policy: enforce, refused: "MTA-STS policy of d.example requires TLS"},
		{name: "the MTA-STS policy is broken: the authority", server: unknown, policy: enforce, refused: "MTA-STS policy of d.example requires TLS"},
		{name: "the MTA-STS policy names other servers", server: good, policy: others, refused: "does not name this server"},
		{name: "an MTA-STS policy that is only tested", server: noTLS, policy: tested},

		{name: "DANE: this certificate", server: unknown, records: leaf, tls: true},
		{name: "DANE: this certificate, under another name", server: other, records: leaf, tls: true},
		{name: "DANE: this authority", server: good, records: authority, tls: true},
		{name: "DANE: this authority, another name", server: other, records: authority, refused: "DANE requires TLS"},
		{name: "DANE: another certificate", server: good, records: wrong, refused: "TLSA"},
		{name: "DANE: no TLS", server: noTLS, records: leaf, refused: "DANE requires TLS"},
		{name: "DANE: stripped", server: stripped, records: leaf, refused: "DANE requires TLS"},
		{name: "DANE: records that mail has no use for", server: unknown, records: unusable, tls: true},
		{name: "DANE: records that mail has no use for, and no TLS", server: noTLS, records: unusable, refused: "DANE requires TLS"},
		{name: "DANE: records without DNSSEC mean nothing", server: good, records: wrong, insecure: true, tls: true},
		{name: "DANE: whether there are records is not known", server: good, records: dead, refused: "not known"},
		{name: "DANE comes before MTA-STS: it holds", server: unknown, policy: enforce, records: leaf, tls: true},
		{name: "DANE comes before MTA-STS: it does not", server: good, policy: enforce, records: wrong, refused: "TLSA"},
		{name: "DANE is wanted, and there", server: unknown, protection: relay.DANE, records: leaf, tls: true},
		{name: "DANE is wanted, and there are no records", server: good, protection: relay.DANE, refused: "no TLSA records"},
	}
	dir := t.TempDir()
	ca, stranger := servertest.NewCA(t, dir), servertest.NewCA(t, t.TempDir())
	certificates := map[string]*tls.Config{
		good: certify(t, ca, "mx.d.example"), domain: certify(t, ca, "d.example"), other: certify(t, ca, "other.example"),
		unknown: certify(t, stranger, "mx.d.example"), stripped: certify(t, ca, "mx.d.example"),
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := newInternet(t, "d.example. MX 10 mx.d.example.", "mx.d.example. A 127.0.0.2")
			n.route.Roots = ca.Pool
			n.route.Protection = map[string]relay.Protection{"*": test.protection}
			var script func(string) string
			if test.server == stripped {
				script = on("STARTTLS", hangUp)
			}
			server := n.server(t, "127.0.0.2", script)
			server.tls = certificates[test.server]
			if test.policy != "" {
				add(t, n, `_mta-sts.d.example. TXT "v=STSv1; id=1"`)
				n.route.STS = &mtasts.Client{
					Text: n.route.Resolver.Text, Cache: hoard{}, Dial: policyServer(t, ca, test.policy), Roots: ca.Pool,
				}
			}
			name := fmt.Sprintf("_%d._tcp.mx.d.example", n.port)
			chain := certificates[test.server]
			if chain == nil {
				chain = certificates[good]
			}
			switch test.records {
			case leaf:
				add(t, n, name+". TLSA "+tlsa(t, chain, 3, 0))
			case authority:
				add(t, n, name+". TLSA "+tlsa(t, chain, 2, 1))
			case wrong:
				add(t, n, name+". TLSA 3 1 1 "+strings.Repeat("00", 32))
			case unusable:
				add(t, n, name+". TLSA "+tlsa(t, chain, 1, 0))
			case dead:
				n.dns.Break(name)
			}
			if !test.insecure {
				n.dns.Secure("d.example")
			}
			id := submit(t, n.relay, "x", "someone@d.example")
			if _, err := n.relay.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := states(t, n.relay, id)["someone@d.example"]
			if test.refused != "" {
				if got.State != relay.Retrying || !strings.Contains(got.Reply.Text, test.refused) || len(server.received()) > 0 {
					t.Errorf("%s: %s; want it to wait: %s", got.State, got.Reply, test.refused)
				}
				return
			}
			arrived := server.received()
			if got.State != relay.Delivered || len(arrived) != 1 || arrived[0].tls != test.tls {
				t.Errorf("%s: %s; arrived: %+v; want TLS %v", got.State, got.Reply, arrived, test.tls)
			}
		})
	}
}

func add(t *testing.T, n *internet, records ...string) {
	t.Helper()
	for _, r := range records {
		if err := n.dns.Add(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPolicyHoldsWhenItsAnnouncementIsGone(t *testing.T) {
	n := newInternet(t, "d.example. A 127.0.0.2")
	n.server(t, "127.0.0.2", nil) // without TLS
	kept := hoard{"d.example": {ID: "1", Fetched: time.Now().Add(-time.Hour), Policy: mtasts.Policy{
		Mode: mtasts.Enforce, MX: []string{"d.example"}, MaxAge: 24 * time.Hour,
	}}}
	n.route.STS = &mtasts.Client{Text: n.route.Resolver.Text, Cache: kept}
	id := submit(t, n.relay, "x", "someone@d.example")
	if _, err := n.relay.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, n.relay, id)["someone@d.example"]; got.State != relay.Retrying {
		t.Errorf("sent in the clear: %+v", got)
	}
}

func TestARealPostfixAsMailExchanger(t *testing.T) {
	t.Parallel()
	p := servertest.Postfix(t, servertest.PostfixOptions{Main: "smtpd_tls_security_level = may\n"})
	_, port, err := net.SplitHostPort(p.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	for _, protection := range []relay.Protection{relay.LeftToDomain, relay.Unprotected} {
		t.Run(string(protection), func(t *testing.T) {
			n := newInternet(t, "example.net. MX 10 localhost.", "localhost. A 127.0.0.1")
			if _, err := fmt.Sscan(port, &n.route.Port); err != nil {
				t.Fatal(err)
			}
			n.route.Protection = map[string]relay.Protection{"example.net": protection}
			to := "real" + string(protection) + "@example.net"
			submit(t, n.relay, "x", to)
			report, err := n.relay.Flush(t.Context())
			if err != nil || report.Delivered != 1 {
				t.Fatalf("%+v, %v\n%s", report, err, p.Log())
			}
			mail := string(p.WaitMail(t, to, 1)[0])
			if tls := strings.Contains(mail, "with ESMTPS"); tls != (protection == relay.LeftToDomain) {
				t.Errorf("TLS %v in\n%s", tls, mail)
			}
		})
	}
}
