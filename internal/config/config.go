package config

import (
	"net/netip"
	"time"
)

// Config is everything that can be set. The tags are the schema: toml is the
// key, default is its default (written as in the environment), check names
// the rule in the table rules that every value must pass.
type Config struct {
	// Where the ledger and the queue live: sqlite, in the state folder, or a PostgreSQL server as postgres://user@host:port/database, which several machines can share.
	Database string `toml:"database" default:"sqlite" check:"database"`
	// Password for the database server, in place of one in the URL.
	DatabaseSecret Secret `secret:"database_password"`

	Identity  Identity  `toml:"identity"`
	Accounts  []Account `toml:"account"`
	Lookup    Lookup    `toml:"lookup"`
	DNS       DNS       `toml:"dns"`
	Complaint Complaint `toml:"complaint"`
	Replies   Replies   `toml:"replies"`
	Relay     Relay     `toml:"relay"`
	Web       Web       `toml:"web"`
	Retention Retention `toml:"retention"`

	// File is the file that was read; empty when there was none.
	File string `toml:"-"`
}

// Retention is how long what is kept. 0s is for ever.
type Retention struct {
	// Texts of complaints, with the spam that they quote; 0s keeps them for good, as for the keys below.
	Texts time.Duration `toml:"texts" default:"0s" check:"not negative"`
	// Messages that were handled, with all that is known of them. A message that is forgotten is new when it is seen again.
	Ledger time.Duration `toml:"ledger" default:"0s" check:"not negative"`
	// Answers of desks, and reports about mail of the relay.
	Replies time.Duration `toml:"replies" default:"0s" check:"not negative"`
	// Mail of the relay that was delivered, dropped or given up.
	Relay time.Duration `toml:"relay" default:"0s" check:"not negative"`
}

// Identity is who complains: abuse desks answer to a person, not to a program.
type Identity struct {
	// Your name, or that of your team, under the complaints.
	Name string `toml:"name" check:"oneline"`
	// The address that complaints come from and that desks answer to. Needed before anything is sent.
	Email string `toml:"email" check:"email"`
	// The organisation that you complain for, if any.
	Organisation string `toml:"organisation" check:"oneline"`
}

// Account is one mailbox on an IMAP server that sweep and watch read.
type Account struct {
	// How you call the account on the command line; the host of the server when absent.
	Name string `toml:"name" check:"oneline"`
	// IMAP server as host or host:port. Without a port it is 993, or 143 with tls = "starttls" or "none".
	Server string `toml:"server" check:"server"`
	// How the connection is protected: implicit (TLS from the first octet), starttls or none. When absent: starttls for port 143, none for any port of this machine but 143 and 993, otherwise implicit.
	TLS string `toml:"tls" check:"one of: implicit starttls none"`
	// Allows tls = "none" to a host other than this one. The password crosses the network in the clear.
	AllowPlaintext bool `toml:"allow_plaintext" default:"false"`
	// PEM file with the certificate authority of the server, when it is a private one.
	CAFile string `toml:"ca_file" check:"oneline"`
	// Login name.
	User string `toml:"user" check:"oneline"`
	// Password of the login.
	Secret Secret `secret:"password"`
	// Log-in by OAuth 2.0 in place of a password.
	OAuth2 OAuth2 `toml:"oauth2"`
	// Folders to read.
	Folders []string `toml:"folders" default:"Junk" check:"oneline"`
	// What happens to a message once its complaint is safe on disk: flag (the keyword $SpamReported), move:FOLDER or nothing.
	After string `toml:"after" default:"flag" check:"after"`
	// Mail servers of yours whose Received lines can be believed: addresses, networks or domains.
	Trust []string `toml:"trust" check:"trust"`
	// Who forwards spam to this account as attachments: addresses, or @domain for all of a domain. With it, what they enclose is reported, and nothing else in the folders is (docs/recipes.md).
	Unpack []string `toml:"unpack" check:"forwarder"`
}

