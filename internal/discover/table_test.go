package discover

import (
	"strings"
	"testing"
)

// Every row of the table is whole, and found by what it says.
func TestEveryProviderIsFound(t *testing.T) {
	seen := map[string]string{}
	for _, p := range providers {
		if p.name == "" || p.imap.Host == "" || p.submission.Host == "" || p.imap.Security == "" || p.submission.Security == "" {
			t.Errorf("%+v is not whole", p)
		}
		if len(p.domains) == 0 && p.mx == "" {
			t.Errorf("%s cannot be found", p.name)
		}
		for _, domain := range p.domains {
			if other, taken := seen[domain]; taken || domain != strings.ToLower(domain) {
				t.Errorf("%s is of %s too", domain, other)
			}
			seen[domain] = p.name
			if got, ok := byDomain(domain); !ok || got.imap != p.imap {
				t.Errorf("%s: %+v", domain, got)
			}
		}
		if p.mx == "" {
			continue
		}
		if got, ok := byMX("mx1." + p.mx); !ok || got.imap != p.imap {
			t.Errorf("MX of %s: %+v", p.name, got)
		}
	}
	if got, ok := byMX("notgoogle.com"); ok {
		t.Errorf("%s is not %s", "notgoogle.com", got.name)
	}
}

func FuzzAutoconfig(f *testing.F) {
	f.Add("<clientConfig><emailProvider><incomingServer type='imap'><hostname>a.example</hostname><port>993</port><socketType>SSL</socketType></incomingServer></emailProvider></clientConfig>")
	f.Add("<?xml version='1.0' encoding='koi8-r'?><clientConfig/>")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parse(strings.NewReader(text))
		if err != nil {
			return
		}
		found, ok := file.servers("zoe@example.org", "example.org")
		if !ok {
			return
		}
		for _, s := range []Server{found.IMAP, found.Submission} {
			if s.Host != "" && (!isHost(s.Host) || s.Security == "" || strings.ContainsAny(s.User, "\r\n\x00")) {
				t.Errorf("proposes %+v", s)
			}
		}
	})
}
