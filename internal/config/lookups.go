package config

import (
	"net/netip"
	"time"
)

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
	WHOISHosts map[string]string `toml:"whois_hosts" check:"whois"`
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
	Server string `toml:"server" check:"dns"`
	// Lets names be looked up while a message is examined, as --dns does: your own mail servers, the hosts of links, the keys of signatures. Whoever runs the name servers of those can see that.
	Ask bool `toml:"ask" default:"false"`
	// Believes the server when it says that it has verified an answer (DNSSEC), which DANE needs. A server on this machine is believed anyway.
	Trusted bool `toml:"trusted" default:"false"`
}