// OAuth2 is a log-in that a person allows once, with: spamreport login. It
// takes a client ID that you register with the provider.
type OAuth2 struct {
	// The provider: google or microsoft. For another one give the addresses below.
	Provider string `toml:"provider" check:"one of: google microsoft"`
	// Client ID, as the provider gave it to you.
	ClientID string `toml:"client_id" check:"oneline"`
	// Client secret, where the provider gave one.
	Secret Secret `secret:"client_secret"`
	// Where the person allows the log-in (authorization endpoint, RFC 6749).
	AuthURL string `toml:"auth_url" check:"url"`
	// Where tokens come from (token endpoint).
	TokenURL string `toml:"token_url" check:"url"`
	// Where codes for other devices come from (RFC 8628), if anywhere.
	DeviceURL string `toml:"device_url" check:"url"`
	// What is asked for; the provider's words for mail when absent.
	Scopes []string `toml:"scopes" check:"oneline"`
}

// Given says whether there is such a log-in.
func (o OAuth2) Given() bool { return o.ClientID != "" || o.Provider != "" || o.TokenURL != "" }

// Lookup is how the network behind an address and its abuse desk are found.
type Lookup struct {
	// The sources to ask, in this order, until one names a desk; a source that is not named is not asked. Registries: rdap, whois. Last resorts, over DNS: abusix, asn, rdns, domain.
	Order []string `toml:"order" default:"rdap,whois" check:"one of: rdap whois abusix asn rdns domain"`
	// Where the RDAP bootstrap files (RFC 9224) are fetched.
	RDAPBootstrap string `toml:"rdap_bootstrap" default:"https://data.iana.org/rdap/" check:"url"`
	// The longest that one query may take.
	Timeout time.Duration `toml:"timeout" default:"10s" check:"positive"`
	// How long an answer is remembered.
	TTL time.Duration `toml:"ttl" default:"7d" check:"positive"`
	// How long it is remembered that there is no desk.
	NegativeTTL time.Duration `toml:"negative_ttl" default:"6h" check:"positive"`
	// PEM file with the certificate authority of a registry mirror of your own. The public ones are trusted as well.
	CAFile string `toml:"ca_file" check:"oneline"`
	// Dial this host:port instead of that WHOIS server.
	WHOISHosts map[string]string `toml:"whois_hosts" check:"hostport"`
	// The most queries that this server gets, like 2/s, 10/minute, 100/hour or 500/day.
	Rates map[string]string `toml:"rates" check:"rate"`
	// Servers that may be asked although their addresses are private, as host or host:port. For a registry mirror of your own.
	AllowPrivate []string `toml:"allow_private" check:"server"`
	// Reserved networks to treat as public Internet, as CIDR. For tests and demonstrations.
	AllowSpecial []netip.Prefix `toml:"allow_special"`
	// Desks that you know better than the registries.
	Overrides []Override `toml:"override"`
}

// Override names the desk for one network, AS or domain.
type Override struct {
	// The network whose addresses this is for, like 192.0.2.0/24; of several that match, the narrowest counts.
	CIDR netip.Prefix `toml:"cidr"`
	// The number of the AS that this is for, like "AS64500" or 64500.
	ASN ASN `toml:"asn"`
	// The registered domain that this is for, like example.org; it includes the names below.
	Domain string `toml:"domain" check:"domain"`
	// The address of the desk, or a list of several, best first.
	Contact OneOrMore `toml:"contact" check:"desk"`
}

// DNS is the resolver.
type DNS struct {
	// DNS server as host:port; that of the system when empty.
	Server string `toml:"server" check:"hostport"`
	// Lets names be looked up while a message is examined, as --dns does: your own mail servers, the hosts of links, the keys of signatures. Whoever runs the name servers of those can see that.
	Ask bool `toml:"ask" default:"false"`
	// Believes the server when it says that it has verified an answer (DNSSEC), which DANE needs. A server on this machine is believed anyway.
	Trusted bool `toml:"trusted" default:"false"`
}

