package lookup

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// The sources that Options.Order may name.
const (
	ViaRDAP   = "rdap"   // RFC 9082, 9083
	ViaWHOIS  = "whois"  // RFC 3912
	ViaAbusix = "abusix" // Abusix's abuse-contact DNS zone
	ViaASN    = "asn"    // the contact of the AS that announces the address
	ViaRDNS   = "rdns"   // abuse@ the domain of the reverse name (RFC 2142), when it has an MX
	ViaDomain = "domain" // abuse@ the queried domain, when it has an MX
)

// Options says how to look up. The zero value asks the public registries.
type Options struct {
	// RDAPBootstrap is where the bootstrap files are (RFC 9224); empty means
	// IANA's. If it is on loopback, the registries that its files name may be
	// on loopback too, and documentation addresses are looked up like others.
	RDAPBootstrap string
	// Order lists the sources to ask, in order; what it does not name is
	// switched off. Empty means rdap, whois.
	Order []string
	// WHOISHosts dials the given host:port for a registry's host name (or
	// name:port), wherever that leads.
	WHOISHosts map[string]string
	// Timeout bounds one query to one server. Zero means 10 s.
	Timeout time.Duration
	// DNSServer (host or host:port) resolves names and answers the DNS fallbacks;
	// empty means the system's.
	DNSServer string

	// Overrides win over everything that a registry says.
	Overrides []Override
	// AllowSpecial names special-purpose prefixes that are looked up all the
	// same. The default refuses every block of IANA's registries.
	AllowSpecial []netip.Prefix
	// AllowHosts (host or host:port) may be connected to although they are
	// private or loopback addresses: a company's own RDAP mirror.
	AllowHosts []string
	// TLS is the base of the TLS configuration: own roots, for example.
	TLS *tls.Config

	// Cache persists answers; nil keeps them in memory only.
	Cache Cache
	// CacheDir keeps the bootstrap files; empty keeps them in memory.
	CacheDir string
	// TTL is how long an answer is good for; zero means 7 days.
	TTL time.Duration
	// NegativeTTL is the same for "nobody may be mailed"; zero means 6 hours.
	NegativeTTL time.Duration

	// Suppressed tells whether an address bounced before, and how; nil means
	// none did.
	Suppressed func(email string) (why string, bad bool)

	// Rates overrides the queries a second for a server (host name); zero is
	// no limit.
	Rates map[string]float64
	// MaxRDAP and MaxWHOIS bound the size of one answer in bytes; zero means
	// 2 MiB and 256 KiB.
	MaxRDAP, MaxWHOIS int64

	// Logger takes what is no part of a result (a cache that fails, for
	// example); nil discards it.
	Logger *slog.Logger
}

// Override names the desk for a prefix, an AS number or a domain, whatever the
// registries say. Exactly one of Prefix, ASN and Domain is set.
type Override struct {
	Prefix  netip.Prefix
	ASN     uint32
	Domain  string
	Contact []string
}

const (
	defaultBootstrap   = "https://data.iana.org/rdap/"
	defaultTimeout     = 10 * time.Second
	defaultTTL         = 7 * 24 * time.Hour
	defaultNegativeTTL = 6 * time.Hour
	defaultMaxRDAP     = 2 << 20
	defaultMaxWHOIS    = 256 << 10
)

func (o Options) withDefaults() Options {
	if o.RDAPBootstrap == "" {
		o.RDAPBootstrap = defaultBootstrap
	}
	if len(o.Order) == 0 {
		o.Order = []string{ViaRDAP, ViaWHOIS}
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.TTL <= 0 {
		o.TTL = defaultTTL
	}
	if o.NegativeTTL <= 0 {
		o.NegativeTTL = defaultNegativeTTL
	}
	if o.MaxRDAP <= 0 {
		o.MaxRDAP = defaultMaxRDAP
	}
	if o.MaxWHOIS <= 0 {
		o.MaxWHOIS = defaultMaxWHOIS
	}
	hosts := make(map[string]string, len(o.WHOISHosts))
	for host, target := range o.WHOISHosts {
		hosts[strings.ToLower(host)] = withPort(target, "43")
	}
	o.WHOISHosts = hosts
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
