package discover

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Security is how a connection is protected.
type Security string

// Both put TLS before anything else is said.
const (
	Implicit Security = "implicit" // TLS from the first octet
	STARTTLS Security = "starttls"
)

// Server is where to connect, and as whom.
type Server struct {
	Host     string
	Port     int
	Security Security
	User     string // login name
}

// Address is host:port.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Found are the servers of an address.
type Found struct {
	IMAP       Server
	Submission Server // zero when it was not found
	Source     string // who says so, for people
	OAuth2     string // "google" or "microsoft" where that is the way in; see internal/oauth
	Note       string // what a person has to know or do first; may be empty
}

// ErrNotFound says that nobody knows.
var ErrNotFound = errors.New("no mail servers are known for it")

// Resolver is the part of net.Resolver that is needed.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// Finder finds servers. The zero value asks the Internet.
type Finder struct {
	Resolver Resolver     // nil: the system's
	HTTP     *http.Client // nil: one with limits
	Timeout  time.Duration
	// Sources of autoconfig files, with %s for the domain; nil: the usual ones.
	Own, Collected []string
	// How guesses are tried; nil: over the network, trusting the system's authorities.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  *tls.Config
}

// DefaultTimeout is how long one question may take.
const DefaultTimeout = 5 * time.Second

// The usual sources, as Thunderbird asks them.
var (
	ownFiles = []string{
		"https://autoconfig.%s/mail/config-v1.1.xml?emailaddress=%s",
		"https://%s/.well-known/autoconfig/mail/config-v1.1.xml",
	}
	collectedFiles = []string{"https://autoconfig.thunderbird.net/v1.1/%s"}
)

// Find finds the servers of a mail address.
func (f *Finder) Find(ctx context.Context, address string) (Found, error) {
	local, domain, ok := cut(address)
	if !ok {
		return Found{}, fmt.Errorf("%q is not a mail address", address)
	}
	if p, ok := byDomain(domain); ok {
		return p.found(address, local), nil
	}
	for _, ask := range []func(context.Context, string, string) (Found, bool){f.own, f.srv, f.hosted, f.collected, f.guess} {
		if found, ok := f.limited(ctx, ask, address, domain); ok {
			return found, nil
		}
		if err := ctx.Err(); err != nil {
			return Found{}, err
		}
	}
	return Found{}, fmt.Errorf("%s: %w", domain, ErrNotFound)
}

func (f *Finder) limited(ctx context.Context, ask func(context.Context, string, string) (Found, bool), address, domain string) (Found, bool) {
	limit := f.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return ask(ctx, address, domain)
}

// cut splits an address; the domain comes as DNS has it.
func cut(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || strings.ContainsAny(address, " \t\r\n/?#<>\"") {
		return "", "", false
	}
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(address[at+1:], "."))
	if err != nil || !strings.Contains(domain, ".") {
		return "", "", false
	}
	return address[:at], strings.ToLower(domain), true
}

// services are the SRV records that say where a service is, best first.
type service struct {
	name     string
	security Security
}

var (
	imapServices       = []service{{"imaps", Implicit}, {"imap", STARTTLS}}
	submissionServices = []service{{"submissions", Implicit}, {"submission", STARTTLS}}
)

// srv asks DNS.
func (f *Finder) srv(ctx context.Context, address, domain string) (Found, bool) {
	imap, ok := f.service(ctx, imapServices, address, domain)
	if !ok {
		return Found{}, false
	}
	submission, _ := f.service(ctx, submissionServices, address, domain)
	return Found{IMAP: imap, Submission: submission, Source: "SRV records of " + domain}, true
}

func (f *Finder) service(ctx context.Context, services []service, address, domain string) (Server, bool) {
	for _, s := range services {
		_, records, err := f.resolver().LookupSRV(ctx, s.name, "tcp", domain)
		if err != nil || len(records) == 0 {
			continue
		}
		// The library sorts by priority and weight. A target of "." says that
		// there is no such service (RFC 2782).
		host := strings.TrimSuffix(records[0].Target, ".")
		if host == "" || !isHost(host) {
			continue
		}
		return Server{Host: host, Port: int(records[0].Port), Security: s.security, User: address}, true
	}
	return Server{}, false
}

// hosted recognises who runs the mail of a domain by its MX.
func (f *Finder) hosted(ctx context.Context, address, domain string) (Found, bool) {
	records, err := f.resolver().LookupMX(ctx, domain)
	if err != nil {
		return Found{}, false
	}
	for _, mx := range records {
		if p, ok := byMX(strings.ToLower(strings.TrimSuffix(mx.Host, "."))); ok {
			// Who has a domain of their own logs in with the whole address.
			found := p.found(address, address)
			found.Source = fmt.Sprintf("%s, which takes the mail of %s", p.name, domain)
			return found, true
		}
	}
	return Found{}, false
}

func (f *Finder) resolver() Resolver {
	if f.Resolver != nil {
		return f.Resolver
	}
	return net.DefaultResolver
}

// isHost wants a name that can be shown and connected to.
func isHost(name string) bool {
	ascii, err := idna.Lookup.ToASCII(name)
	return err == nil && ascii != "" && strings.Contains(ascii, ".") && len(ascii) < 254
}
