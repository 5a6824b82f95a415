package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spamreport/internal/config"
	"spamreport/internal/demo"
	"spamreport/lookup"
)

func TestTheConfigurationReachesTheLookup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	text := `
[lookup]
order = ["whois", "abusix"]
rdap_bootstrap = "https://rdap.example/"
timeout = "3s"
ttl = "1d"
negative_ttl = "1h"
allow_private = ["rdap.example"]
allow_special = ["192.0.2.0/24"]
whois_hosts = { "whois.ripe.net" = "127.0.0.1:4343" }
rates = { "RDAP.arin.net" = "30/minute", "whois.ripe.net" = "1/s" }
[[lookup.override]]
cidr = "192.0.2.0/24"
contact = "abuse@example.net"
[[lookup.override]]
asn = 64500
contact = ["a@example.net", "b@example.net"]
[[lookup.override]]
domain = "example.org"
contact = "abuse@example.net"
[dns]
server = "192.0.2.53:53"
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := lookupOptions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := lookup.Options{
		Order: []string{"whois", "abusix"}, RDAPBootstrap: "https://rdap.example/", DNSServer: "192.0.2.53:53",
		Timeout: 3 * time.Second, TTL: 24 * time.Hour, NegativeTTL: time.Hour,
		AllowHosts: []string{"rdap.example"}, AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		WHOISHosts: map[string]string{"whois.ripe.net": "127.0.0.1:4343"},
		Rates:      map[string]float64{"rdap.arin.net": 0.5, "whois.ripe.net": 1},
		Overrides: []lookup.Override{
			{Prefix: netip.MustParsePrefix("192.0.2.0/24"), Contact: []string{"abuse@example.net"}},
			{ASN: 64500, Contact: []string{"a@example.net", "b@example.net"}},
			{Domain: "example.org", Contact: []string{"abuse@example.net"}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
}

// A mirror's authority comes on top of the public ones; that of one mail
// server stands alone.
func TestTheAuthorityOfAMirrorIsTrustedAsWell(t *testing.T) {
	dir := t.TempDir()
	world, err := demo.Start(t.Context(), dir) // writes its certificate
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	caFile := filepath.Join(dir, "ca.pem")
	mirror, err := registryTLS(caFile)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := tlsConfig(caFile)
	if err != nil {
		t.Fatal(err)
	}
	if mirror.RootCAs.Equal(alone.RootCAs) {
		t.Error("the public authorities are gone")
	}
	if none, err := registryTLS(""); none != nil || err != nil {
		t.Errorf("without a file: %v, %v; want the defaults", none, err)
	}
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registryTLS(empty); err == nil {
		t.Error("a file without a certificate is taken")
	}
}