// Complaint is what is filed, how much of it, and what is left out of it.
type Complaint struct {
	// Who lets a complaint go: review (a person, one by one) or auto.
	Approve string `toml:"approve" default:"review" check:"one of: review auto"`
	// What is complained about: source (the network that the mail came from), origin (the client that a provider at the source vouches for), links (whoever hosts what the message leads to; takes --dns or dns.ask), registrars (of the domains of links), dropbox (the provider of the address for answers), cfbl (the signer's own complaint address, RFC 9477; takes --dns or dns.ask), extra (those of [[complaint.extra]]).
	Targets []string `toml:"targets" default:"source" check:"one of: source origin links registrars dropbox cfbl extra"`
	// Format of the complaint: text, arf (RFC 5965) or xarf.
	Format string `toml:"format" default:"text" check:"one of: text arf xarf"`
	// Puts a paragraph in the language of the network's country before the letter, where there is one.
	Languages bool `toml:"languages" default:"false"`
	// Adds the reference of the complaint to the address for answers: reports+sr-7k3f-9q2m@example.org. Your mail server must know subaddressing (RFC 5233).
	TagReplies bool `toml:"tag_replies" default:"false"`
	// Hides your own addresses and other people's in the evidence.
	Redact bool `toml:"redact" default:"true"`
	// Key that makes hidden addresses recognisable to you alone; when absent, one is made and kept in the state folder.
	RedactKey Secret `secret:"redact_key"`
	// Further words to hide in the evidence: names, host names, account numbers.
	Secrets []string `toml:"secrets" check:"oneline"`
	// The most complaints that one abuse desk gets in a day; the rest goes out in one letter afterwards.
	PerContactPerDay int `toml:"per_contact_per_day" default:"20" check:"positive"`
	// How long further copies of a campaign from one network are counted on the complaint about its first message; 0s files one for each copy.
	MergeFor time.Duration `toml:"merge_for" default:"7d" check:"not negative"`
	// How long a desk is left alone about a network after a complaint about it; what comes in meanwhile goes out in one letter afterwards. 0s is no pause.
	CoolDown time.Duration `toml:"cool_down" default:"0s" check:"not negative"`
	// Reports also what a mailing list sent under its own name: mail that offers to unsubscribe and whose sender your server found to be genuine (DKIM, DMARC).
	Lists bool `toml:"lists" default:"false"`
	// Messages older than this are not reported, since desks cannot act on them; 0s reports every message.
	MaxAge time.Duration `toml:"max_age" default:"0s" check:"not negative"`
	// Reminds a desk that did not answer for so long, while further copies of what it was written about came in: once for each complaint. Must be shorter than merge_for; 0s reminds nobody. A good value: 5d.
	RemindAfter time.Duration `toml:"remind_after" default:"0s" check:"not negative"`
	// Writes to whoever gave a network its addresses, or announces them, when spam goes on so long after a complaint to its own desk: at most once for each network in that time. 0s writes to nobody. A good value: 14d.
	EscalateAfter time.Duration `toml:"escalate_after" default:"0s" check:"not negative"`
	// Domains of yours: nothing in them is complained about, and nobody there gets a complaint.
	OwnDomains []string `toml:"own_domains" check:"domain"`
	// Addresses and domains that never get a complaint.
	Never []string `toml:"never" check:"target"`
	// Desks that get another format or letter.
	Contacts []Contact `toml:"contact"`
	// Those who collect spam or phishing and get a copy of what concerns them.
	Extra []Extra `toml:"extra"`
}

// Extra is somebody who collects spam or phishing from the public.
type Extra struct {
	// One that is known: spamcop, apwg, netcraft, ncsc-uk, verbraucherzentrale-de, safeonweb-be, ncsc-ch or acma-au.
	Preset string `toml:"preset" check:"oneline"`
	// Your own part of its address, for presets that need one: that of spamcop.
	Code string `toml:"code" check:"oneline"`
	// The address, when it is none of the known ones.
	To string `toml:"to" check:"desk"`
	// Format for it: text, arf or xarf; text when absent.
	Format string `toml:"format" check:"one of: text arf xarf"`
	// What it wants: all, or phishing only. When absent, what the preset says; all without one.
	Only string `toml:"only" check:"one of: all phishing"`
}

// Contact is what one desk, or many, get instead of what all others get.
type Contact struct {
	// Whom this is for: an address, a domain with all below it, or "*". Of several that match, the most exact one that says something counts.
	Match string `toml:"match" check:"contact"`
	// Format for it: text, arf or xarf; that of [complaint] when absent.
	Format string `toml:"format" check:"one of: text arf xarf"`
	// Name of the letter for it, as in spamreport templates list; the one that fits the spam when absent.
	Template string `toml:"template" check:"oneline"`
}

// Replies is where the answers to complaints come in.
type Replies struct {
	// The account, by its name, that answers come to: that of identity.email. sweep reads them there and changes nothing; without it, no answers are read.
	Account string `toml:"account" check:"oneline"`
	// Its folder.
	Folder string `toml:"folder" default:"INBOX" check:"oneline"`
}

