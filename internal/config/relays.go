package config

import (
	"net/netip"
	"time"
)

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

// Destination is how mail goes straight to the servers of one domain.
type Destination struct {
	// The domain that this is for, or "*" for all others.
	Domain string `toml:"domain" check:"destination"`
	// TLS to its servers: opportunistic (where it is offered, unverified), required (verified by a known authority), dane (by the domain's TLSA records) or none. When absent: what the domain publishes (DANE, MTA-STS), otherwise opportunistic.
	TLS string `toml:"tls" check:"one of: opportunistic required dane none"`
}
