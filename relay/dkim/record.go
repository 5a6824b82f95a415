package dkim

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Name is where the record stands in DNS (RFC 6376 §3.6.2.1).
func (k Key) Name() string { return k.Selector + "._domainkey." + k.Domain }

// Record is the text of the TXT record, in one piece.
func (k Key) Record() string {
	return fmt.Sprintf("v=DKIM1; k=%s; p=%s", k.Algorithm(), base64.StdEncoding.EncodeToString(k.public()))
}

// public is the public half as its record has it: a SubjectPublicKeyInfo for
// RSA (RFC 6376 §3.6.1), the bare 32 octets for Ed25519 (RFC 8463 §4).
func (k Key) public() []byte {
	switch public := k.private.Public().(type) {
	case ed25519.PublicKey:
		return public
	case *rsa.PublicKey:
		der, _ := x509.MarshalPKIXPublicKey(public) // never fails for RSA
		return der
	}
	return nil
}

// maxString is the longest string of a TXT record (RFC 1035 §3.3.14). A longer
// text is several strings, which verifiers join (RFC 6376 §3.6.2.2).
const maxString = 255

// Strings is the record as the strings of a TXT record.
func (k Key) Strings() []string {
	var parts []string
	rest := k.Record()
	for len(rest) > maxString {
		parts, rest = append(parts, rest[:maxString]), rest[maxString:]
	}
	return append(parts, rest)
}

// Zone is the record as a line of a zone file (RFC 1035 §5.1).
func (k Key) Zone() string {
	return fmt.Sprintf(`%s. IN TXT "%s"`, k.Name(), strings.Join(k.Strings(), `" "`))
}

// What can be wrong with a published record. ErrRevoked and ErrOtherKey fail
// every signature of the key.
var (
	ErrNoRecord  = errors.New("no key record")
	ErrRevoked   = errors.New("the record revokes the key (p= is empty)")
	ErrOtherKey  = errors.New("the record has another key")
	ErrMalformed = errors.New("the record cannot be read")
	ErrTesting   = errors.New("the record says that the domain is only testing DKIM (t=y)")
)

// Published compares the TXT records at Name with the key. ErrTesting says
// that it is the right one, but that receivers are asked to ignore it.
func (k Key) Published(records []string) error {
	switch len(records) {
	case 0:
		return ErrNoRecord
	case 1:
	default:
		// RFC 6376 §3.6.2.2: then the results are undefined.
		return fmt.Errorf("%w: there are %d TXT records at one name", ErrMalformed, len(records))
	}
	tags, err := readTags(records[0])
	if err != nil {
		return err
	}
	algorithm := tags["k"]
	if algorithm == "" {
		algorithm = string(RSA)
	}
	published, hasKey := tags["p"]
	key, err := base64.StdEncoding.DecodeString(published)
	switch {
	case tags["v"] != "" && tags["v"] != "DKIM1":
		return fmt.Errorf("%w: v=%s", ErrMalformed, tags["v"])
	case !hasKey:
		return fmt.Errorf("%w: it has no p=", ErrMalformed)
	case published == "":
		return ErrRevoked
	case err != nil:
		return fmt.Errorf("%w: p= is not base64", ErrMalformed)
	case algorithm != string(k.Algorithm()):
		return fmt.Errorf("%w (k=%s)", ErrOtherKey, algorithm)
	case string(key) != string(k.public()):
		return ErrOtherKey
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return ErrTesting
	}
	return nil
}

// readTags reads a tag list (RFC 6376 §3.2), without the white space that may
// stand inside of values.
func readTags(text string) (map[string]string, error) {
	tags := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := tags[name]; !ok || twice {
			return nil, fmt.Errorf("%w: %q", ErrMalformed, part)
		}
		tags[name] = strings.Join(strings.Fields(value), "")
	}
	return tags, nil
}
