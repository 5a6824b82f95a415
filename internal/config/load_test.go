package config

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// write puts a configuration into a folder of its own.
func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads text and returns the messages with the folder cut off.
func load(t *testing.T, text string, mode os.FileMode, environ ...string) (Config, []string) {
	t.Helper()
	path := write(t, text, mode)
	c, err := Load(path, environ)
	return c, messages(t, err, filepath.Dir(path))
}

func messages(t *testing.T, err error, dir string) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var m *Mistake
	if !errors.As(err, &m) {
		t.Errorf("no Mistake in %v", err)
	}
	text := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	return strings.Split(text, "\n")
}

// compare ignores what is not set from outside: where secrets were written.
func compare(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Comparer(func(a, b Secret) bool {
			return a.key() == b.key() && (a.IsZero() || a.given.form == b.given.form && a.given.ref == b.given.ref)
		}))
}

func defaults() Config {
	return Config{
		Database: "sqlite",
		Lookup: Lookup{
			Order:         []string{"rdap", "whois"},
			RDAPBootstrap: "https://data.iana.org/rdap/",
			Timeout:       10 * time.Second,
			TTL:           7 * 24 * time.Hour,
			NegativeTTL:   6 * time.Hour,
		},
		Complaint: Complaint{
			Approve: "review", Format: "text", Redact: true,
			Targets: []string{"source"}, PerContactPerDay: 20, MergeFor: 7 * 24 * time.Hour,
		},
		Replies: Replies{Folder: "INBOX"},
		Relay:   Relay{Timeout: time.Minute, Connections: 1, ConnectionsPerDomain: 2, MXPort: 25, Forwarded: "refuse", OverLimit: "queue", Warmup: Warmup{Days: 30}, Listen: defaultListen()},
		Web:     Web{Address: "127.0.0.1:8025", CheckUpEvery: 24 * time.Hour},
	}
}

func defaultListen() Listen {
	return Listen{
		Address: OneOrMore{"127.0.0.1:2587"}, Trace: "private",
		MaxMegabytes: 35, MaxRecipients: 100, MaxConnections: 200,
	}
}

