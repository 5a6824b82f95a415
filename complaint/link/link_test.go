package link

import "testing"

func TestAddressesAreReadAsBrowsersReadThem(t *testing.T) {
	for name, tt := range map[string]struct{ raw, host, domain string }{
		"an ordinary one":                          {"https://www.evil.example/pay", "www.evil.example", "evil.example"},
		"two labels below a suffix":                {"http://a.b.shop.co.uk/", "a.b.shop.co.uk", "shop.co.uk"},
		"a name under a service":                   {"https://paypal.netlify.app/x", "paypal.netlify.app", "paypal.netlify.app"},
		"a user name that looks like a host":       {"http://paypal.com@evil.example/", "evil.example", "evil.example"},
		"a user name with a slash in disguise":     {"https://paypal.com%2Flogin@evil.example/", "evil.example", "evil.example"},
		"several at signs":                         {"http://a@b@evil.example/", "evil.example", "evil.example"},
		"backslashes":                              {`http:\\evil.example\x`, "evil.example", "evil.example"},
		"one slash":                                {"http:/evil.example/x", "evil.example", "evil.example"},
		"no slash":                                 {"https:evil.example/x", "evil.example", "evil.example"},
		"a scheme in capitals":                     {"HTTPS://EVIL.Example/", "evil.example", "evil.example"},
		"line breaks and tabs inside":              {"ht\ntp://ev\til.exa\r\nmple/", "evil.example", "evil.example"},
		"a port":                                   {"http://evil.example:8080/", "evil.example", "evil.example"},
		"a dot at the end of the host":             {"http://evil.example./", "evil.example", "evil.example"},
		"a percent-encoded host":                   {"http://%65vil.exampl%65/", "evil.example", "evil.example"},
		"a percent-encoded dot in the host":        {"http://evil%2Eexample/", "evil.example", "evil.example"},
		"fullwidth letters":                        {"http://ｅｖｉｌ．ｅｘａｍｐｌｅ/", "evil.example", "evil.example"},
		"an ideographic full stop":                 {"http://evil。example/", "evil.example", "evil.example"},
		"a Cyrillic letter":                        {"http://pаypal.com/", "xn--pypal-4ve.com", "xn--pypal-4ve.com"},
		"an umlaut":                                {"http://bücher.example/", "xn--bcher-kva.example", "xn--bcher-kva.example"},
		"a soft hyphen in the host":                {"http://ev\u00adil.example/", "evil.example", "evil.example"},
		"punycode as it is":                        {"http://xn--bcher-kva.example/", "xn--bcher-kva.example", "xn--bcher-kva.example"},
		"an IPv4 address":                          {"http://192.0.2.7/x", "192.0.2.7", ""},
		"an IPv4 address as one number":            {"http://3221225991/x", "192.0.2.7", ""},
		"an IPv4 address in hexadecimal":           {"http://0xC0000207/", "192.0.2.7", ""},
		"an IPv4 address in octal":                 {"http://0300.0.02.07/", "192.0.2.7", ""},
		"an IPv4 address of two parts":             {"http://192.519/", "192.0.2.7", ""},
		"an IPv4 address behind a user name":       {"http://google.com@0xC0.0.2.7/", "192.0.2.7", ""},
		"an IPv6 address":                          {"http://[2001:db8::1]:8080/", "2001:db8::1", ""},
		"an IPv4 address in an IPv6 one":           {"http://[::ffff:192.0.2.7]/", "192.0.2.7", ""},
		"defanged":                                 {"hxxps://evil[.]example/x", "evil.example", "evil.example"},
		"defanged more carefully":                  {"hXXp[:]//evil(.)example/", "evil.example", "evil.example"},
		"a percent sign that encodes nothing":      {"http://evil.example/100%/x", "evil.example", "evil.example"},
		"blanks around it":                         {"  http://evil.example/ ", "evil.example", "evil.example"},
		"a suffix itself, which is somebody's too": {"http://github.io/", "github.io", ""},
	} {
		t.Run(name, func(t *testing.T) {
			l, ok := Parse(tt.raw)
			if !ok || l.Host != tt.host || l.Domain != tt.domain {
				t.Errorf("%q: got %q, %q, %v; want %q, %q", tt.raw, l.Host, l.Domain, ok, tt.host, tt.domain)
			}
			if (l.Domain == "" && tt.host != "github.io") != l.Addr.IsValid() {
				t.Errorf("%q: address %v", tt.raw, l.Addr)
			}
		})
	}
}

func TestWhatLeadsToNoHostIsNoLink(t *testing.T) {
	for _, raw := range []string{
		"", "#", "mailto:a@example.org", "tel:+1", "javascript:alert(1)", "data:text/html,x", "cid:1@x", "ftp://evil.example/",
		"/relative", "relative", "http://", "http:///", "http://localhost/", "http://nas/", "http://a b/", "http://[::1", "http://1.2.3.4.5/",
		"http://exa<mple.com/", "file:///etc/passwd",
	} {
		if l, ok := Parse(raw); ok {
			t.Errorf("%q: %+v", raw, l)
		}
	}
}
