package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestEnvironmentWinsOverTheFile(t *testing.T) {
	file := account + "name = \"home\"\n[relay]\nsmarthost = \"file.example\"\nuser = \"u\"\npassword_command = \"pass mail\"\n"
	got, wrong := load(t, file, 0o600,
		"SPAMREPORT_IDENTITY_EMAIL=reports@example.org",
		"SPAMREPORT_ACCOUNT_1_FOLDERS=Junk, Spam/2026",
		"SPAMREPORT_LOOKUP_TIMEOUT=1s",
		"SPAMREPORT_LOOKUP_WHOIS_HOSTS=whois.ripe.net=127.0.0.1:43, whois.arin.net=127.0.0.1:44",
		"SPAMREPORT_LOOKUP_ALLOW_SPECIAL=192.0.2.0/24",
		"SPAMREPORT_COMPLAINT_REDACT=false",
		"SPAMREPORT_COMPLAINT_PER_CONTACT_PER_DAY=7",
		"SPAMREPORT_COMPLAINT_APPROVE=",
		"SPAMREPORT_RELAY_TIMEOUT=",
		"SPAMREPORT_RELAY_PASSWORD_FILE=",
		"SPAMREPORT_ACCOUNT_2_SERVER=",
		"SPAMREPORT_RELAY_SMARTHOST=env.example:465",
		"SPAMREPORT_RELAY_PASSWORD=s3cret",
	)
	if wrong != nil {
		t.Fatal(wrong)
	}
	want := defaults()
	want.File = got.File
	want.Identity.Email = "reports@example.org"
	want.Accounts = []Account{{
		Name: "home", Server: "imap.example.org:993", TLS: "implicit", User: "zoe", After: "flag",
		Folders: []string{"Junk", "Spam/2026"}, Secret: Secret{&givenSecret{form: inVariable, key: "password_env", ref: "PW"}},
	}}
	want.Lookup.Timeout = time.Second
	want.Lookup.WHOISHosts = map[string]string{"whois.ripe.net": "127.0.0.1:43", "whois.arin.net": "127.0.0.1:44"}
	want.Lookup.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	want.Complaint.Redact = false
	want.Complaint.PerContactPerDay = 7
	want.Web.Address = "127.0.0.1:8025"
	want.Relay.Smarthost, want.Relay.TLS, want.Relay.User = "env.example:465", "", "u"
	want.Relay.Secret = Secret{&givenSecret{key: "password", ref: "s3cret"}}
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentAddsAccounts(t *testing.T) {
	got, wrong := load(t, account, 0o600,
		"SPAMREPORT_ACCOUNT_2_SERVER=127.0.0.1:1143",
		"SPAMREPORT_ACCOUNT_2_TLS=none",
		"SPAMREPORT_ACCOUNT_2_USER=test",
		"SPAMREPORT_ACCOUNT_2_PASSWORD=s3cret",
	)
	if wrong != nil {
		t.Fatal(wrong)
	}
	want := Account{
		Name: "127.0.0.1", Server: "127.0.0.1:1143", TLS: "none", User: "test",
		Secret: Password("s3cret"), Folders: []string{"Junk"}, After: "flag",
	}
	if len(got.Accounts) != 2 {
		t.Fatalf("%d accounts", len(got.Accounts))
	}
	if diff := compare(want, got.Accounts[1]); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentChangesAndAddsOverrides(t *testing.T) {
	got, wrong := load(t, "[[lookup.override]]\ncidr = \"192.0.2.0/24\"\ncontact = \"a@example.net\"\n", 0o600,
		"SPAMREPORT_LOOKUP_OVERRIDE_1_CONTACT=b@example.net, c@example.net",
		"SPAMREPORT_LOOKUP_OVERRIDE_2_ASN=as64500",
		"SPAMREPORT_LOOKUP_OVERRIDE_2_CONTACT=d@example.net",
		"SPAMREPORT_LOOKUP_RATES=rdap.arin.net=2/s, whois.ripe.net=10/minute",
	)
	if wrong != nil {
		t.Fatal(wrong)
	}
	want := defaults().Lookup
	want.Overrides = []Override{
		{CIDR: netip.MustParsePrefix("192.0.2.0/24"), Contact: OneOrMore{"b@example.net", "c@example.net"}},
		{ASN: 64500, Contact: OneOrMore{"d@example.net"}},
	}
	want.Rates = map[string]string{"rdap.arin.net": "2/s", "whois.ripe.net": "10/minute"}
	if diff := compare(want, got.Lookup); diff != "" {
		t.Error(diff)
	}
}

func TestVariablesThatAreNoKeys(t *testing.T) {
	_, wrong := load(t, "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword_env = \"SPAMREPORT_SECRET\"\n", 0o600,
		"SPAMREPORT_CONFIG=/ignored", "SPAMREPORT_REQUIRE_SERVERS=1", "SPAMREPORT_SHARED=/x",
		"SPAMREPORT_TEST_DATABASE=x", "SPAMREPORT_SECRET=hunter2", "SPAMREPORTED=x", "PATH=/bin", "odd")
	if wrong != nil {
		t.Error(wrong)
	}
}

// A path in a variable is meant from where the person stands, one in the file
// from where the file lies, and ~/ from home in both.
func TestPathsAreResolved(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pw"), []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, c := range []struct{ name, file, variable string }{
		{"home", "password_file = \"~/pw\"\n", ""},
		{"home in a variable", "", "SPAMREPORT_RELAY_PASSWORD_FILE=~/pw"},
		{"relative in a variable", "", "SPAMREPORT_RELAY_PASSWORD_FILE=pw"},
	} {
		file := "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\n" + c.file
		got, wrong := load(t, file, 0o600, "HOME="+dir, c.variable)
		if wrong != nil {
			t.Errorf("%s: %v", c.name, wrong)
			continue
		}
		if pw, err := got.Relay.Secret.Get(t.Context()); pw != "s3cret" || err != nil {
			t.Errorf("%s: got %q, %v", c.name, pw, err)
		}
	}
}
