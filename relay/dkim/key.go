package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Algorithm is the kind of a key, as the tag k= of its record names it.
type Algorithm string

// The algorithms (RFC 6376 §3.3, RFC 8463).
const (
	RSA     Algorithm = "rsa"
	Ed25519 Algorithm = "ed25519"
)

const (
	newBits = 2048 // of a new RSA key: what RFC 8301 §3.2 asks for
	minBits = 1024 // verifiers must refuse less
)

// ErrExists says that there is a key file already, which is never replaced: the
// record of its public half may be published.
var ErrExists = errors.New("there is a file already, and a key is never replaced: choose another selector, or move the file away")

// Key is a private key, and where its public half is published.
type Key struct {
	Domain   string // d=, in ASCII
	Selector string // s=

	private crypto.Signer
}

// Generate makes a new key.
func Generate(domain, selector string, a Algorithm) (Key, error) {
	k := Key{Domain: domain, Selector: selector}
	var err error
	switch a {
	case RSA:
		k.private, err = rsa.GenerateKey(rand.Reader, newBits)
	case Ed25519:
		_, k.private, err = ed25519.GenerateKey(rand.Reader)
	default:
		return k, fmt.Errorf("unknown algorithm %q", a)
	}
	if err != nil {
		return k, err
	}
	return k, k.check()
}

// Load reads a key from a PEM file: PKCS #8, or PKCS #1 as older programs
// write RSA keys.
func Load(domain, selector, file string) (Key, error) {
	k := Key{Domain: domain, Selector: selector}
	text, err := os.ReadFile(file)
	if err != nil {
		return k, err
	}
	if k.private, err = parse(text); err != nil {
		return k, fmt.Errorf("%s: %w", file, err)
	}
	if err := k.check(); err != nil {
		return k, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

func parse(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no key in it; it must be PEM (-----BEGIN PRIVATE KEY-----)")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("it holds a %q, not a private key without a passphrase", block.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of the kind %T cannot sign", key)
	}
	return signer, nil
}

// check refuses what no verifier would accept.
func (k Key) check() error {
	if err := checkName(k.Domain); err != nil {
		return fmt.Errorf("domain %w", err)
	}
	if err := checkName(k.Selector); err != nil {
		return fmt.Errorf("selector %w", err)
	}
	if n := len(k.Name()); n > 253 {
		return fmt.Errorf("the name %s is too long for DNS", k.Name())
	}
	switch public := k.private.Public().(type) {
	case ed25519.PublicKey:
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minBits {
			return fmt.Errorf("an RSA key of %d bits is too weak, verifiers refuse it (RFC 8301 §3.2)", bits)
		}
	default:
		return fmt.Errorf("DKIM has no algorithm for %T: use RSA or Ed25519", public)
	}
	return nil
}

// checkName takes a dot-separated list of labels (RFC 6376 §3.1), which must
// not bring tags or lines of their own into a signature.
func checkName(name string) error {
	for label := range strings.SplitSeq(name, ".") {
		ok := label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-'
		if !ok || strings.ContainsFunc(label, notInLabel) {
			return fmt.Errorf("%q is not a name in DNS: use letters, digits, hyphens and dots", name)
		}
	}
	return nil
}

func notInLabel(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// Algorithm is the kind of the key.
func (k Key) Algorithm() Algorithm {
	if _, is := k.private.Public().(ed25519.PublicKey); is {
		return Ed25519
	}
	return RSA
}

// Bits is the size of an RSA key, and 256 for Ed25519.
func (k Key) Bits() int {
	if public, is := k.private.Public().(*rsa.PublicKey); is {
		return public.N.BitLen()
	}
	return 256
}

// Save writes the key to a new file that its owner alone can read, in a folder
// that is made when it is missing. A file that is there is ErrExists.
func (k Key) Save(file string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", file, ErrExists)
	}
	if err != nil {
		return err
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a key would be in the way of the next try.
		return errors.Join(err, os.Remove(file))
	}
	return nil
}