func TestNothingIsAllDefaults(t *testing.T) {
	home := t.TempDir()
	got, err := Load("", []string{"HOME=" + home})
	if err != nil {
		t.Fatal(err)
	}
	if diff := compare(defaults(), got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKeyOfAFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca.pem", "pw"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/full.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		File:     path,
		Database: "sqlite",
		Identity: Identity{Name: "Zoë Example", Email: "reports@example.org", Organisation: "Example e.V."},
		Accounts: []Account{{
			Name: "home", Server: "imap.example.org:993", TLS: "implicit", User: "zoe",
			CAFile:  filepath.Join(dir, "ca.pem"),
			Secret:  Secret{&givenSecret{form: byCommand, key: "password_command", ref: "pass mail"}},
			Folders: []string{"Junk", "INBOX.Spam"}, After: "move:Reported spam",
			Trust: []string{"mx.example.org", "203.0.113.0/24", "2001:db8::1"},
		}, {
			Name: "localhost", Server: "localhost:143", TLS: "none", User: "test",
			Secret: Secret{&givenSecret{key: "password", ref: "s3cret"}}, Folders: []string{"Junk"}, After: "flag",
		}, {
			Name: "old", Server: "192.0.2.9:1143", TLS: "none", AllowPlaintext: true, User: "test",
			Secret: Secret{&givenSecret{form: inVariable, key: "password_env", ref: "OLD"}}, Folders: []string{"Junk"}, After: "nothing",
		}},
		Lookup: Lookup{
			Order:         []string{"whois", "rdap", "domain", "rdns", "asn", "abusix"},
			RDAPBootstrap: "http://127.0.0.1:8080/", Timeout: 1500 * time.Millisecond,
			TTL: 30 * 24 * time.Hour, NegativeTTL: time.Hour, CAFile: filepath.Join(dir, "ca.pem"),
			Rates: map[string]string{"rdap.arin.net": "2/s", "whois.ripe.net": "10/minute"},
			Overrides: []Override{
				{CIDR: netip.MustParsePrefix("192.0.2.0/24"), Contact: OneOrMore{"abuse@example.net"}},
				{ASN: 64500, Contact: OneOrMore{"abuse@example.net", "noc@example.net"}},
				{ASN: 4294967295, Contact: OneOrMore{"abuse@example.net"}},
				{Domain: "müller.example", Contact: OneOrMore{"abuse@example.com"}},
			},
			WHOISHosts:   map[string]string{"whois.ripe.net": "127.0.0.1:4343", "whois.arin.net": "[::1]:43"},
			AllowPrivate: []string{"127.0.0.1:8080", "rdap.example.org"},
			AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		},
		DNS: DNS{Server: "127.0.0.1:5353", Trusted: true},
		Complaint: Complaint{
			Approve: "auto", Format: "xarf", Redact: false, Secrets: []string{"Zoë", "host7"},
			RedactKey:        Secret{&givenSecret{form: inFile, key: "redact_key_file", ref: filepath.Join(dir, "pw")}},
			PerContactPerDay: 3, MergeFor: 48 * time.Hour, CoolDown: 24 * time.Hour, Lists: true, MaxAge: 36 * time.Hour, Never: []string{"noc@example.net", "example.com"},
			Languages: true, TagReplies: true,
			Targets: []string{"source", "links", "extra"}, RemindAfter: 24 * time.Hour, EscalateAfter: 14 * 24 * time.Hour,
			OwnDomains: []string{"example.org"},
			Extra:      []Extra{{Preset: "spamcop", Code: "AbCd12"}, {To: "reports@collector.example", Format: "arf", Only: "phishing"}},
			Contacts:   []Contact{{Match: "*", Template: "phishing"}, {Match: "@example.net", Format: "arf"}},
		},
		Replies: Replies{Account: "home", Folder: "Abuse answers"},
		Relay: Relay{
			Smarthost: "smtp.example.org:465", TLS: "tls", User: "zoe", HELO: "[192.0.2.1]", Timeout: 90 * time.Second, Rate: "10/minute, 200/month", OverLimit: "refuse", AlertTo: "boss@example.org",
			HELOFrom: map[string]string{"192.0.2.5": "mx5.example.org"}, Connections: 4, ConnectionsPerDomain: 3, MXPort: 2525,
			AllowPrivate: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
			Destinations: []Destination{{Domain: "example.net", TLS: "dane"}, {Domain: "*", TLS: "required"}},
			Warmup:       Warmup{MonthlyGoal: 3000, Start: "2026-11-24", Days: 20, FirstDay: 5},
			Domains:      []RelayDomain{{Name: "example.net", Rate: "5/minute"}, {Name: "example.com", Rate: "500/day"}},
			Secret:       Secret{&givenSecret{form: inFile, key: "password_file", ref: filepath.Join(dir, "pw")}},

			Forwarded: "20/day", Metrics: "127.0.0.1:9125",
			Listen: Listen{
				Address: OneOrMore{"0.0.0.0:587", "[::]:587"}, TLSAddress: OneOrMore{"0.0.0.0:465"},
				TLSCert: filepath.Join(dir, "pw"), TLSKey: filepath.Join(dir, "pw"),
				LoopbackUser: "cron", Trace: "full", MaxMegabytes: 10, MaxRecipients: 50, MaxConnections: 20,
			},
			Users: []RelayUser{
				{Name: "cron", Senders: []string{"root@example.org", "@example.net"}, Rate: "50/day", Source: "192.0.2.25"},
				{Name: "list", Senders: []string{"*"}, Rate: "200/month", Source: "2001:db8::25"},
			},
		},
		Web: Web{
			Address: "192.0.2.7:8443", URL: "https://spam.example.org", TLSCert: filepath.Join(dir, "pw"), TLSKey: filepath.Join(dir, "pw"),
			AllowPlaintext: true, Hash: Secret{&givenSecret{form: inFile, key: "password_hash_file", ref: filepath.Join(dir, "pw")}},
		},
		Retention: Retention{Texts: 30 * 24 * time.Hour, Ledger: 700 * 24 * time.Hour, Replies: 365 * 24 * time.Hour, Relay: 7 * 24 * time.Hour},
	}
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAccountsGetTheirPortAndTheirTLS(t *testing.T) {
	for _, c := range []struct{ server, tls, want, wantTLS string }{
		{"imap.example.org", "", "imap.example.org:993", "implicit"},
		{"imap.example.org", "starttls", "imap.example.org:143", "starttls"},
		{"imap.example.org:143", "", "imap.example.org:143", "starttls"},
		{"imap.example.org:1993", "", "imap.example.org:1993", "implicit"},
		{"imap.example.org:143", "implicit", "imap.example.org:143", "implicit"},
		{"localhost", "", "localhost:993", "implicit"},
		{"127.0.0.1:143", "", "127.0.0.1:143", "starttls"},
		{"127.0.0.1:1143", "", "127.0.0.1:1143", "none"},
		{"[::1]:1143", "implicit", "[::1]:1143", "implicit"},
		{"::1", "none", "[::1]:143", "none"},
	} {
		text := fmt.Sprintf("[[account]]\nuser = \"u\"\npassword_env = \"PW\"\nserver = %q\n", c.server)
		if c.tls != "" {
			text += fmt.Sprintf("tls = %q\n", c.tls)
		}
		got, wrong := load(t, text, 0o600)
		if wrong != nil {
			t.Error(wrong)
		} else if a := got.Accounts[0]; a.Server != c.want || a.TLS != c.wantTLS {
			t.Errorf("%s %q: got %s %s, want %s %s", c.server, c.tls, a.Server, a.TLS, c.want, c.wantTLS)
		}
	}
}

// The relay decides on TLS when it knows where the smarthost is.
func TestTheSmarthostGetsItsPort(t *testing.T) {
	for _, c := range []struct{ server, tls, want string }{
		{"smtp.example.org", "", "smtp.example.org:587"},
		{"smtp.example.org:465", "", "smtp.example.org:465"},
		{"smtp.example.org", "tls", "smtp.example.org:465"},
		{"smtp.example.org", "starttls", "smtp.example.org:587"},
		{"::1", "none", "[::1]:25"},
	} {
		got, wrong := load(t, "", 0o600, "SPAMREPORT_RELAY_SMARTHOST="+c.server, "SPAMREPORT_RELAY_TLS="+c.tls)
		if wrong != nil {
			t.Error(wrong)
		} else if r := got.Relay; r.Smarthost != c.want || r.TLS != c.tls {
			t.Errorf("%s %q: got %s %q, want %s", c.server, c.tls, r.Smarthost, r.TLS, c.want)
		}
	}
}

func TestWhichFileIsRead(t *testing.T) {
	named := write(t, "[identity]\nname = \"named\"\n", 0o644)
	xdg := t.TempDir()
	if err := os.MkdirAll(filepath.Join(xdg, "spamreport"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(xdg, "spamreport", "config.toml"), []byte("[identity]\nname = \"xdg\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		environ    []string
		want       string
	}{
		{"--config before all", named, []string{"SPAMREPORT_CONFIG=/nowhere", "XDG_CONFIG_HOME=" + xdg}, "named"},
		{"the variable before the default", "", []string{"SPAMREPORT_CONFIG=" + named, "XDG_CONFIG_HOME=" + xdg}, "named"},
		{"the default", "", []string{"XDG_CONFIG_HOME=" + xdg}, "xdg"},
	} {
		got, err := Load(c.path, c.environ)
		if err != nil || got.Identity.Name != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.name, got.Identity.Name, err, c.want)
		}
	}
}

func TestPathsFollowTheXDGSpecification(t *testing.T) {
	for _, c := range []struct {
		name          string
		environ       []string
		config, state string
	}{
		{"home alone", []string{"HOME=/h"}, "/h/.config/spamreport/config.toml", "/h/.local/state/spamreport"},
		{
			"both variables",
			[]string{"HOME=/h", "XDG_CONFIG_HOME=/c", "XDG_STATE_HOME=/s"},
			"/c/spamreport/config.toml", "/s/spamreport",
		},
		{
			"relative paths are ignored",
			[]string{"HOME=/h", "XDG_CONFIG_HOME=c", "XDG_STATE_HOME=s"},
			"/h/.config/spamreport/config.toml", "/h/.local/state/spamreport",
		},
	} {
		config, err1 := DefaultPath(c.environ)
		state, err2 := StateDir(c.environ)
		if err := errors.Join(err1, err2); err != nil || config != c.config || state != c.state {
			t.Errorf("%s: got %s, %s, %v", c.name, config, state, err)
		}
	}
}
