package target

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"spamreport/complaint"
)

// signer signs messages and publishes the key.
type signer struct{ key ed25519.PrivateKey }

func newSigner() signer {
	return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))}
}

func (s signer) txt(_ context.Context, name string) ([]string, error) {
	public := s.key.Public().(ed25519.PublicKey)
	switch {
	case strings.HasSuffix(name, ".unreachable.example"):
		return nil, errors.New("no server answers")
	case strings.HasPrefix(name, "sel._domainkey."):
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	return nil, nil
}

// sign puts a signature of the domain before a message, over the fields.
func (s signer) sign(t *testing.T, raw, domain, fields string) string {
	t.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: "sel", Signer: s.key, HeaderKeys: strings.Split(fields, ":"),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const both = "From:Subject:CFBL-Address:CFBL-Feedback-ID"

func newsletter(from, address string) string {
	return strings.ReplaceAll(fmt.Sprintf("From: News <%s>\nSubject: Deals\nCFBL-Address: %s\nCFBL-Feedback-ID: 111:222\nMessage-ID: <1@x>\n\nHello\n", from, address), "\n", "\r\n")
}

func TestTheSignersOwnComplaintAddress(t *testing.T) {
	s := newSigner()
	for name, tt := range map[string]struct {
		from, address string
		signatures    [][2]string // domain, fields; the innermost first
		want, why     string
	}{
		"the author's domain (strict)": {
			"n@example.com", "fbl@example.com; report=arf", [][2]string{{"example.com", both}}, "cfbl fixed fbl@example.com", "",
		},
		"below the author's domain (relaxed, example 2)": {
			"n@example.com", "fbl@mailer.example.com; report=arf", [][2]string{{"example.com", both}}, "cfbl fixed fbl@mailer.example.com", "",
		},
		"signed by the domain above (relaxed, example 1)": {
			"n@mailer.example.com", "fbl@mailer.example.com", [][2]string{{"example.com", both}}, "cfbl fixed fbl@mailer.example.com", "",
		},
		"somebody else's address with both signatures": {
			"n@example.com", "fbl@saas.example", [][2]string{{"example.com", both}, {"saas.example", both}}, "cfbl fixed fbl@saas.example", "",
		},
		"somebody else's, over a message that was signed before": {
			"n@example.com", "fbl@saas.example", [][2]string{{"example.com", "From:Subject"}, {"saas.example", both}}, "cfbl fixed fbl@saas.example", "",
		},
		"somebody else's, without the author's signature": {
			"n@example.com", "fbl@saas.example", [][2]string{{"saas.example", both}}, "", "example.com did not sign",
		},
		"somebody else's, without his own signature": {
			"n@example.com", "fbl@saas.example", [][2]string{{"example.com", both}}, "", "no valid signature of saas.example",
		},
		"somebody else's, when one of them does not cover the field": {
			"n@example.com", "fbl@saas.example", [][2]string{{"example.com", both}, {"saas.example", "From:Subject"}}, "", "no valid signature of saas.example",
		},
		"the address is not signed": {
			"n@example.com", "fbl@example.com", [][2]string{{"example.com", "From:Subject:CFBL-Feedback-ID"}}, "", "no valid signature of example.com covers",
		},
		"the id is not signed": {
			"n@example.com", "fbl@example.com", [][2]string{{"example.com", "From:Subject:CFBL-Address"}}, "", "no valid signature of example.com covers",
		},
		"signed by a domain below the author's": {
			"n@example.com", "fbl@example.com", [][2]string{{"mailer.example.com", both}}, "", "no valid signature of example.com",
		},
		"a public suffix speaks for nobody": {
			"n@a.co.uk", "fbl@a.co.uk", [][2]string{{"co.uk", both}}, "", "no valid signature of a.co.uk",
		},
		"a domain that only ends alike": {
			"n@example.com", "fbl@evilexample.com", [][2]string{{"example.com", both}}, "", "no valid signature of evilexample.com",
		},
		"no signature":          {"n@example.com", "fbl@example.com", nil, "", "no valid signature"},
		"a key that is nowhere": {"n@unreachable.example", "fbl@unreachable.example", [][2]string{{"unreachable.example", both}}, "", "could not be fetched"},
		"no address":            {"n@example.com", "none", [][2]string{{"example.com", both}}, "", "no address that can be mailed"},
		"the recipient's own":   {"n@victim.example", "fbl@victim.example", [][2]string{{"victim.example", both}}, "", "recipient's own"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := newsletter(tt.from, tt.address)
			for _, g := range tt.signatures {
				raw = s.sign(t, raw, g[0], g[1])
			}
			inc := spam("", "")
			for end, text := range map[string]string{"CRLF": raw, "LF": strings.ReplaceAll(raw, "\r\n", "\n")} {
				inc.Message.Raw = []byte(text)
				f := find(inc, Options{Feedback: true, TXT: s.txt})
				if got := said(f); got != tt.want || !strings.Contains(left(f), tt.why) {
					t.Errorf("%s: got %q, want %q because %q\n%s", end, got, tt.want, tt.why, left(f))
				}
			}
		})
	}
}

func TestAFeedbackReportBearsItsID(t *testing.T) {
	s := newSigner()
	inc := spam("", "")
	inc.Message.Raw = []byte(s.sign(t, newsletter("n@example.com", "fbl@example.com; report=xarf"), "example.com", both))
	f := find(inc, Options{Feedback: true, TXT: s.txt})
	if len(f.Targets) != 1 {
		t.Fatal(left(f))
	}
	got := f.Targets[0]
	if got.Format != complaint.FormatXARF || got.Letter != "feedback" || len(got.Fields) != 2 || got.Fields[1].Value != "111:222" {
		t.Errorf("%+v", got)
	}
}

func TestAChangedMessageHasNoComplaintAddress(t *testing.T) {
	s := newSigner()
	raw := s.sign(t, newsletter("n@example.com", "fbl@example.com"), "example.com", both)
	inc := spam("", "")
	for _, changed := range []string{
		strings.Replace(raw, "Hello", "Hullo", 1),
		strings.Replace(raw, "fbl@", "victim@", 1),
		strings.Replace(raw, "CFBL-Address: fbl@example.com", "CFBL-Address: victim@example.com\r\nCFBL-Address: fbl@example.com", 1),
		strings.Replace(raw, "CFBL-Feedback-ID:", "CFBL-Feedback-ID: 9\r\nCFBL-Feedback-ID:", 1),
		"From: Other <x@other.example>\r\n" + raw,
	} {
		inc.Message.Raw = []byte(changed)
		if f := find(inc, Options{Feedback: true, TXT: s.txt}); len(f.Targets) != 0 || len(f.Left) != 1 {
			t.Errorf("%s\n%s", said(f), changed)
		}
	}
}

func TestWithoutTheDNSNothingIsVerified(t *testing.T) {
	s := newSigner()
	inc := spam("", "")
	inc.Message.Raw = []byte(s.sign(t, newsletter("n@example.com", "fbl@example.com"), "example.com", both))
	if f := find(inc, Options{Feedback: true}); len(f.Targets) != 0 || !strings.Contains(left(f), "DNS is not to be asked") {
		t.Errorf("%+v", f)
	}
	inc.Message.Truncated = true
	if f := find(inc, Options{Feedback: true, TXT: s.txt}); len(f.Targets) != 0 || !strings.Contains(left(f), "longer than what is kept") {
		t.Errorf("%+v", f)
	}
}

func TestFeedbackAddressSyntax(t *testing.T) {
	for field, want := range map[string]string{
		"fbl@example.com":                           "fbl@example.com arf",
		" FBL@Example.com ; report=arf":             "fbl@example.com arf",
		"fbl@example.com; report=xarf":              "fbl@example.com xarf",
		"fbl@example.com;report=\"XARF\"":           "fbl@example.com xarf",
		"fbl@example.com; report=morse":             "fbl@example.com arf",
		"fbl@example.com; report=arf; x=y":          "fbl@example.com arf",
		"<fbl@example.com>; report=arf":             "fbl@example.com arf",
		"fbl@example.com; report=arf =?utf-8?B?x?=": "fbl@example.com arf",
		"":                             "",
		"fbl":                          "",
		"fbl@localhost":                "",
		"fbl@@example.com":             "",
		"a@example.com, b@example.com": "",
		"a@example.com b@example.com":  "",
		"Name <fbl@example.com>":       "",
		`"a b"@example.com`:            "",
		"fbl@[192.0.2.7]":              "",
		"fbl@exa_mple.com":             "",
		"fbl@example.com\x00":          "",
		"mailto:fbl@example.com":       "",
		"fbl@example.com?bcc=a@b":      "",
		".fbl@example.com":             "",
		strings.Repeat("a", 300) + "@example.com": "",
	} {
		a, err := parseFeedback([]string{field})
		got := ""
		if err == nil {
			got = a.mail + " " + a.report
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", field, got, want)
		}
	}
	if a, err := parseFeedback([]string{"fbl@example.com", "fbl@example.com"}); err == nil {
		t.Errorf("several fields: %+v", a)
	}
}

// FuzzFeedback: whatever the field, an address that comes out can be mailed.
func FuzzFeedback(f *testing.F) {
	for _, seed := range []string{"fbl@example.com; report=arf", "<a@b.c>;report=\"xarf\" ;x", "a@b.c =?", "\r\nBcc: a@b.c", "a@b.c;report = xarf"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		a, err := parseFeedback([]string{field})
		if err != nil {
			return
		}
		local, domain, ok := strings.Cut(a.mail, "@")
		if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(a.mail, " \r\n\t<>,;:\"()[]\\\x00") || a.report != "arf" && a.report != "xarf" {
			t.Fatalf("%q: %+v", field, a)
		}
	})
}

// FuzzTargets: whatever the message, there is no panic, the bounds hold, and
// what is to be looked up or mailed is well formed.
func FuzzTargets(f *testing.F) {
	f.Add([]byte("From: PayPal <a@b.example>\nReply-To: x@tuta.com, <\nCFBL-Address: a@b.example\nContent-Type: text/html\n\n<a href=http://a.example>www.paypal.com"))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhttp://192.0.2.9\n--b\nContent-Type: text/html\n\n<form action=//b.example><input type=password>"))
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=x; s=y; h=from; bh=; b=\nCFBL-Address: a@b.c\nFrom: a@b.c\n\n"))
	options := everything()
	options.TXT = newSigner().txt
	f.Fuzz(func(t *testing.T, raw []byte) {
		inc := spam("", "")
		inc.Message.Raw = raw
		found := Find(context.Background(), inc, options)
		if len(found.Targets) > 2*DefaultMaxLinks+maxDropBoxes+2 {
			t.Fatalf("%d targets", len(found.Targets))
		}
		for _, target := range found.Targets {
			if target.Query == "" || strings.ContainsAny(target.Query, " \r\n\t<>,;\"") || target.Letter == "" || target.Reason == "" {
				t.Fatalf("%+v", target)
			}
		}
	})
}
