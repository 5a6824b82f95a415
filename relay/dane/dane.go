// Package dane verifies the certificate of a mail server against what the
// domain of the server says about it in DNS (RFC 7672).
//
// Certificates signed by public authorities prove little between mail servers:
// the name of the server comes from DNS, and whoever can forge that can name a
// server of their own. With DNSSEC, DNS cannot be forged, and then the domain
// can just as well publish the certificate, or its issuer, itself: the TLSA
// records of _25._tcp.mx.example.net. Where there are such records, TLS is
// required and the certificate must match one of them; a server that offers
// less is an attacker, or broken, and the mail waits.
package dane

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/miekg/dns"

	"spamreport/relay/resolver"
)

// Certificate usages that mail knows (RFC 7672 §3.1).
const (
	issuer = 2 // DANE-TA: an authority of the domain's own
	server = 3 // DANE-EE: this very certificate
)

// Record is a TLSA record (RFC 6698 §2.1).
type Record struct {
	Usage, Selector, Matching uint8
	Data                      []byte
}

// ErrMismatch says that a certificate is none of those that the records allow.
var ErrMismatch = errors.New("the certificate is not the one that the domain publishes (TLSA)")

// Lookup returns the TLSA records for a port of a server. found is false when
// the domain publishes none, or nothing that DNSSEC vouches for: then DANE does
// not apply. An error means that it is not known, and that the server must not
// be used until it is (RFC 7672 §2.1.1): an attacker could have suppressed the
// answer.
func Lookup(ctx context.Context, r *resolver.Client, host string, port int) (records []Record, found bool, err error) {
	answer, err := r.Lookup(ctx, "_"+strconv.Itoa(port)+"._tcp."+host, dns.TypeTLSA)
	if errors.Is(err, resolver.ErrNoName) {
		return nil, false, nil
	}
	if err != nil || !answer.Secure || len(answer.Records) == 0 {
		return nil, false, err
	}
	for _, rr := range answer.Records {
		if tlsa, ok := rr.(*dns.TLSA); ok {
			if r, usable := parse(tlsa); usable {
				records = append(records, r)
			}
		}
	}
	return records, true, nil
}

// parse reads a record. Those that mail has no use for are not usable (RFC
// 7672 §3.1.3: the usages 0 and 1, which need a public authority).
func parse(tlsa *dns.TLSA) (Record, bool) {
	data, err := hex.DecodeString(tlsa.Certificate)
	r := Record{tlsa.Usage, tlsa.Selector, tlsa.MatchingType, data}
	size := map[uint8]int{1: sha256.Size, 2: sha512.Size}[r.Matching]
	return r, err == nil && (r.Usage == issuer || r.Usage == server) && r.Selector <= 1 && r.Matching <= 2 &&
		len(data) > 0 && (size == 0 || len(data) == size)
}

// Config is how to connect to a server with these records. names are those
// that a certificate of the domain's own authority may have: the server's, and
// that of the domain of the recipient. Without usable records TLS is required
// all the same, with any certificate (RFC 7672 §2.2).
func Config(records []Record, names ...string) *tls.Config {
	return &tls.Config{
		ServerName: names[0], // RFC 7672 §8.1: the base of the TLSA records
		MinVersion: tls.VersionTLS12,
		// The records take the place of the authorities.
		InsecureSkipVerify: true, // #nosec G402 -- TLSA records say what is trusted, see VerifyConnection
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(records) == 0 {
				return nil
			}
			return Verify(records, state.PeerCertificates, names...)
		},
	}
}

// Verify checks a chain of certificates, the server's own first.
func Verify(records []Record, chain []*x509.Certificate, names ...string) error {
	if len(chain) == 0 {
		return ErrMismatch
	}
	err := ErrMismatch
	for _, r := range records {
		switch {
		case r.Usage == server && r.matches(chain[0]):
			return nil // RFC 7672 §3.1.1: neither names nor dates count
		case r.Usage == issuer:
			failed := r.verifyIssuer(chain, names)
			if failed == nil {
				return nil
			}
			if !errors.Is(failed, ErrMismatch) {
				err = failed
			}
		}
	}
	return err
}

// verifyIssuer looks for the authority in the chain, which must contain it
// (RFC 7672 §3.1.2), and verifies the server's certificate from there.
func (r Record) verifyIssuer(chain []*x509.Certificate, names []string) error {
	for i, candidate := range chain {
		if !r.matches(candidate) {
			continue
		}
		roots, between := x509.NewCertPool(), x509.NewCertPool()
		roots.AddCert(candidate)
		for _, other := range chain[1:max(i, 1)] {
			between.AddCert(other)
		}
		_, err := chain[0].Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		})
		if err != nil {
			return fmt.Errorf("the certificate does not come from the authority that the domain publishes (TLSA): %w", err)
		}
		return verifyName(chain[0], names)
	}
	return ErrMismatch
}

// verifyName wants one of the names to be in the certificate.
func verifyName(certificate *x509.Certificate, names []string) (err error) {
	for _, name := range names {
		if err = certificate.VerifyHostname(name); err == nil {
			return nil
		}
	}
	return err
}

// matches compares a certificate with a record (RFC 6698 §2.1.2 and §2.1.3).
func (r Record) matches(certificate *x509.Certificate) bool {
	selected := certificate.Raw
	if r.Selector == 1 {
		selected = certificate.RawSubjectPublicKeyInfo
	}
	switch r.Matching {
	case 1:
		sum := sha256.Sum256(selected)
		selected = sum[:]
	case 2:
		sum := sha512.Sum512(selected)
		selected = sum[:]
	}
	return bytes.Equal(selected, r.Data)
}
