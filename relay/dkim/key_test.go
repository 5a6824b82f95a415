package dkim_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/relay/dkim"
)

func TestAKeyIsTheSameAfterItWasSaved(t *testing.T) {
	for _, key := range twoKeys(t, "example.org") {
		path := filepath.Join(t.TempDir(), "new", "folder", "key.pem")
		if err := key.Save(path); err != nil {
			t.Fatal(err)
		}
		again, err := dkim.Load(key.Domain, key.Selector, path)
		if err != nil || again.Record() != key.Record() || again.Algorithm() != key.Algorithm() {
			t.Errorf("%s came back as %s, %v", key.Record(), again.Record(), err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := again.Save(path); !errors.Is(err, dkim.ErrExists) {
			t.Errorf("a key was replaced: %v", err)
		}
	}
}

func TestFilesThatAreNoKey(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	old := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)}))
	tests := []struct {
		name, text, domain, selector string
		want                         string // part of the error; empty: none
	}{
		{"RSA as older programs write it", old, "example.org", "mail", ""},
		{"a selector with a dot", pkcs8(small), "example.org", "2026.mail", ""},
		{"nothing", "", "example.org", "mail", "no key in it"},
		{"a certificate", "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n", "example.org", "mail", `a "CERTIFICATE"`},
		{"behind a passphrase", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\n-----END ENCRYPTED PRIVATE KEY-----\n", "example.org", "mail", "passphrase"},
		{"a torn key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "example.org", "mail", "cannot be read"},
		{"an algorithm that DKIM does not have", pkcs8(curve), "example.org", "mail", "no algorithm"},
		{"a domain that would add tags", pkcs8(small), "example.org; x=1", "mail", "not a name in DNS"},
		{"a selector that would add lines", pkcs8(small), "example.org", "mail\r\nBcc", "not a name in DNS"},
		{"no selector", pkcs8(small), "example.org", "", "not a name in DNS"},
		{"a name that is too long", pkcs8(small), strings.Repeat("a.", 120) + "org", "mail", "too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key.pem")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := dkim.Load(test.domain, test.selector, path)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestARecordIsSplitForDNS(t *testing.T) {
	for _, key := range twoKeys(t, "example.org") {
		var whole string
		for _, part := range key.Strings() {
			if len(part) > 255 {
				t.Errorf("a string of %d octets", len(part))
			}
			whole += part
		}
		if whole != key.Record() {
			t.Errorf("the strings make %q of %q", whole, key.Record())
		}
		if !strings.HasPrefix(key.Zone(), key.Name()+`. IN TXT "v=DKIM1; k=`) {
			t.Errorf("%s", key.Zone())
		}
	}
}

func TestWhatIsPublishedIsComparedWithTheKey(t *testing.T) {
	key, other := generate(t, "example.org", "mail", dkim.Ed25519), generate(t, "example.org", "mail", dkim.Ed25519)
	rsaKey := generate(t, "example.org", "mail", dkim.RSA)
	record := key.Record()
	public := record[strings.Index(record, "p=")+2:]
	tests := []struct {
		name    string
		records []string
		want    error
	}{
		{"as it should be", []string{record}, nil},
		{"in another order, with blanks", []string{"k = ed25519 ; p=" + public[:9] + " " + public[9:] + ";"}, nil},
		{"with tags that say nothing to us", []string{record + "; s=email; h=sha256; n=hello"}, nil},
		{"nothing", nil, dkim.ErrNoRecord},
		{"another key", []string{other.Record()}, dkim.ErrOtherKey},
		{"a key of another algorithm", []string{rsaKey.Record()}, dkim.ErrOtherKey},
		{"no algorithm, which means RSA", []string{"v=DKIM1; p=" + public}, dkim.ErrOtherKey},
		{"a revoked key", []string{"v=DKIM1; k=ed25519; p="}, dkim.ErrRevoked},
		{"a test", []string{record + "; t=s:y"}, dkim.ErrTesting},
		{"two records", []string{record, "v=spf1 -all"}, dkim.ErrMalformed},
		{"quotes inside", []string{`"` + record + `"`}, dkim.ErrMalformed},
		{"another version", []string{strings.Replace(record, "DKIM1", "DKIM2", 1)}, dkim.ErrMalformed},
		{"no p=", []string{"v=DKIM1; k=ed25519"}, dkim.ErrMalformed},
		{"no base64", []string{"v=DKIM1; k=ed25519; p=?"}, dkim.ErrMalformed},
		{"no tags", []string{"hello"}, dkim.ErrMalformed},
	}
	for _, test := range tests {
		if got := key.Published(test.records); !errors.Is(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestKeysOfADomain(t *testing.T) {
	signer := newSigner(t, generate(t, "example.org", "a", dkim.Ed25519))
	var got []string
	for _, k := range signer.Keys("lab.Example.org") {
		got = append(got, k.Name())
	}
	if diff := cmp.Diff([]string{"a._domainkey.example.org"}, got); diff != "" {
		t.Error(diff)
	}
	if signer.Keys("example.net") != nil {
		t.Error("a key for a domain that has none")
	}
}

func FuzzPublished(f *testing.F) {
	key := generate(f, "example.org", "mail", dkim.Ed25519)
	for _, seed := range []string{key.Record(), "v=DKIM1; p=", "p=AAAA; k=rsa", "=;=", "v=DKIM1\x00; p=\xff", ";;;p=====", "p=a;p=b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, record string) {
		// Whatever else is published, it is not this key unless the key is in it.
		public := strings.TrimPrefix(key.Record(), "v=DKIM1; k=ed25519; p=")
		if err := key.Published([]string{record}); err == nil && !strings.Contains(strings.Join(strings.Fields(record), ""), public) {
			t.Errorf("%q passes for the record", record)
		}
	})
}
