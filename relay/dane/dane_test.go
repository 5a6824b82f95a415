package dane_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"spamreport/internal/servertest"
	"spamreport/relay/dane"
	"spamreport/relay/resolver"
)

// issue makes a certificate; without an issuer it signs itself.
func issue(t *testing.T, name string, until time.Time, authority bool, issuer *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: until.Add(-365 * 24 * time.Hour), NotAfter: until, DNSNames: []string{name},
		IsCA: authority, BasicConstraintsValid: true,
	}
	if issuer == nil {
		issuer, by = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func TestWhichCertificatesTheRecordsAllow(t *testing.T) {
	year, past := time.Now().Add(30*24*time.Hour), time.Now().Add(-time.Hour)
	root, rootKey := issue(t, "root", year, true, nil, nil)
	middle, middleKey := issue(t, "middle", year, true, root, rootKey)
	leaf, _ := issue(t, "mx.example.net", year, false, middle, middleKey)
	expired, _ := issue(t, "mx.example.net", past, false, root, rootKey)
	stranger, _ := issue(t, "mx.example.net", year, false, nil, nil)

	sum := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	sum512 := func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
	key := func(c *x509.Certificate) []byte { return c.RawSubjectPublicKeyInfo }
	chain := []*x509.Certificate{leaf, middle, root}
	other := dane.Record{Usage: 3, Selector: 1, Matching: 1, Data: make([]byte, 32)}

	tests := []struct {
		name    string
		records []dane.Record
		chain   []*x509.Certificate
		host    string
		wrong   string // part of the error; "" when it is allowed
	}{
		{"3 1 1: the key", []dane.Record{{3, 1, 1, sum(key(leaf))}}, chain, "mx.example.net", ""},
		{"3 0 1: the certificate", []dane.Record{{3, 0, 1, sum(leaf.Raw)}}, chain, "mx.example.net", ""},
		{"3 1 2: by SHA-512", []dane.Record{{3, 1, 2, sum512(key(leaf))}}, chain, "mx.example.net", ""},
		{"3 1 0: as it is", []dane.Record{{3, 1, 0, key(leaf)}}, chain, "mx.example.net", ""},
		{"3 1 1: the name does not count", []dane.Record{{3, 1, 1, sum(key(leaf))}}, chain, "other.example", ""},
		{"3 1 1: nor does the date", []dane.Record{{3, 1, 1, sum(key(expired))}}, []*x509.Certificate{expired}, "mx.example.net", ""},
		{"3 1 1: of an authority in the chain", []dane.Record{{3, 1, 1, sum(key(root))}}, chain, "mx.example.net", "not the one"},
		{"one of several records", []dane.Record{other, {3, 1, 1, sum(key(leaf))}}, chain, "mx.example.net", ""},
		{"none of several", []dane.Record{other, other}, chain, "mx.example.net", "not the one"},

		{"2 1 1: the root", []dane.Record{{2, 1, 1, sum(key(root))}}, chain, "mx.example.net", ""},
		{"2 0 1: the authority between", []dane.Record{{2, 0, 1, sum(middle.Raw)}}, chain, "mx.example.net", ""},
		{"2 1 1: a name that the certificate does not have", []dane.Record{{2, 1, 1, sum(key(root))}}, chain, "other.example", "other.example"},
		{"2 1 1: expired", []dane.Record{{2, 1, 1, sum(key(root))}}, []*x509.Certificate{expired, root}, "mx.example.net", "expired"},
		{"2 1 1: the authority is shown but did not sign", []dane.Record{{2, 1, 1, sum(key(root))}}, []*x509.Certificate{stranger, root}, "mx.example.net", "authority"},
		{"2 1 1: the authority is not in the chain", []dane.Record{{2, 1, 1, sum(key(root))}}, []*x509.Certificate{leaf, middle}, "mx.example.net", "not the one"},
		{"no certificate", []dane.Record{{3, 1, 1, sum(key(leaf))}}, nil, "mx.example.net", "not the one"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := dane.Verify(test.records, test.chain, test.host)
			if test.wrong == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("error %v, want %q", err, test.wrong)
			}
		})
	}
}

func TestLookingRecordsUp(t *testing.T) {
	zeros := strings.Repeat("00", 32)
	server := servertest.DNS(t,
		"_25._tcp.mx.safe.example. TLSA 3 1 1 "+zeros, "_25._tcp.mx.safe.example. TLSA 2 0 1 "+zeros,
		"_25._tcp.useless.safe.example. TLSA 1 1 1 "+zeros, "_25._tcp.useless.safe.example. TLSA 3 1 1 00",
		"_25._tcp.useless.safe.example. TLSA 3 2 1 "+zeros, "_25._tcp.useless.safe.example. TLSA 3 1 3 "+zeros,
		"_25._tcp.mx.open.example. TLSA 3 1 1 "+zeros,
		"none.safe.example. A 198.41.0.4",
	)
	server.Secure("safe.example")
	server.Break("_25._tcp.broken.safe.example")
	tests := []struct {
		name, host string
		usable     int
		found      bool
		fails      bool
	}{
		{"records", "mx.safe.example", 2, true, false},
		{"records that mail has no use for are there all the same", "useless.safe.example", 0, true, false},
		{"records that nobody vouches for are none", "mx.open.example", 0, false, false},
		{"no records", "none.safe.example", 0, false, false},
		{"whether there are records is not known", "broken.safe.example", 0, false, true},
	}
	client := &resolver.Client{Servers: []string{server.Addr}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records, found, err := dane.Lookup(t.Context(), client, test.host, 25)
			if len(records) != test.usable || found != test.found || (err != nil) != test.fails || errors.Is(err, resolver.ErrNoName) {
				t.Errorf("%v, %v, %v", records, found, err)
			}
		})
	}
}
