package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Security is how the connection to an IMAP server is protected.
type Security string

// The kinds of security. The zero value is the one that RFC 8314 §3 asks for.
const (
	ImplicitTLS Security = ""          // TLS from the first octet, port 993
	STARTTLS    Security = "starttls"  // TLS before anything else, port 143
	Plaintext   Security = "plaintext" // port 143; see Account.AllowPlaintext
)

// The time limits of an Account that names none.
const (
	DefaultTimeout = 2 * time.Minute  // Dovecot may search a large folder for a minute in silence
	DefaultIdle    = 28 * time.Minute // after 30 a server may log an idle client out (RFC 2177)
	DefaultPoll    = time.Minute
	dialTimeout    = 30 * time.Second
	logoutTimeout  = 5 * time.Second
)

// Account is an IMAP account: where it is and how to get in.
type Account struct {
	Name     string // what the user calls it; goes into Place
	Server   string // host, or host:port
	Security Security
	User     string

	// Password is asked when the server wants it, each time, so that it need
	// not stay in memory. It never appears in an error.
	Password func(ctx context.Context) (string, error)

	// Token, when it is there, is asked for an OAuth 2.0 access token, which is
	// used instead of a password (RFC 7628).
	Token func(ctx context.Context) (string, error)

	// TLSConfig is cloned; nil trusts the system's authorities.
	TLSConfig *tls.Config

	// AllowPlaintext permits Plaintext to a host other than this one. Password
	// and mail can then be read by everyone on the way.
	AllowPlaintext bool

	// Timeout is how long the server may be silent while something is asked of
	// it; DefaultTimeout when zero.
	Timeout time.Duration
	// Idle is how long one IDLE lasts; DefaultIdle when zero.
	Idle time.Duration
	// Poll is how often a server without IDLE is asked for news; DefaultPoll
	// when zero.
	Poll time.Duration
}

// address is Server with the port that belongs to Security.
func (a Account) address() string {
	if _, _, err := net.SplitHostPort(a.Server); err == nil {
		return a.Server
	}
	port := "143"
	if a.Security == ImplicitTLS {
		port = "993"
	}
	return net.JoinHostPort(strings.Trim(a.Server, "[]"), port)
}

func (a Account) host() string {
	host, _, _ := net.SplitHostPort(a.address())
	return host
}

func (a Account) timeout() time.Duration {
	if a.Timeout > 0 {
		return a.Timeout
	}
	return DefaultTimeout
}

// check finds what no server needs to be asked about.
func (a Account) check() error {
	switch {
	case a.Server == "":
		return errors.New("no IMAP server is configured for account " + a.Name)
	case a.Security != ImplicitTLS && a.Security != STARTTLS && a.Security != Plaintext:
		return errors.New("unknown kind of security " + string(a.Security) + " for " + a.Server + " (leave it out for TLS, or use starttls)")
	case a.Security == Plaintext && !a.AllowPlaintext && !isLoopback(a.host()):
		return errorf(ErrPlaintext, "connect to %s", a.address())
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
