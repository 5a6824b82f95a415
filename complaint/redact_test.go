package complaint

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"spamreport/headers"
)

// evidenceOf is the enclosed spam after redaction.
func evidenceOf(t testing.TB, c *Composer, raw string) string {
	t.Helper()
	own := *c
	own.Identity = c.Identity.orPlaceholder()
	return string(own.evidence(testIncident([]byte(raw))).raw)
}

const letterHead = "Delivered-To: alice@example.org\r\nTo: Alice Liddell <alice@example.org>\r\nFrom: x@bulk.example.com\r\n\r\n"

func TestRedactionLeavesTheEvidence(t *testing.T) {
	for name, line := range map[string]string{
		"another domain that ends alike":    "http://my-example.org.example.com/ and notexample.org",
		"a word with the user name inside":  "malice and Alices",
		"a link without the address":        "https://t.bulk.example.com/c/eyJpZCI6IjEyMzQ1Njc4OTAifQ/unsubscribe?h=0123456789abcdef0123456789abcdef",
		"a signature":                       "b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR",
		"escapes":                           "100%25 &amp; =3D &#64; \\u0041",
		"markup":                            "<table><tr><td>x</td></tr></table>",
		"the source":                        "192.0.2.7",
		"other people's addresses":          "bob@example.net, claims@bulk.example.com",
		"text in another script":            "Привет 你好 こんにちは",
		"a role word that is nobody's name": "info, sales and support",
	} {
		t.Run(name, func(t *testing.T) {
			got := evidenceOf(t, testComposer(t), letterHead+line+"\r\n")
			_, body, _ := strings.Cut(got, "\r\n\r\n")
			if decoded := string(decodeQuotedPrintable([]byte(body))); !isASCII(line) {
				body = strings.ReplaceAll(decoded, "\n", "\r\n")
				if strings.Contains(got, "base64") {
					_, b, _ := strings.Cut(got, "\r\n\r\n")
					body = string(decodeBase64([]byte(b)))
				}
			}
			if body != line+"\r\n" {
				t.Errorf("got  %q\nwant %q", body, line)
			}
		})
	}
}

func TestTheSameSecretHasTheSameToken(t *testing.T) {
	got := evidenceOf(t, testComposer(t), letterHead+"alice@example.org ALICE%40example.org\r\n"+
		base64.StdEncoding.EncodeToString([]byte("alice@example.org"))+" bob@example.org\r\n")
	_, body, _ := strings.Cut(got, "\r\n\r\n")
	words := strings.Fields(body)
	local, domain, _ := strings.Cut(words[0], "@")
	if words[1] != words[0] || words[2] != local || words[3] != "bob@"+domain {
		t.Errorf("got %q", words)
	}
	other := testComposer(t)
	other.RedactKey = []byte("another key")
	if evidenceOf(t, other, letterHead) == evidenceOf(t, testComposer(t), letterHead) {
		t.Error("the tokens do not depend on the key")
	}
}

func TestOfALinkOnlyTheNarrowestPartIsReplaced(t *testing.T) {
	for link, secret := range map[string]string{
		"http://t.example/claims/unsubscribe/%s/x.gif": "alice@example.org",
		"http://%s.t.example/pictures":                 "alice@example.org",
		"http://t.example/a-b/%s-77?x=y":               "alice@example.org",
	} {
		got := evidenceOf(t, testComposer(t), letterHead+fmt.Sprintf(link, b64(secret+"!"))+"\r\n")
		_, got, _ = strings.Cut(got, "\r\n\r\n")
		before, after, _ := strings.Cut(link, "%s")
		token := strings.TrimSuffix(strings.TrimPrefix(got, before), after+"\r\n")
		if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after+"\r\n") || len(token) != 16 {
			t.Errorf("got %q of %q", got, link)
		}
	}
}

