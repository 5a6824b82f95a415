package dkim_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	verify "github.com/emersion/go-msgauth/dkim"

	"spamreport/internal/servertest"
	"spamreport/relay/dkim"
)

const signedHeader = "From: =?iso-2022-jp?Q?=1B$B;3?= <zoe@example.org>\r\nTo: abuse@example.net\r\n" +
	"Subject: Spam from 192.0.2.7,\r\n  as seen today\r\nDate: Tue, 24 Nov 2026 06:00:00 +0000\r\n" +
	"Message-ID: <1@example.org>\r\nAuto-Submitted: auto-generated\r\n"

const signedBody = "\r\nHello  there \t\r\n\r\nBody.\r\n\r\n\r\n"

// twoKeys are the keys of one domain, made once: RSA keys take a while.
func twoKeys(t testing.TB, domain string) []dkim.Key {
	t.Helper()
	return []dkim.Key{generate(t, domain, "mail", dkim.RSA), generate(t, domain, "mail-ed25519", dkim.Ed25519)}
}

func generate(t testing.TB, domain, selector string, a dkim.Algorithm) dkim.Key {
	t.Helper()
	key, err := dkim.Generate(domain, selector, a)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newSigner(t testing.TB, keys ...dkim.Key) *dkim.Signer {
	t.Helper()
	s, err := dkim.NewSigner(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func recordsOf(keys []dkim.Key) map[string]string {
	records := map[string]string{}
	for _, k := range keys {
		records[k.Name()] = k.Record()
	}
	return records
}

// TestOthersVerifyWhatWasSigned asks verifiers that share no code with us.
func TestOthersVerifyWhatWasSigned(t *testing.T) {
	keys := twoKeys(t, "example.org")
	signed, err := newSigner(t, keys...).Sign([]byte(signedHeader + signedBody))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) []byte { return bytes.Replace(signed, []byte(old), []byte(new), 1) }
	tests := []struct {
		name    string
		message []byte
		want    string
	}{
		{"as it was signed", signed, "pass"},
		{"with trace fields on top", append([]byte("Received: by mx.example.net; now\r\n"), signed...), "pass"},
		{"with a line folded anew", edit(",\r\n  as", ", as"), "pass"},
		{"with blanks at the end of lines gone", edit("there \t\r\n", "there\r\n"), "pass"},
		{"with a field that nobody signs", edit("Auto-Submitted:", "X-Spam-Score: 1\r\nAuto-Submitted:"), "pass"},
		{"with another subject", edit("192.0.2.7", "192.0.2.8"), "fail"},
		{"with another body", edit("Body.", "Nobody."), "fail"},
		{"with text behind the body", append(bytes.Clone(signed), "More.\r\n"...), "fail"},
		{"without a field that was signed", edit("Auto-Submitted: auto-generated\r\n", ""), "fail"},
		{"with a second From", append([]byte("From: ceo@example.org\r\n"), signed...), "fail"},
		{"with a second Subject", append([]byte("Subject: Offer\r\n"), signed...), "fail"},
		{"with a Reply-To that was not there", append([]byte("Reply-To: x@example.com\r\n"), signed...), "fail"},
		{"with another Content-Type", append([]byte("Content-Type: text/html\r\n"), signed...), "fail"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := servertest.VerifyDKIM(t, test.message, recordsOf(keys))
			for _, verdict := range got {
				if passed := strings.HasSuffix(verdict, " pass"); passed != (test.want == "pass") {
					t.Errorf("%s, want %s", verdict, test.want)
				}
			}
			if len(got) != 4 {
				t.Errorf("%d verdicts: %q", len(got), got)
			}
		})
	}
}

func TestTheDomainOfTheAuthorDecidesWhoSigns(t *testing.T) {
	signer := newSigner(t, generate(t, "example.org", "a", dkim.Ed25519), generate(t, "example.org", "b", dkim.Ed25519),
		generate(t, "News.Example.org", "n", dkim.Ed25519), generate(t, "xn--bcher-kva.example", "i", dkim.Ed25519))
	tests := []struct {
		name, from string
		selectors  string
	}{
		{"the domain itself", "zoe@example.org", "ab"},
		{"written otherwise", "Zoe <ZOE@Example.ORG>", "ab"},
		{"a domain below it", "zoe@lab.example.org", "ab"},
		{"one that has a key of its own", "zoe@news.example.org", "n"},
		{"a domain that only ends like it", "zoe@notexample.org", ""},
		{"a domain above it", "zoe@org", ""},
		{"another domain", "zoe@example.net", ""},
		{"another domain with ours in the name", `"zoe@example.org" <zoe@example.net>`, ""},
		{"another domain with ours in a comment", "zoe@example.net (zoe@example.org)", ""},
		{"letters beyond ASCII", "zoe@bücher.example", "i"},
		{"the first of several authors", "zoe@example.org, bob@example.net", "ab"},
		{"a folded field", "Zoe\r\n <zoe@example.org>", "ab"},
		{"a name in a charset that nobody knows", "=?x-none?Q?Zo=EB?= <zoe@example.org>", "ab"},
		{"a name in bare octets", "Zo\xeb <zoe@example.org>", "ab"},
		{"no domain, as cron writes", "root (Cron Daemon)", ""},
		{"nothing", "", ""},
		{"nobody", "undisclosed:;", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			signed, err := signer.Sign([]byte("From: " + test.from + "\r\n\r\nx\r\n"))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, part := range strings.Split(string(signed), "; s=")[1:] {
				got += part[:1]
			}
			for _, part := range strings.Split(string(signed), "\r\n s=")[1:] {
				got += part[:1]
			}
			if got != test.selectors {
				t.Errorf("signed by %q, want %q\n%s", got, test.selectors, signed)
			}
		})
	}
}

