package config

import (
	"strings"
	"testing"
)

// account is the least that an account needs; the tests add to it.
const account = "[[account]]\nserver = \"imap.example.org\"\nuser = \"zoe\"\npassword_env = \"PW\"\n"

func TestEveryMistakeHasItsMessage(t *testing.T) {
	cases := []struct {
		name string
		file string
		env  []string
	}{
		// Syntax.
		{"text without quotes does not leak", "[relay]\npassword = hunter2\n", nil},
		{"a number without quotes does not leak", "[relay]\npassword = 123__456\n", nil},
		{"text in a list without quotes", "[lookup]\norder = [rdap]\n", nil},
		{"the end is missing", "[lookup]\norder = [\"rdap\",\n", nil},
		{"a bracket is missing", "[relay\nuser = \"zoe\"\n", nil},
		{"a quote is missing", "\n[identity]\nname = \"Zoe\n", nil},
		{"a key twice", "[dns]\nserver = \"\"\nserver = \"\"\n", nil},
		{"a table twice", "[dns]\n[relay]\n[dns]\n", nil},
		{"not UTF-8", "# \xff\n", nil},

		// Unknown keys.
		{"two letters swapped", "[lookup]\ntimeuot = \"10s\"\n", nil},
		{"British and American", "[identity]\norganization = \"X\"\n", nil},
		{"capital letters", "[identity]\nName = \"X\"\n", nil},
		{"the right key in no table", "timeout = \"10s\"\n", nil},
		{"the right key in the wrong table", "[identity]\nsmarthost = \"x.example\"\n", nil},
		{"nothing like it", "colour = \"red\"\n", nil},
		{"a table that does not exist", "[acount]\nserver = \"x\"\n", nil},
		{"File is no key", "File = \"x\"\n", nil},

		// Answers.
		{"answers to an account that is not there", account + "name = \"home\"\n[replies]\naccount = \"hmoe\"\n", nil},
		{"answers without any account", "[replies]\naccount = \"home\"\n", nil},

		// Targets.
		{"a target that is not known", "[complaint]\ntargets = [\"source\", \"hosts\"]\n", nil},
		{"no target at all", "[complaint]\ntargets = []\n", nil},
		{"copies for nobody", "[complaint]\ntargets = [\"extra\"]\n", nil},
		{"somebody who would get no copy", "[[complaint.extra]]\npreset = \"apwg\"\n", nil},
		{"a copy without an address", "[complaint]\ntargets = [\"extra\"]\n[[complaint.extra]]\nformat = \"arf\"\n", nil},
		{"a copy with two addresses", "[complaint]\ntargets = [\"extra\"]\n[[complaint.extra]]\npreset = \"apwg\"\nto = \"a@example.net\"\n", nil},
		{"a preset that is not known", "[complaint]\ntargets = [\"extra\"]\n[[complaint.extra]]\npreset = \"spamkop\"\n", nil},
		{"a preset that lacks the code", "[complaint]\ntargets = [\"extra\"]\n[[complaint.extra]]\npreset = \"spamcop\"\n", nil},
		{"a code for an address of one's own", "[complaint]\ntargets = [\"extra\"]\n[[complaint.extra]]\nto = \"a@example.net\"\ncode = \"x\"\n", nil},
		{"a reminder that could never be sent", "[complaint]\nremind_after = \"8d\"\n", nil},

		// Keys of later versions.
		{"OAuth2 at a provider that is not known", account + "oauth2 = { provider = \"gmail\" }\n", nil},
		{"OAuth2 and a password", account + "oauth2 = { provider = \"google\", client_id = \"x\" }\n", nil},
		{"OAuth2 without a client", "[[account]]\nserver = \"x.example\"\nuser = \"u\"\noauth2.provider = \"google\"\n", nil},
		{"OAuth2 nowhere", "[[account]]\nserver = \"x.example\"\nuser = \"u\"\noauth2.client_id = \"x\"\n", nil},
		{"OAuth2 of nobody", "[relay]\nsmarthost = \"x.example\"\noauth2 = {provider = \"google\", client_id = \"x\"}\n", nil},
		{"a number for a client secret", "[[account]]\nserver = \"x.example\"\nuser = \"u\"\noauth2.client_secret = hunter2\n", nil},
		{"plaintext of the relay", "[relay]\nallow_plaintext = true\n", nil},
		{"a database server without a database", "database = \"postgres://u:hunter2@db/\"\n", nil},
		{"a URL that is none", "database = \"postgres://u:hunter2@[db/x\"\n", nil},
		{"two passwords of the database", "database = \"postgres://u:hunter2@db/x\"\ndatabase_password = \"hunter2\"\n", nil},
		{"a password for a file", "database_password = \"hunter2\"\n", nil},

		// The page.
		{"a page for everybody without TLS", "[web]\naddress = \"0.0.0.0:8025\"\n", nil},
		{"a check-up every minute", "[web]\ncheck_up_every = \"1m\"\n", nil},
		{"a certificate without a key", "[web]\ntls_cert = \"missing.pem\"\n", nil},

		// Types.
		{"a number for text", "[identity]\nname = 7\n", nil},
		{"text for a number", "[complaint]\nper_contact_per_day = \"20\"\n", nil},
		{"text for true", "[complaint]\nredact = \"yes\"\n", nil},
		{"text for a list", account + "folders = \"Junk\"\n", nil},
		{"a number in a list", account + "folders = [\"Junk\",\n  7]\n", nil},
		{"a number for a duration", "[lookup]\ntimeout = 10\n", nil},
		{"text for a table", "relay = \"smtp.example.org\"\n", nil},
		{"[account] for [[account]]", "[account]\nserver = \"x\"\n", nil},
		{"a list for text", "database = [\"sqlite\"]\n", nil},
		{"a number for a password", "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword = 12345\n", nil},
		{"a name with dots without quotes", "[lookup.whois_hosts]\nwhois.ripe.net = \"127.0.0.1:43\"\n", nil},
		{"a number in whois_hosts", "[lookup.whois_hosts]\n\"whois.ripe.net\" = 43\n", nil},

		// Values.
		{"an unknown database", "database = \"mysql\"\n", nil},
		{"no e-mail address", "[identity]\nemail = \"Zoe\"\n", nil},
		{"an e-mail address with a name", "[identity]\nemail = \"Zoe <zoe@example.org>\"\n", nil},
		{"a line break for the header", "[identity]\nname = \"Zoe\\nBcc: all@example.org\"\n", nil},
		{"no duration", "[lookup]\ntimeout = \"10 seconds\"\n", nil},
		{"a duration below zero", "[complaint]\nmax_age = \"-30d\"\n[relay]\ntimeout = \"-1s\"\n", nil},
		{"a limit of nothing", "[complaint]\nper_contact_per_day = 0\n", nil},
		{"a source that is not there", "[lookup]\norder = [\"rdap\", \"dns\"]\n", nil},
		{"no source at all", "[lookup]\norder = []\n", nil},
		{"no URL", "[lookup]\nrdap_bootstrap = \"data.iana.org\"\n", nil},
		{"DNS without a port", "[dns]\nserver = \"192.0.2.53\"\n", nil},
		{"a WHOIS host without a port", "[lookup.whois_hosts]\n\"whois.ripe.net\" = \"127.0.0.1\"\n", nil},
		{"an address for AllowSpecial", "[lookup]\nallow_special = [\"192.0.2.1\"]\n", nil},
		{"a network for a server", "[lookup]\nallow_private = [\"10.0.0.0/8\"]\n", nil},
		{"an unknown format", "[complaint]\nformat = \"pdf\"\n", nil},
		{"an unknown approval", "[complaint]\napprove = \"yes\"\n", nil},
		{"nobody to spare", "[complaint]\nnever = [\"a b\"]\n", nil},
		{"forwarders that are none", account + "unpack = [\"example.org\", \"@\", \"a b\"]\n", nil},
		{"an odd EHLO name", "[relay]\nhelo = \"my host\"\n", nil},

		// Desks.
		{"an override for nothing", "[lookup]\n\n[[lookup.override]]\ncontact = \"abuse@example.net\"\n", nil},
		{"an override for two things", "[[lookup.override]]\ncidr = \"192.0.2.0/24\"\nasn = 64500\ncontact = \"abuse@example.net\"\n", nil},
		{"two overrides for one thing", "[[lookup.override]]\nasn = 64500\ncontact = \"a@example.net\"\n[[lookup.override]]\nasn = \"AS64500\"\ncontact = \"b@example.net\"\n", nil},
		{"an override without a contact", "[[lookup.override]]\nasn = 64500\n", nil},
		{"an override with an empty contact", "[[lookup.override]]\nasn = 64500\ncontact = \"\"\n", nil},
		{"an override with a list of no contacts", "[[lookup.override]]\nasn = 64500\ncontact = []\n", nil},
		{"an override with an empty contact in a list", "[[lookup.override]]\nasn = 64500\ncontact = [\n\"a@example.net\",\n\"\"]\n", nil},
		{"a contact that is no address", "[[lookup.override]]\nasn = 64500\ncontact = \"abuse desk\"\n", nil},
		{"a contact that is two addresses", "[[lookup.override]]\nasn = 64500\ncontact = \"a@example.net, b@example.net\"\n", nil},
		{"a contact among others that is no address", "[[lookup.override]]\nasn = 64500\ncontact = [\n\"a@example.net\",\n\"b\"]\n", nil},
		{"a contact that is never mailed", "[[lookup.override]]\nasn = 64500\ncontact = \"abuse@ripe.net\"\n", nil},
		{"a number for a contact", "[[lookup.override]]\nasn = 64500\ncontact = 7\n", nil},
		{"an override with host bits", "[[lookup.override]]\ncidr = \"192.0.2.7/24\"\ncontact = \"abuse@example.net\"\n", nil},
		{"an override for no AS", "[[lookup.override]]\nasn = \"ASx\"\ncontact = \"abuse@example.net\"\n", nil},
		{"an override for AS 0", "[[lookup.override]]\nasn = 0\ncontact = \"abuse@example.net\"\n", nil},
		{"an override for an AS beyond 32 bits", "[[lookup.override]]\nasn = 4294967296\ncontact = \"abuse@example.net\"\n", nil},
		{"a list of AS numbers", "[[lookup.override]]\nasn = [64500, 64501]\ncontact = \"abuse@example.net\"\n", nil},
		{"an override for no domain", "[[lookup.override]]\ndomain = \"https://example.org/\"\ncontact = \"abuse@example.net\"\n", nil},
		{"an address for a domain", "[[lookup.override]]\ndomain = \"192.0.2.7\"\ncontact = \"abuse@example.net\"\n", nil},
		{"a slip in an override", "[[lookup.override]]\ncdir = \"192.0.2.0/24\"\ncontact = \"abuse@example.net\"\n", nil},
		{"[lookup.override] for [[lookup.override]]", "[lookup.override]\nasn = 64500\n", nil},
		{"no quota", "[relay]\nrate = \"50/fortnight\"\n", nil},
		{"two quotas for a day", "[relay]\nrate = \"50/day, 60/d\"\n", nil},
		{"a warm-up without its first day", "[relay.warmup]\nmonthly_goal = 3000\n", nil},
		{"a first day that is none", "[relay.warmup]\nmonthly_goal = 3000\nstart = \"tomorrow\"\n", nil},
		{"a first day that is a number", "[relay.warmup]\nmonthly_goal = 3000\nstart = 24\n", nil},
		{"a domain without anything", "[[relay.domain]]\n", nil},
		{"a domain twice", "[[relay.domain]]\nname = \"a.example\"\nrate = \"1/day\"\n[[relay.domain]]\nname = \"A.example\"\nrate = \"2/day\"\n", nil},
		{"an alert to nobody", "[relay]\nalert_to = \"boss\"\n", nil},
		{"what is over the limit", "[relay]\nover_limit = \"drop\"\n", nil},
		{"no rate", "[lookup.rates]\n\"rdap.arin.net\" = \"fast\"\n\"whois.ripe.net\" = \"0/s\"\n", nil},
		{"a number for a rate", "[lookup.rates]\n\"rdap.arin.net\" = 2\n", nil},
		{"a rate of a server without quotes", "[lookup.rates]\nrdap.arin.net = \"2/s\"\n", nil},
		{"an answer is good for nothing", "[lookup]\nttl = \"0s\"\nnegative_ttl = \"-6h\"\n", nil},
		{"a certificate of a mirror that is not there", "[lookup]\nca_file = \"ca.pem\"\n", nil},

		// Keys that sign.
		{"a key that says nothing", "[[relay.dkim]]\n", nil},
		{"a key file that is not there", "[[relay.dkim]]\ndomain = \"example.org\"\nselector = \"mail\"\nkey_file = \"no.pem\"\n", nil},
		{"a selector that is none", "[[relay.dkim]]\ndomain = \"example.org\"\nselector = \"a;b\"\nkey_file = \"no.pem\"\n", nil},
		{"an address for the domain that signs", "[[relay.dkim]]\ndomain = \"zoe@example.org\"\nselector = \"mail\"\nkey_file = \"no.pem\"\n", nil},
		{"two keys at one place", "[[relay.dkim]]\ndomain = \"example.org\"\nselector = \"mail\"\n[[relay.dkim]]\ndomain = \"Example.org\"\nselector = \"Mail\"\n", nil},

		// Contacts.
		{"a contact of nobody", "[complaint]\n\n[[complaint.contact]]\nformat = \"arf\"\n", nil},
		{"a contact that says nothing", "[[complaint.contact]]\nmatch = \"*\"\n", nil},
		{"a contact that is nothing of the kind", "[[complaint.contact]]\nmatch = \"192.0.2.0/24\"\nformat = \"arf\"\n", nil},
		{"two contacts for one domain", "[[complaint.contact]]\nmatch = \"example.net\"\nformat = \"arf\"\n[[complaint.contact]]\nmatch = \"@Example.net\"\ntemplate = \"phishing\"\n", nil},
		{"a contact with an unknown format", "[[complaint.contact]]\nmatch = \"*\"\nformat = \"html\"\n", nil},
		{"a contact with a key of an override", "[[complaint.contact]]\ndomain = \"example.net\"\nformat = \"arf\"\n", nil},
		{"a contact by variables", "", []string{"SPAMREPORT_COMPLAINT_CONTACT_1_MATCH=a b", "SPAMREPORT_COMPLAINT_CONTACT_1_FORMAT=arf"}},
		{"text for languages", "[complaint]\nlanguages = \"de\"\n", nil},

		// Accounts.
		{"no server", "\n[[account]]\nuser = \"zoe\"\npassword_env = \"PW\"\n", nil},
		{"an empty server", "[[account]]\nserver = \"\"\nuser = \"zoe\"\npassword_env = \"PW\"\n", nil},
		{"a URL for a server", "[[account]]\nserver = \"imaps://imap.example.org\"\n", nil},
		{"a URL with a password for a server", "[relay]\nsmarthost = \"smtp://u:hunter2@smtp.example.org\"\n", nil},
		{"a URL with a login", "[lookup]\nrdap_bootstrap = \"https://u:hunter2@rdap.example/\"\n", nil},
		{"a port too many", "[[account]]\nserver = \"imap.example.org:99999\"\n", nil},
		{"neither user nor password", "[[account]]\nserver = \"imap.example.org\"\n", nil},
		{"two accounts of one name", account + "name = \"home\"\n\n" + account + "name = \"home\"\n", nil},
		{"two accounts of one host and no name", account + account, nil},
		{"after delete", account + "after = \"delete\"\n", nil},
		{"after move without a folder", account + "after = \"move:\"\n", nil},
		{"after archive", account + "after = \"archive\"\n", nil},
		{"no folder", account + "folders = []\n", nil},
		{"an empty folder", account + "folders = [\"\"]\n", nil},
		{"an unknown word for TLS", account + "tls = \"ssl\"\n", nil},
		{"plaintext to another machine", account + "tls = \"none\"\n", nil},
		{"a bad network in trust", account + "trust = [\n  \"mx.example.org\",\n  \"203.0.113.0/33\",\n]\n", nil},
		{"host bits in trust", account + "trust = [\"203.0.113.5/24\"]\n", nil},
		{"a bad address in trust", account + "trust = [\"203.0.113.500\"]\n", nil},
		{"a certificate that is not there", account + "ca_file = \"ca.pem\"\n", nil},
		{"the second of two accounts", account + "name = \"a\"\n" + account + "name = \"b\"\nafter = \"x\"\n", nil},
		{"accounts as inline tables", "account = [\n  {name = \"a\", server = \"a.example\", user = \"u\", password_env = \"P\"},\n  {name = \"b\",\tserver = \"b.example\", user = \"u\", password_env = \"P\", x = 1},\n]\n", nil},

		// Secrets.
		{"two ways to one password", account + "password_command = \"pass mail\"\n", nil},
		{"an empty password", "[[account]]\nserver = \"imap.example.org\"\nuser = \"zoe\"\npassword = \"\"\n", nil},
		{"a password file that is not there", "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword_file = \"pw\"\n", nil},
		{"a folder for a password file", "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword_file = \"/\"\n", nil},
		{"a user without a password", "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\n", nil},
		{"a password without a user", "[relay]\nsmarthost = \"x.example\"\npassword_env = \"PW\"\n", nil},
		{"a login without a server", "[relay]\nuser = \"u\"\npassword_env = \"PW\"\n", nil},
		{"a listener for others without TLS", "[relay.listen]\naddress = [\"127.0.0.1:25\", \"0.0.0.0:587\"]\n", nil},
		{"implicit TLS without a certificate", "[relay.listen]\ntls_address = \"127.0.0.1:465\"\n", nil},
		{"a certificate without its key", "[relay.listen]\ntls_cert = \"config.toml\"\n", nil},
		{"a key without its certificate", "[relay.listen]\ntls_key = \"config.toml\"\n", nil},
		{"a message larger than the queue takes", "[relay.listen]\nmax_megabytes = 65\n", nil},
		{"a user of the relay without a name", "[[relay.users]]\nsenders = [\"*\"]\n", nil},
		{"two blocks for one user", "[[relay.user]]\nname = \"x\"\n[[relay.user]]\nname = \"X\"\n", nil},
		{"rights that cannot be read", "[[relay.users]]\nname = \"x\"\nsenders = [\"example.org\"]\nrate = \"often\"\nsource = \"eth0\"\n", nil},
		{"forwarding at whim", "[relay]\nforwarded = \"maybe\"\n", nil},
		{"a destination that says nothing", "[[relay.destination]]\ndomain = \"x.example\"\n", nil},
		{"a destination that is nobody's", "[[relay.destination]]\ntls = \"none\"\n", nil},
		{"two destinations for one domain", "[[relay.destination]]\ndomain = \"x.example\"\ntls = \"none\"\n[[relay.destination]]\ndomain = \"X.example\"\ntls = \"dane\"\n", nil},
		{"an address for a destination", "[[relay.destination]]\ndomain = \"a@x.example\"\ntls = \"none\"\n", nil},
		{"a name for a source", "[relay]\nhelo_from = { \"mail.example\" = \"mail.example\" }\n", nil},
		{"no connections", "[relay]\nconnections = 0\n", nil},
		{"plaintext to a smarthost", "[relay]\nsmarthost = \"x.example\"\ntls = \"none\"\n", nil},
		{"implicit is no word of the relay", "[relay]\nsmarthost = \"x.example\"\ntls = \"implicit\"\n", nil},

		// The environment.
		{"a bad duration", "", []string{"SPAMREPORT_LOOKUP_TIMEOUT=soon"}},
		{"a bad number", "", []string{"SPAMREPORT_COMPLAINT_PER_CONTACT_PER_DAY=many"}},
		{"a bad word", "", []string{"SPAMREPORT_COMPLAINT_REDACT=si"}},
		{"a bad entry", "[lookup]\norder = [\n\"rdap\",\n\"whois\"]\n", []string{"SPAMREPORT_LOOKUP_ORDER=rdap,finger"}},
		{"a bad pair", "", []string{"SPAMREPORT_LOOKUP_WHOIS_HOSTS=whois.ripe.net"}},
		{"a slip in a name", "", []string{"SPAMREPORT_RELAY_SMARTHOSTS=x.example"}},
		{"an unknown name", "", []string{"SPAMREPORT_XYZZY=1"}},
		{"an unknown name of an account", "", []string{"SPAMREPORT_ACCOUNT_SERVER=x.example"}},
		{"a bad rate", "", []string{"SPAMREPORT_LOOKUP_RATES=whois.ripe.net=often"}},
		{"an override for nothing, by variables", "", []string{"SPAMREPORT_LOOKUP_OVERRIDE_1_CONTACT=abuse@example.net"}},
		{"an override for two things, by a variable", "[[lookup.override]]\nasn = 64500\ncontact = \"abuse@example.net\"\n", []string{"SPAMREPORT_LOOKUP_OVERRIDE_1_DOMAIN=example.org"}},
		{"a gap in the overrides", "", []string{"SPAMREPORT_LOOKUP_OVERRIDE_2_ASN=64500"}},
		{"account zero", "", []string{"SPAMREPORT_ACCOUNT_0_SERVER=x.example"}},
		{"a gap in the accounts", "", []string{"SPAMREPORT_ACCOUNT_2_SERVER=x.example", "SPAMREPORT_ACCOUNT_2_USER=u"}},
		{"an account of half a login", "", []string{"SPAMREPORT_ACCOUNT_1_SERVER=x.example"}},
		{"later keys", "", []string{"SPAMREPORT_RELAY_ALLOW_PLAINTEXT=true"}},
		{"a login without a server, by variables", "", []string{"SPAMREPORT_RELAY_USER=u"}},
		{"two passwords", "", []string{"SPAMREPORT_RELAY_PASSWORD=hunter2", "SPAMREPORT_RELAY_PASSWORD_COMMAND=x", "SPAMREPORT_RELAY_USER=u", "SPAMREPORT_RELAY_SMARTHOST=x.example"}},

		// All at once.
		{
			"mistakes come together, by line, variables last",
			"databas = \"sqlite\"\n[identity]\nemail = \"x\"\n" + account + "tls = \"ssl\"\n[lookup]\ntimeout = \"x\"\norder = [\"a\",\n\"b\"]\n",
			[]string{"SPAMREPORT_DNS_SERVER=x"},
		},
	}
	golden := newGolden(t, "testdata/mistakes.golden")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, got := load(t, c.file, 0o600, c.env...)
			if len(got) == 0 {
				t.Fatal("no mistake found")
			}
			for _, line := range got {
				if strings.Contains(line, "hunter") || strings.Contains(line, "123") {
					t.Errorf("leaks the password: %s", line)
				}
			}
			golden.check(t, c.name, strings.Join(got, "\n"))
		})
	}
	golden.finish(t)
}