func TestWithoutAKeyNothingLinksToTheSecret(t *testing.T) {
	c := testComposer(t)
	c.RedactKey = nil
	a := evidenceOf(t, c, letterHead)
	b := evidenceOf(t, c, strings.NewReplacer("alice", "robert", "Alice Liddell", "Bob Builder").Replace(letterHead))
	if a != b {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestWhatIsHidden(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Composer, *Incident)
		raw    string
		hidden []string
		shown  []string
	}{
		{
			name:   "a shared domain stays",
			raw:    "Delivered-To: alice.l@gmail.com\r\n\r\nalice.l gmail.com",
			hidden: []string{"alice.l"}, shown: []string{"@gmail.com", " gmail.com"},
		},
		{
			name:   "a domain that the complaint shows anyway stays",
			change: func(c *Composer, _ *Incident) { c.Identity.Email = "reports@example.org" },
			raw:    "Delivered-To: alice@example.org\r\n\r\nx",
			hidden: []string{"alice"}, shown: []string{"@example.org"},
		},
		{
			name:   "the recipient according to a believed server",
			change: func(_ *Composer, inc *Incident) { inc.Verdict.Hops[1].For = "<carol@house.example>" },
			raw:    "Subject: x\r\n\r\nDear carol@house.example at mx.house.example",
			hidden: []string{"carol", "house.example"},
		},
		{
			name: "the recipient according to a forged hop is the spammer's claim",
			change: func(_ *Composer, inc *Incident) {
				inc.Verdict.Hops = append(inc.Verdict.Hops, headers.Hop{For: "claims@bulk.example.com", Trust: headers.Untrusted})
			},
			raw:   "Subject: x\r\n\r\nclaims@bulk.example.com",
			shown: []string{"claims@bulk.example.com"},
		},
		{
			name:  "a spammer who writes to himself",
			raw:   "From: winner@bulk.example.com\r\nTo: winner@bulk.example.com\r\n\r\nx",
			shown: []string{"From: winner@bulk.example.com"},
		},
		{
			name:   "spam in the recipient's own name",
			raw:    "Delivered-To: alice@example.org\r\nFrom: alice@example.org\r\n\r\nx",
			hidden: []string{"alice", "example.org"},
		},
		{
			name:   "the other victims",
			raw:    "Delivered-To: alice@example.org\r\nCc: dave@example.net, \"Erin Early\" <erin@example.org>\r\n\r\nHi Erin Early",
			hidden: []string{"dave@", "erin@", "Erin Early"},
		},
		{
			name: "the only recipient there is, when no server names one",
			change: func(_ *Composer, inc *Incident) {
				inc.Verdict.Hops[0].For, inc.Verdict.Hops[1].For = "", ""
			},
			raw:    "Received: from a by b\r\nReceived: from c by d\r\nTo: frank@house.example\r\n\r\nDear Frank",
			hidden: []string{"frank", "house.example"},
		},
		{
			name:   "a domain that the source lies in",
			raw:    "Received: from a by b\r\nReceived: from c by d\r\nTo: x@example.net\r\n\r\nhost-7.customers.example.net",
			hidden: []string{"x@example"}, shown: []string{"host-7.customers.example.net"},
		},
		{
			name:   "a subaddress",
			raw:    "Delivered-To: alice+shop@example.org\r\n\r\nalice@example.org alice",
			hidden: []string{"alice", "shop"},
		},
		{
			name: "a host of the house",
			change: func(_ *Composer, inc *Incident) {
				inc.Verdict.Hops[0].By.Name, inc.Verdict.Hops[0].From.HELO = "nas.fritz.box", "alices-laptop"
			},
			raw:    "Received: from alices-laptop by nas.fritz.box; x\r\n\r\nx",
			hidden: []string{"fritz.box", "alices-laptop"},
		},
		{
			name:   "what the user lists, also inside words",
			change: func(c *Composer, _ *Incident) { c.Secrets = []string{"Kundennummer-Ä7", "x"} },
			raw:    "Subject: Ihre Kundennummer-\xc47\r\n\r\nkundennummer-ä7xx",
			hidden: []string{"undennummer"}, shown: []string{"xx"},
		},
		{
			name:   "an internationalised domain in both spellings",
			raw:    "Delivered-To: alice@b\u00fccher.example\r\n\r\nmail.xn--bcher-kva.example and b\u00fccher.example",
			hidden: []string{"xn--bcher-kva", "cher"},
		},
		{
			name:   "an archive, which cannot be looked into",
			raw:    "Content-Type: application/zip\r\n\r\nPK",
			hidden: []string{"PK"}, shown: []string{"SHA-256: "},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, inc := testComposer(t), testIncident([]byte(tt.raw))
			if tt.change != nil {
				tt.change(c, &inc)
			}
			checkMessage(t, compose(t, c, inc))
			got := string(c.evidence(inc).raw)
			for _, s := range tt.hidden {
				if strings.Contains(strings.ToLower(got), strings.ToLower(s)) {
					t.Errorf("%q is shown in:\n%s", s, got)
				}
			}
			for _, s := range tt.shown {
				if !strings.Contains(got, s) {
					t.Errorf("%q is hidden in:\n%s", s, got)
				}
			}
		})
	}
}