// Relay is how complaints leave this machine.
type Relay struct {
	// Server that takes your outgoing mail, as host or host:port (587; 465 with tls = "tls"; 25 with "none"). When empty, mail goes straight to the recipients' servers, if helo is set.
	Smarthost string `toml:"smarthost" check:"server"`
	// How the connection is protected: starttls, tls (from the first octet) or none (only to this machine). When absent: tls for port 465, none to this machine, otherwise starttls.
	TLS string `toml:"tls" check:"one of: starttls tls none"`
	// PEM file with the certificate authority of the server, when it is a private one.
	CAFile string `toml:"ca_file" check:"oneline"`
	// Login name; empty when the server asks for none.
	User string `toml:"user" check:"oneline"`
	// Password of the login.
	Secret Secret `secret:"password"`
	// Log-in by OAuth 2.0 in place of a password.
	OAuth2 OAuth2 `toml:"oauth2"`
	// The name that this machine gives in EHLO; its host name when empty. Without a smarthost it must be the name that DNS has for this machine's address.
	HELO string `toml:"helo" check:"helo"`
	// The name for mail that leaves from that address of this machine, where it has several.
	HELOFrom map[string]string `toml:"helo_from" check:"helo"`
	// The longest that one step of a delivery may take.
	Timeout time.Duration `toml:"timeout" default:"1m" check:"positive"`
	// How many connections to the smarthost are made at once. It is also how many messages a kill can make go out twice.
	Connections int `toml:"connections" default:"1" check:"positive"`
	// The same for each domain, without a smarthost.
	ConnectionsPerDomain int `toml:"connections_per_domain" default:"2" check:"positive"`
	// The port of the recipients' servers.
	MXPort int `toml:"mx_port" default:"25" check:"positive"`
	// Networks that the recipients' servers may be in although they are private, as CIDR. For servers of your own, and tests.
	AllowPrivate []netip.Prefix `toml:"allow_private"`
	// Domains whose servers get another kind of TLS than they ask for. Without a smarthost only.
	Destinations []Destination `toml:"destination"`
	// The most recipients that mail goes out to, like 50/day, 10/minute or 200/month, several with commas; no limit when empty.
	Rate string `toml:"rate" check:"quota"`
	// What becomes of mail over a limit: queue (it waits until the limit starts anew) or refuse (programs that hand it in are told so).
	OverLimit string `toml:"over_limit" default:"queue" check:"one of: queue refuse"`
	// Who is told by mail when 80, 90 and 100 % of a limit for a day or month are used; identity.email when empty.
	AlertTo string `toml:"alert_to" check:"email"`
	// The plan for a new sending address.
	Warmup Warmup `toml:"warmup"`
	// Destinations with a limit of their own.
	Domains []RelayDomain `toml:"domain"`
	// What becomes of mail that a program on the way in forwards by itself, such as the filter of a mailbox; it ruins a sender's reputation: refuse, allow, or the rate up to which it is taken, like 20/day.
	Forwarded string `toml:"forwarded" default:"refuse" check:"forwarded"`
	// Address as host:port where relay serve shows its figures to Prometheus, at /metrics; nowhere when empty.
	Metrics string `toml:"metrics" check:"hostport"`
	// Where other programs hand in mail.
	Listen Listen `toml:"listen"`
	// What users of the relay may do. Their passwords are kept by spamreport relay user.
	Users []RelayUser `toml:"users"`
	// Keys that sign what goes out (DKIM).
	DKIM []DKIM `toml:"dkim"`
}

// Listen is where relay serve takes mail from other programs.
type Listen struct {
	// Address as host:port, or a list of several, where clients connect and then say STARTTLS. Without a certificate only programs on this machine may, so it must be a loopback address.
	Address OneOrMore `toml:"address" default:"127.0.0.1:2587" check:"hostport"`
	// The same for TLS from the first octet (port 465).
	TLSAddress OneOrMore `toml:"tls_address" check:"hostport"`
	// PEM file with the certificate and its chain; read again when it changes.
	TLSCert string `toml:"tls_cert" check:"oneline"`
	// PEM file with its key.
	TLSKey string `toml:"tls_key" check:"oneline"`
	// User whom programs on this machine send as when they do not log in; when empty, they must log in like all others.
	LoopbackUser string `toml:"loopback_user" check:"oneline"`
	// What the Received line says about the client: private (nothing) or full (its address).
	Trace string `toml:"trace" default:"private" check:"one of: private full"`
	// The largest message that is taken, in megabytes.
	MaxMegabytes int `toml:"max_megabytes" default:"35" check:"megabytes"`
	// The most recipients of one message.
	MaxRecipients int `toml:"max_recipients" default:"100" check:"positive"`
	// The most connections at once.
	MaxConnections int `toml:"max_connections" default:"200" check:"positive"`
}

