package complaint

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"spamreport/headers"
	"spamreport/lookup"
)

// nested is a multipart in a multipart, n times.
func nested(n int) string {
	var b strings.Builder
	b.WriteString("Subject: nested\r\n")
	for range n {
		b.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n")
	}
	b.WriteString("\r\ninnermost\r\n")
	return b.String()
}

// wide is a multipart of n parts.
func wide(n int) string {
	return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", n) + "--b--\n"
}

// hostileSpam is spam that attacks who reads it.
func hostileSpam() map[string]string {
	big := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("PK\x03\x04 zip "), 1<<16))
	return map[string]string{
		"nothing at all":                 "",
		"only blank lines":               "\r\n\r\n\r\n",
		"a body without a header":        "hello\nworld\n",
		"a header without a body":        "Subject: x",
		"CR in the subject":              "Subject: hi\rBcc: victim@example.com\r\n\r\nx",
		"an encoded CRLF in the subject": "Subject: =?utf-8?Q?hi=0D=0ABcc:_victim@example.com?=\r\n\r\nx",
		"NUL in subject and sender":      "Subject: a\x00b\r\nFrom: \x00 <a@example.com>\r\n\r\nx\x00y",
		"terminal escapes":               "Subject: \x1b]0;owned\x07\x1b[2J\r\nFrom: =?utf-8?B?G1szMW1yZWQ=?= <a@example.com>\r\n\r\n\x1b[31mred",
		"C1 controls":                    "Subject: \xc2\x9b31m and \x9b31m\r\n\r\nx",
		"bidi overrides":                 "Subject: invoice\u202Efdp.exe\r\nFrom: \u2066x <a@example.com>\r\n\r\n\u202E",
		"invalid UTF-8":                  "Subject: \xff\xfe\xc0\xaf\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\xc0",
		"a header of 1 MB":               "Subject: " + strings.Repeat("A", 1<<20) + "\r\n\r\nx",
		"ten thousand fields":            strings.Repeat("X-Field: value\r\n", 10000) + "\r\nx",
		"a folded header of 1 MB":        "Subject: x\r\n" + strings.Repeat(" "+strings.Repeat("b", 70)+"\r\n", 15000) + "\r\nx",
		"a line of 100,000 octets":       "Subject: x\r\n\r\n" + strings.Repeat("y", 100000),
		"blanks as a line of the header": "Subject: x\r\n \t \r\nX-After: y\r\n\r\nz",
		"lines that are no fields":       "Subject: x\r\nGET / HTTP/1.0\r\n: nameless\r\nBad Name: y\r\n\r\nz",
		"an mbox separator":              "From alice Fri Jan  2 03:04:05 2026\nSubject: x\n\nFrom here on\n.\n..\n",
		"nested 10,000 deep":             nested(10000),
		"10,000 parts":                   wide(10000),
		"base64 of a large archive":      "Content-Type: application/zip; name=\"a\x00\r\n b.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + big,
		"a boundary that is ours":        "Content-Type: multipart/mixed; boundary=\"=_spamreport_0123456789ab\"\n\n--=_spamreport_0123456789ab\n\nx\n",
		"a boundary inside a part":       "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\nLS1iDQoNCmZha2U=\n\xff\n--b--\n",
		"a boundary of blanks":           "Content-Type: multipart/mixed; boundary=\"   \"\n\n--   \n\nx\n",
		"two content types":              "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
		"an encoded enclosed message":    "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("Subject: inner \xff\n\nbody")) + "\n",
		"UTF-16 with NULs":               "Content-Type: text/plain; charset=utf-16le\n\nh\x00i\x00",
		"ISO-2022-JP":                    "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3$s\x1b(B\n",
		"an unknown encoding":            "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n\xff\x00\nend\n",
		"markup":                         "Subject: <script>alert(1)</script>{{.Headers}}\n\n{{template \"x\"}}",
	}
}

func TestHostileSpamInjectsNothing(t *testing.T) {
	for name, raw := range hostileSpam() {
		t.Run(name, func(t *testing.T) {
			for format := range writers() {
				c := testComposer(t)
				c.Format = format
				got := compose(t, c, testIncident([]byte(raw)))
				checkMessage(t, got)
				if len(got.Raw) > 2*DefaultEvidenceLimit {
					t.Errorf("%s: %d octets", format, len(got.Raw))
				}
			}
		})
	}
}

func TestHostileFactsInjectNothing(t *testing.T) {
	const bad = "x\r\nBcc: victim@example.com\r\n\r\n\x1b[31m\u202E\x00"
	inc := testIncident([]byte("Subject: x\r\n\r\ny"))
	inc.Verdict.Source.Reason, inc.Verdict.Source.Provider = bad, bad
	inc.Verdict.Hops[1].From.HELO, inc.Verdict.Hops[1].From.RDNS = bad, bad
	inc.Verdict.Hops[1].By.Name, inc.Verdict.Hops[1].ID, inc.Verdict.Hops[1].EnvelopeFrom = bad, bad, bad
	inc.Verdict.Evidence = []headers.Evidence{{Name: bad, Value: bad}}
	inc.Lookup.Network = lookup.Network{Handle: bad, Name: bad, Country: bad}
	for format := range writers() {
		c := testComposer(t)
		c.Format = format
		c.Identity.Name, c.Identity.Organisation, c.Identity.URL = bad, bad, bad
		got := compose(t, c, inc)
		checkMessage(t, got)
		if strings.Contains(got.Text, "\nBcc:") {
			t.Error("a fact broke its line")
		}
	}
}

func TestHostileContactsAreRefused(t *testing.T) {
	for _, email := range []string{
		"", "abuse", "abuse@", "@example.net", "abuse@example.net\r\nBcc: x@example.com",
		"a@example.net,b@example.net", "Desk <abuse@example.net>", `"a b"@example.net`,
		"abuse@example.net\x00", "abuse@ex\u202Eample.net", "abuse@[192.0.2.1]",
		strings.Repeat("a", 300) + "@example.net", "<abuse@example.net>", "abuse(x)@example.net",
	} {
		if got, err := testComposer(t).Compose(testIncident([]byte("Subject: x\n\ny")), []lookup.Contact{{Email: email}}); err == nil {
			t.Errorf("%q was accepted: To %v", email, got.To)
		}
	}
}
