package headers

import "testing"

func TestTrustRulesAreRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"203.0.113.0/24", "203.0.113.0/24"},
		{"203.0.113.9/24", "203.0.113.0/24"},
		{"203.0.113.9", "203.0.113.9/32"},
		{"[203.0.113.9]", "203.0.113.9/32"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"IPv6:2001:db8::1", "2001:db8::1/128"},
		{"::ffff:203.0.113.9", "203.0.113.9/32"},
		{" MX.Example.ORG. ", "mx.example.org"},
		{".example.org", "example.org"},
		{"*.example.org", "example.org"},
		{"localhost", "localhost"},
	} {
		r, err := ParseTrust(c.text)
		if err != nil || r.String() != c.want {
			t.Errorf("%q: %v, %v", c.text, r, err)
		}
	}
	for _, text := range []string{"", " ", "203.0.113.0/99", "1.2.3", "a b", "a..b", "http://example.org/", "-x\n"} {
		if r, err := ParseTrust(text); err == nil {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}

func TestADomainCoversItsSubdomainsAndNothingElse(t *testing.T) {
	r, _ := ParseTrust("example.org")
	for name, want := range map[string]bool{
		"example.org": true, "mx.example.org": true, "MX.EXAMPLE.ORG": true,
		"badexample.org": false, "example.org.evil.example": false, "org": false, "": false,
	} {
		if r.coversName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"192.0.2.7": true, "8.8.8.8": true, "2001:db8::1": true, "2a01:111:f400::1": true,
		"10.1.2.3": false, "127.0.0.1": false, "169.254.1.1": false, "100.64.1.1": false, "172.20.1.1": false,
		"0.1.2.3": false, "255.255.255.255": false, "224.0.0.1": false, "::1": false, "fe80::1": false, "fd00::1": false,
		"2002:a05::1": false, "198.18.0.1": false,
	} {
		ip, ok := parseIP(text)
		if !ok || public(ip) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

func TestNamesOfCustomersLines(t *testing.T) {
	for name, want := range map[string]bool{
		"dsl-7.example.org": true, "7-2-0-192.example.org": true, "host192.0.2.7.example.org": true,
		"c-192-0-2-7.hsd1.example.net": true, "mx2.example.org": false, "relay-7.example.org": false,
	} {
		ip, _ := parseIP("192.0.2.7")
		if dynamicName(name, ip) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*.example.org", "a.example.org", true},
		{"*.example.org", "example.org", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "abc", true},
		{"a*b*c", "acb", false},
		{"mail-*.google.com", "MAIL-yw1-f1.google.com", true},
		{"*", "", true},
		{"x*", "x", true},
		{"", "", true},
		{"a*a", "a", false},
	} {
		if glob(c.pattern, c.name) != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.name, !c.want)
		}
	}
}