// TestRedactionOfHostileTextEnds: the cost must follow the size, whatever the
// text is made of.
func TestRedactionOfHostileTextEnds(t *testing.T) {
	if raceEnabled {
		t.Skip("this is about time")
	}
	encoded := strings.Repeat("alic ", 1000)
	for len(encoded) < 100<<10 {
		encoded = b64(encoded)
	}
	crowd := "To: " + strings.Repeat("a@b.example, ", 1000)
	for i := range 1000 {
		crowd += strings.Repeat("z", i%50) + "@victims.example,\r\n "
	}
	for name, raw := range map[string]string{
		"one run of digits":        letterHead + strings.Repeat("A", 250<<10),
		"base64 of base64":         letterHead + encoded,
		"escapes of escapes":       letterHead + strings.Repeat("%252525", 35<<10),
		"open tags":                letterHead + strings.Repeat("<a", 125<<10),
		"open comments":            letterHead + strings.Repeat("<!--", 62<<10) + "-->",
		"open quotes":              letterHead + strings.Repeat("<a='\"><a=\"", 25<<10) + ">",
		"soft breaks that are not": letterHead + strings.Repeat("=         ", 25<<10),
		"ampersands":               letterHead + strings.Repeat("&a", 125<<10),
		"the start of a secret":    letterHead + strings.Repeat("alice@example.or", 15<<10),
		"the secret":               letterHead + strings.Repeat("alice@example.org", 15<<10),
		"separated digits":         letterHead + strings.Repeat("YWxpY2V/", 30<<10),
		"a thousand recipients":    crowd + "x\r\n\r\n" + strings.Repeat("zzzz ", 50<<10),
		"a field of encoded ones":  "X: " + strings.Repeat("=?utf-8?B?YWxpYw==?= ", 3000) + "\r\n" + letterHead,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			evidenceOf(t, testComposer(t), raw)
			// What takes its time squared takes hours, whatever the machine has to do.
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			} else {
				t.Log(took)
			}
		})
	}
}

// FuzzRedact: after redaction nothing is found, and a second one changes nothing.
func FuzzRedact(f *testing.F) {
	f.Add([]byte("Dear alice@example.org"))
	f.Add([]byte("http://x.example/?u=YWxpY2VAZXhhbXBsZS5vcmc=&h=%61lice"))
	f.Add([]byte("al<b>ice\n @exa=\r\nmple.org &#97;lice \xff\x00a\x00l\x00i\x00c\x00e"))
	r := testComposer(f).redactor(testIncident(nil), parseTree([]byte(letterHead)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := r.text(string(b))
		if r.finds([]byte(got)) {
			t.Errorf("%q still tells a secret: %q", b, got)
		}
		if again := r.text(got); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
		if bytes.Contains(bytes.ToLower([]byte(got)), []byte("alice@example.org")) {
			t.Errorf("%q", got)
		}
	})
}

// TestASpammerCannotHideTheEvidence: the recipients that a spammer writes into
// the header must not be able to blot out anything else.
func TestASpammerCannotHideTheEvidence(t *testing.T) {
	trace := "Received: from friend (host-7.customers.example.net [192.0.2.7])\r\n" +
		"\tby mx.example.org with ESMTP id 4XyZ1a2b3c\r\n\tfor <alice@example.org>; Fri, 2 Jan 2026 03:04:05 +0000\r\n"
	for _, to := range []string{
		"192@0.2.7", "192@example.com", "friend@customers.example.net", "host-7@customers.example.net",
		"received@example.com, from@example.com, by@example.com, with@example.com, esmtp@example.com, jan@example.com",
		"\"host-7 customers\" <alice@example.org>", "\"example net\" <alice@example.org>",
		"\"from friend\" <alice@example.org>", "received@example.org", "2026@example.org",
		"customers@example.org", "com@example.org", "x@example.net", "x@customers.example.net",
		strings.Repeat("z@example.com, ", 500) + "friend@example.com",
	} {
		for _, field := range []string{"To: ", "Delivered-To: ", "X-Original-To: "} {
			inc := testIncident([]byte("Delivered-To: alice@example.org\r\n" + trace + trace + field + to + "\r\nFrom: x@bulk.example.com\r\n\r\nx"))
			c := testComposer(t)
			got := string(c.evidence(inc).raw)
			for _, s := range []string{
				"\r\nReceived: from friend (host-7.", ".example.net [192.0.2.7])\r\n\tby ", " with ESMTP id 4XyZ1a2b3c\r\n\tfor <", ">; Fri, 2 Jan 2026 03:04:05 +0000\r\n",
			} {
				if strings.Count(got, s) != 2 {
					t.Errorf("%s%s hides %q in:\n%s", field, to, s, got)
				}
			}
			if strings.Contains(got, "alice") {
				t.Errorf("%s%s shows the recipient:\n%s", field, to, got)
			}
		}
	}
}
