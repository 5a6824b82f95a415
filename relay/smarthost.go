package relay

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// TLS says how the connection to a smarthost is protected.
type TLS string

// The policies. A certificate that cannot be verified is always refused, and
// nothing but a loopback connection goes without TLS.
const (
	TLSAuto     TLS = ""         // implicit on port 465, none on loopback, otherwise STARTTLS
	TLSStart    TLS = "starttls" // STARTTLS, required (RFC 3207)
	TLSImplicit TLS = "tls"      // TLS from the first octet (RFC 8314 §3)
	TLSNone     TLS = "none"     // none; refused unless the address is a loopback
)

// DefaultTimeout is how long a smarthost may take for one answer.
const DefaultTimeout = time.Minute

// dataTimeoutFactor: after the final dot the server may take longer, since it
// stores the message. Giving up too early would have it sent twice, which is
// why RFC 5321 §4.5.3.2.6 asks for ten minutes.
const dataTimeoutFactor = 10

// Smarthost is the server that takes all mail. It implements Route.
type Smarthost struct {
	Address string // host:port
	User    string // no log-in when empty
	// Password is asked before each connection, so that it can be changed and
	// need not be kept in memory.
	Password func(ctx context.Context) (string, error)
	// Token, when it is there, is asked for an OAuth 2.0 access token, which is
	// used instead of a password.
	Token   func(ctx context.Context) (string, error)
	TLS     TLS
	CAFile  string        // PEM; trusted instead of the system's authorities
	HELO    string        // our name; the host name when empty
	Timeout time.Duration // DefaultTimeout when zero
	// HELOFrom is our name for mail that leaves from that address.
	HELOFrom map[netip.Addr]string

	// Connections is how many transactions are in flight at once; one when
	// zero. It is also how many can be repeated after a kill.
	Connections int
}

var _ Route = (*Smarthost)(nil)

// next implements Route: everything goes there.
func (*Smarthost) next(string) string { return "" }

// limits implements Route.
func (h *Smarthost) limits() limits {
	connections := or(h.Connections, 1)
	return limits{connections: connections, waiting: max(8, 4*connections), only: true}
}

// verdict implements Route. What is wrong with a smarthost ends a Flush anyway.
func (*Smarthost) verdict() error { return nil }

func (h *Smarthost) timeout() time.Duration { return or(h.Timeout, DefaultTimeout) }

// dial implements Route: it connects, protects the connection and logs in.
func (h *Smarthost) dial(ctx context.Context, _ string, source netip.Addr) (*session, error) {
	s, err := h.connect(ctx, source)
	if err == nil {
		return s, nil
	}
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		err = fmt.Errorf("%w (%w)", ErrCertificate, err)
	}
	return nil, fmt.Errorf("smarthost %s: %w", h.Address, err)
}

func (h *Smarthost) connect(ctx context.Context, source netip.Addr) (*session, error) {
	host, port, err := net.SplitHostPort(h.Address)
	if err != nil {
		return nil, fmt.Errorf("not of the form host:port: %w", err)
	}
	config, err := h.tlsConfig(host)
	if err != nil {
		return nil, err
	}
	// The password comes first: asking for it can take a person longer than
	// a server waits.
	password, err := h.password(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := dialer(source, h.timeout()).DialContext(ctx, "tcp", h.Address)
	if err != nil {
		return nil, err
	}
	conn := newMeter(raw)
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	s, err := h.greet(conn, config, host, port, password, nameFor(source, h.HELOFrom, h.HELO))
	if err != nil {
		_ = raw.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	return s, nil
}

// greet takes a connection to the point where mail can be sent.
func (h *Smarthost) greet(conn *meter, config *tls.Config, host, port, password, name string) (*session, error) {
	loopback := isLoopback(conn.RemoteAddr())
	policy := h.policy(port, loopback)
	if policy == TLSNone && !loopback {
		return nil, ErrPlaintext
	}
	if err := conn.SetDeadline(time.Now().Add(h.timeout())); err != nil {
		return nil, err
	}
	var stream net.Conn = conn
	if policy == TLSImplicit {
		stream = tls.Client(conn, config)
	}
	client, err := smtp.NewClient(stream, host)
	if err != nil {
		return nil, err
	}
	if err := client.Hello(name); err != nil {
		return nil, err
	}
	if h.TLS == TLSAuto && policy == TLSNone && h.User != "" && wantsTLSFirst(client) {
		policy = TLSStart
	}
	if policy == TLSStart {
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return nil, fmt.Errorf("%w (no STARTTLS)", ErrPlaintext)
		}
		if err := client.StartTLS(config); err != nil {
			return nil, err
		}
	}
	if h.User != "" {
		err := client.Auth(&login{host: host, user: h.User, password: password, token: h.Token != nil, loopback: loopback})
		if refusedLogin(err) {
			return nil, fmt.Errorf("%w (%s)", ErrAuthRefused, replyOf(err))
		}
		if err != nil {
			return nil, fmt.Errorf("log-in: %w", err)
		}
	}
	s := newSession(client, conn, h.timeout())
	s.logsIn = true
	return s, nil
}

// wantsTLSFirst reports whether a server lets nobody log in before STARTTLS:
// many do so on this machine, too.
func wantsTLSFirst(client *smtp.Client) bool {
	login, _ := client.Extension("AUTH")
	secure, _ := client.Extension("STARTTLS")
	return secure && !login
}

func (h *Smarthost) policy(port string, loopback bool) TLS {
	switch {
	case h.TLS != TLSAuto:
		return h.TLS
	case port == "465":
		return TLSImplicit
	case loopback:
		return TLSNone
	}
	return TLSStart
}

func (h *Smarthost) tlsConfig(host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if h.CAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(h.CAFile)
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", h.CAFile)
	}
	return config, nil
}

// password is what proves who we are: a password or a token.
func (h *Smarthost) password(ctx context.Context) (string, error) {
	switch {
	case h.User == "":
		return "", nil
	case h.Token != nil:
		return h.Token(ctx)
	case h.Password == nil:
		return "", nil
	}
	password, err := h.Password(ctx)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return password, nil
}

func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