func TestMessagesThatAreNotSigned(t *testing.T) {
	signer := newSigner(t, generate(t, "example.org", "a", dkim.Ed25519))
	for _, test := range []struct {
		name, message string
		want          error
	}{
		{"two From fields", "From: a@example.org\r\nfrom : b@example.net\r\n\r\n", dkim.ErrFrom},
		{"a blank in front", " From: a@example.org\r\n\r\n", dkim.ErrFolded},
	} {
		if got, err := signer.Sign([]byte(test.message)); !errors.Is(err, test.want) || got != nil {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

func TestOneSecondGivesOneSignature(t *testing.T) {
	signer := newSigner(t, twoKeys(t, "example.org")...)
	// The only thing that differs is the time of signing, in seconds.
	for range 5 {
		one, err1 := signer.Sign([]byte(signedHeader + signedBody))
		two, err2 := signer.Sign([]byte(signedHeader + signedBody))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if bytes.Equal(one, two) {
			return
		}
	}
	t.Error("no two signatures in five tries were the same")
}

func FuzzSign(f *testing.F) {
	for _, seed := range []string{
		signedHeader + signedBody, "From: a@example.org\r\n\r\n", "From: a@example.org\r\n\r\n\r\n\r\n", "\r\n", "From:\r\n a@example.org\r\n\r\n",
		"From : a@example.org\r\n\t\r\n \r\n\r\nx", "x\r\n\r\n", " From: a@example.org\r\nFrom: a@example.org\r\n\r\n.\r\n",
		"From: a@example.org\r\n" + strings.Repeat("To: b@example.net\r\nReferences: <x>\r\nList-Id: x\r\n", 40) + "\r\n",
	} {
		f.Add([]byte(seed))
	}
	key := generate(f, "example.org", "a", dkim.Ed25519)
	signer := newSigner(f, key)
	f.Fuzz(func(t *testing.T, message []byte) {
		// What Submit takes: CRLF line endings.
		message = bytes.ReplaceAll(bytes.ReplaceAll(message, []byte("\r"), nil), []byte("\n"), []byte("\r\n"))
		signed, err := signer.Sign(message)
		if err != nil {
			return
		}
		added, whole := bytes.CutSuffix(signed, message)
		if !whole {
			t.Fatalf("%q became %q", message, signed)
		}
		if len(added) == 0 {
			return
		}
		for line := range bytes.Lines(added) {
			if len(line) > 1000 || !bytes.HasSuffix(line, []byte("\r\n")) {
				t.Errorf("a line of %d octets: %q", len(line), line)
			}
		}
		verdicts, err := verify.VerifyWithOptions(bytes.NewReader(signed), &verify.VerifyOptions{
			LookupTXT: func(string) ([]string, error) { return []string{key.Record()}, nil }, MaxVerifications: 1,
		})
		if len(verdicts) == 0 || verdicts[0].Err != nil {
			t.Errorf("%q: %v, %+v", signed, err, verdicts[0])
		}
	})
}

func BenchmarkSign(b *testing.B) {
	message := []byte(signedHeader + "\r\n" + strings.Repeat("A line of text, as there are many.\r\n", 8<<10/36))
	for _, keys := range [][]dkim.Key{twoKeys(b, "example.org")[:1], twoKeys(b, "example.org")[1:], twoKeys(b, "example.org")} {
		signer := newSigner(b, keys...)
		name := string(keys[0].Algorithm())
		if len(keys) == 2 {
			name = "both"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(message)))
			for b.Loop() {
				if _, err := signer.Sign(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