// RelayUser is what one user of the relay may do.
type RelayUser struct {
	// Name, as in spamreport relay user list.
	Name string `toml:"name" check:"oneline"`
	// The addresses it may send as: an address, @example.org for all of a domain, or "*" for any. When absent: the name, if that is an address, otherwise identity.email.
	Senders []string `toml:"senders" check:"sender"`
	// The most recipients that it may send to, like 50/day, 10/minute or 200/month, several with commas.
	Rate string `toml:"rate" check:"quota"`
	// Address of this machine that its mail leaves from, when it goes straight to its recipients.
	Source string `toml:"source" check:"ip"`
}

// Warmup is the plan for a new sending address: little on the first day, and more on each one after it.
type Warmup struct {
	// How many recipients a month are wanted in the end; a thirtieth of it is the limit of a day then. 0 is no plan.
	MonthlyGoal int `toml:"monthly_goal" default:"0" check:"not negative"`
	// The first day, like 2026-11-24.
	Start Date `toml:"start"`
	// After how many days the goal is reached.
	Days int `toml:"days" default:"30" check:"positive"`
	// The limit of the first day; 0 is a tenth of the last one, at most 50.
	FirstDay int `toml:"first_day" default:"0" check:"not negative"`
}

// RelayDomain is a destination with a limit of its own.
type RelayDomain struct {
	// The domain of the recipients, like example.org; not those below it.
	Name string `toml:"name" check:"domain"`
	// The most recipients there, like 10/minute or 500/day, several with commas.
	Rate string `toml:"rate" check:"quota"`
}

// DKIM is a key that signs mail in the name of a domain; see spamreport relay dkim init.
type DKIM struct {
	// The domain whose mail it signs: that of the From: address, or one above it.
	Domain string `toml:"domain" check:"domain"`
	// The selector: the name under which its public half stands in DNS. A domain may have several keys, each with its own.
	Selector string `toml:"selector" check:"selector"`
	// PEM file with the private key, readable by its owner alone.
	KeyFile string `toml:"key_file" check:"oneline"`
}

// Web is the page that serve shows.
type Web struct {
	// Where the page is, as host:port. For others than this machine it needs TLS.
	Address string `toml:"address" default:"127.0.0.1:8025" check:"hostport"`
	// The address under which people reach the page through a proxy of yours, like https://spam.example.org. With https its cookies are for TLS only.
	URL string `toml:"url" check:"url"`
	// PEM file with the certificate and its chain.
	TLSCert string `toml:"tls_cert" check:"oneline"`
	// PEM file with its key.
	TLSKey string `toml:"tls_key" check:"oneline"`
	// Lets others than this machine reach the page without TLS. The password and everything on the page cross the network in the clear.
	AllowPlaintext bool `toml:"allow_plaintext" default:"false"`
	// How often serve examines every part for the check-up of the page, first a minute after its start. Each time it connects to your servers, the registries, blocklists, and port 25 of a large provider. 0s: only when somebody asks for it on the page.
	CheckUpEvery time.Duration `toml:"check_up_every" default:"1d" check:"not negative"`
	// Hash of the password, as serve --set-password makes it. When absent, the one that serve --set-password kept counts; without any, serve prints a link that signs in once.
	Hash Secret `secret:"password_hash"`
}

// Destination is how mail goes straight to the servers of one domain.
type Destination struct {
	// The domain that this is for, or "*" for all others.
	Domain string `toml:"domain" check:"destination"`
	// TLS to its servers: opportunistic (where it is offered, unverified), required (verified by a known authority), dane (by the domain's TLSA records) or none. When absent: what the domain publishes (DANE, MTA-STS), otherwise opportunistic.
	TLS string `toml:"tls" check:"one of: opportunistic required dane none"`
}
