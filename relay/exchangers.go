package relay

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"spamreport/relay/mtasts"
	"spamreport/relay/mx"
	"spamreport/relay/resolver"
)

// Exchangers are the mail exchangers of each domain: the way straight to the
// recipients' servers. It implements Route.
type Exchangers struct {
	Resolver *resolver.Client      // where DNS is asked; nil: the system's servers
	HELO     string                // our name, which DNS should know; the host name when empty
	HELOFrom map[netip.Addr]string // our name for mail that leaves from that address
	Port     int                   // where servers listen; 25 when zero
	Timeout  time.Duration         // for one answer; DefaultTimeout when zero
	// Connections is how many are made at once for one domain; two when zero.
	Connections int
	// AllowPrivate are networks that count as public although they are not.
	AllowPrivate []netip.Prefix

	// Protection is how connections for a domain are protected, where that is
	// not left to what the domain publishes; "*" is for all others.
	Protection map[string]Protection
	// STS finds MTA-STS policies; nil: nobody asks for them.
	STS *mtasts.Client
	// Roots are the authorities that vouch for servers where TLS must be
	// verified; nil: those of the system.
	Roots *x509.CertPool

	unwell    unwell
	reached   atomic.Bool // some server was
	unreached atomic.Bool // some server was not, and gave no sign at all
}

var _ Route = (*Exchangers)(nil)

// connectTimeout is how long a server may take to accept a connection. There
// are others to try.
const connectTimeout = 30 * time.Second

// next implements Route: each domain is a destination of its own, also where
// several share their servers, since what they demand of TLS may differ.
func (x *Exchangers) next(domain string) string {
	if name, err := mx.ToASCII(domain); err == nil {
		return name
	}
	return domain // Find will say what is wrong with it
}

// limits implements Route.
func (x *Exchangers) limits() limits {
	return limits{connections: or(x.Connections, 2), waiting: 64}
}

// verdict implements Route.
func (x *Exchangers) verdict() error {
	if x.unreached.Load() && !x.reached.Load() {
		return ErrBlocked
	}
	return nil
}

// finder finds the servers of a domain.
func (x *Exchangers) finder() *mx.Finder {
	f := &mx.Finder{Resolver: x.resolver(), AllowPrivate: x.AllowPrivate, Self: []string{nameFor(netip.Addr{}, nil, x.HELO)}}
	for _, name := range x.HELOFrom {
		f.Self = append(f.Self, name)
	}
	f.SelfAt = ownAddresses()
	return f
}

// ownAddresses are those of this machine. Without them a loop would only be
// found by its name.
func ownAddresses() (own []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(ip.IP); ok {
				own = append(own, addr.Unmap())
			}
		}
	}
	return own
}

func (x *Exchangers) resolver() *resolver.Client {
	if x.Resolver != nil {
		return x.Resolver
	}
	return &resolver.Client{}
}

// dial implements Route: it tries the servers of a domain, and of each server
// its addresses, until one can be used.
func (x *Exchangers) dial(ctx context.Context, domain string, source netip.Addr) (*session, error) {
	finder := x.finder()
	hosts, err := finder.Find(ctx, domain)
	if err != nil {
		return nil, undeliverable(err)
	}
	demand := x.demand(ctx, domain)
	t := &tries{Exchangers: x, domain: domain, source: source}
	for _, t.last = range []bool{false, true} {
		for _, host := range hosts {
			if s := t.host(ctx, finder, host, demand); s != nil {
				return s, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
		if !t.passedOver {
			break
		}
	}
	return nil, t.verdict()
}

// open makes a connection. Where TLS is only preferred and fails, it makes
// another one without.
func (x *Exchangers) open(ctx context.Context, addr, source netip.Addr, shield shield) (*session, error) {
	s, err := x.greet(ctx, addr, source, shield)
	var handshake *handshakeError
	if errors.As(err, &handshake) && !shield.must && ctx.Err() == nil {
		return x.greet(ctx, addr, source, unshielded)
	}
	return s, err
}

// handshakeError is a failure of STARTTLS where it was offered.
type handshakeError struct{ error }

func (h *handshakeError) Unwrap() error { return h.error }

func (x *Exchangers) greet(ctx context.Context, addr, source netip.Addr, shield shield) (*session, error) {
	timeout := or(x.Timeout, DefaultTimeout)
	address := net.JoinHostPort(addr.String(), strconv.Itoa(x.port()))
	raw, err := dialer(source, min(timeout, connectTimeout)).DialContext(ctx, "tcp", address)
	if err != nil {
		x.noteUnreached(ctx, err)
		return nil, err
	}
	x.reached.Store(true)
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	s, err := x.talk(newMeter(raw), timeout, source, shield)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return s, nil
}

// noteUnreached tells a network that lets nothing out from a server that
// refuses: that one answered.
func (x *Exchangers) noteUnreached(ctx context.Context, err error) {
	var failure net.Error
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, syscall.ECONNREFUSED):
		x.reached.Store(true)
	case errors.As(err, &failure) && failure.Timeout(), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		x.unreached.Store(true)
	}
}

// talk takes a connection to the point where mail can be sent.
func (x *Exchangers) talk(conn *meter, timeout time.Duration, source netip.Addr, shield shield) (*session, error) {
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	client, err := smtp.NewClient(conn, conn.RemoteAddr().String())
	if err != nil {
		return nil, err
	}
	if err := client.Hello(nameFor(source, x.HELOFrom, x.HELO)); err != nil {
		return nil, err
	}
	if shield.config != nil {
		if offered, _ := client.Extension("STARTTLS"); offered {
			if err := client.StartTLS(shield.config); err != nil {
				return nil, &handshakeError{fmt.Errorf("%sSTARTTLS: %w", shield.says(), err)}
			}
		} else if shield.must {
			return nil, fmt.Errorf("%sthe server does not offer STARTTLS", shield.says())
		}
	}
	return newSession(client, conn, timeout), nil
}

func (x *Exchangers) port() int { return or(x.Port, 25) }

// undeliverable turns a refusal of package mx into one of ours.
func undeliverable(err error) error {
	var refusal *mx.Refusal
	if errors.As(err, &refusal) {
		return &Undeliverable{Reply{Code: refusal.Code, Status: refusal.Status, Text: printable(refusal.Text)}}
	}
	return err
}
