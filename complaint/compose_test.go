package complaint

import (
	"bytes"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"spamreport/headers"
	"spamreport/lookup"
	"spamreport/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// at is when everything in the tests happened.
func at() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// testIncident is an incident as the stages before this one hand it over.
func testIncident(raw []byte) Incident {
	return Incident{
		Digest:  "test",
		Message: Message{Raw: raw, Size: int64(len(raw))},
		Verdict: headers.Verdict{
			Source: &headers.Source{
				IP: netip.MustParseAddr("192.0.2.7"), Hop: 1, Confidence: headers.High,
				Reason: "mx.example.org, the recipient's own server, wrote that it took the message from 192.0.2.7.",
			},
			Hops: []headers.Hop{
				{N: 0, By: headers.By{Name: "imap.example.org"}, For: "alice@example.org", Trust: headers.Internal},
				{
					N: 1, By: headers.By{Name: "mx.example.org"}, ID: "4XyZ1a2b3c", For: "alice@example.org", Trust: headers.TrustEdge,
					From: headers.From{HELO: "friend", RDNS: "host-7.customers.example.net", IP: netip.MustParseAddr("192.0.2.7")},
					With: "ESMTP", Time: at(),
				},
			},
		},
		Lookup: lookup.Result{
			Network: lookup.Network{
				Handle: "NET-192-0-2-0-1", Name: "EXAMPLE-NET", Country: "NL", ASN: 64496,
				CIDR: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			},
			Contacts: desk(),
		},
		Received: at(),
	}
}

func desk() []lookup.Contact {
	return []lookup.Contact{{Email: "abuse@example.net", Role: "abuse", Via: "rdap", Confidence: lookup.High}}
}

func testComposer(t testing.TB) *Composer {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return &Composer{
		Identity:  Identity{Name: "Rosa Ünsal", Email: "reports@reporter.example", Organisation: "Example Society"},
		Templates: set,
		Redact:    true,
		RedactKey: []byte("a key for tests"),
		Now:       func() time.Time { return at().Add(time.Hour) },
	}
}

func readSpam(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "spam", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func compose(t testing.TB, c *Composer, inc Incident) Complaint {
	t.Helper()
	got, err := c.Compose(inc, desk())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// golden compares with a file of testdata/golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test with -update)", err)
	}
	if d := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), string(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")))); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// TestComposeGolden writes every letter in every format. To see what a change
// does to the complaints: go test ./complaint -update && git diff
func TestComposeGolden(t *testing.T) {
	c := testComposer(t)
	for _, letter := range c.Templates.Names() {
		for format := range writers() {
			t.Run(letter+"/"+format, func(t *testing.T) {
				own := *c
				own.Template, own.Format = letter, format
				got := compose(t, &own, testIncident(readSpam(t, "lottery.eml")))
				checkMessage(t, got)
				golden(t, letter+"."+format+".eml", got.Raw)
			})
		}
	}
}

func TestTheSameIncidentGivesTheSameOctets(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	a, b := compose(t, testComposer(t), inc), compose(t, testComposer(t), inc)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
	if a.Incident != inc.ID() || len(a.Incident) != len("SR-7K3F-9Q2M") {
		t.Errorf("incident id %q", a.Incident)
	}
	inc.Digest = "another"
	if c := compose(t, testComposer(t), inc); c.MessageID == a.MessageID || c.Incident == a.Incident {
		t.Error("another incident has the same name")
	}
}

func TestTheLetterFitsTheIncident(t *testing.T) {
	for want, change := range map[string]func(*Incident){
		"source-network": func(inc *Incident) {
			inc.Verdict.Hops[1].From.Auth = "alice" // a login at the recipient's own server
		},
		"sending-provider": func(inc *Incident) { inc.Verdict.Source.Provider = "Example Mail" },
		"compromised-account": func(inc *Incident) {
			inc.Verdict.Hops = append(inc.Verdict.Hops, headers.Hop{
				N: 2, By: headers.By{Name: "host-7.customers.example.net"}, From: headers.From{Auth: "office"}, Trust: headers.Untrusted,
			})
		},
	} {
		inc := testIncident(nil)
		change(&inc)
		if got := LetterFor(inc); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOnlyNamesAreCalledLogins(t *testing.T) {
	for login, want := range map[string]string{
		"office": "The header names the login office.", "ESMTPSA": "The header says that the sender had logged in.",
		"CRAM-MD5": "The header says that the sender had logged in.", "OFFICE@EXAMPLE.NET": "The header names the login OFFICE@EXAMPLE.NET.",
	} {
		inc := testIncident(nil)
		inc.Verdict.Hops = append(inc.Verdict.Hops, headers.Hop{By: headers.By{Name: "friend"}, From: headers.From{Auth: login}})
		if got := compose(t, testComposer(t), inc); !strings.Contains(got.Text, want) {
			t.Errorf("%s:\n%s", login, got.Text)
		}
	}
}

func TestADeskIsGreetedInItsLanguage(t *testing.T) {
	c := testComposer(t)
	c.Languages = true
	inc := testIncident(readSpam(t, "lottery.eml"))
	for country, want := range map[string]string{"JP": "貴社のネットワーク", "ru": "С адреса 192.0.2.7", "NL": "Spam came from"} {
		inc.Lookup.Network.Country = country
		got := compose(t, c, inc)
		checkMessage(t, got)
		if !strings.HasPrefix(got.Text, want) || !strings.Contains(got.Text, "Spam came from 192.0.2.7") {
			t.Errorf("%s: %.200s", country, got.Text)
		}
	}
	// The network above is told of another's address, and must not read "your network".
	c.Template, inc.Lookup.Network.Country = "escalation", "JP"
	if got := compose(t, c, inc); !strings.HasPrefix(got.Text, "We turn to you") {
		t.Errorf("%.200s", got.Text)
	}
}
