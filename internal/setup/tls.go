package setup

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"

	"spamreport/internal/discover"
	"spamreport/internal/mailbox"
	"spamreport/relay"
)

func (l Login) split() (host, port string) {
	host, port, err := net.SplitHostPort(l.Server)
	if err != nil {
		return strings.Trim(l.Server, "[]"), ""
	}
	return host, port
}

// isLocal says that the server is this machine.
func (l Login) isLocal() bool {
	host, _ := l.split()
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}

// securities are those to try, in this order: a server that waits for STARTTLS
// says at once that it is no TLS, while the other way round both sides wait.
// What the configuration has for this machine by default may be no TLS at all.
func (l Login) securities() []discover.Security {
	_, port := l.split()
	switch {
	case l.Security != "":
		return []discover.Security{l.Security}
	case port == "": // the usual one, which the configuration adds
		return []discover.Security{""}
	case l.isLocal():
		return []discover.Security{discover.Implicit, ""}
	case port == "143" || port == "587" || port == "25":
		return []discover.Security{discover.STARTTLS, discover.Implicit}
	}
	return []discover.Security{discover.Implicit, discover.STARTTLS}
}

// isAboutTLS says that the server may well be the right one.
func isAboutTLS(failure error) bool {
	var record tls.RecordHeaderError
	return errors.Is(failure, mailbox.ErrNotTLS) || errors.Is(failure, mailbox.ErrNoTLS) ||
		errors.Is(failure, relay.ErrPlaintext) || errors.As(failure, &record)
}

func isCertificate(failure error) bool {
	return errors.Is(failure, mailbox.ErrCertificate) || errors.Is(failure, relay.ErrCertificate)
}

// isRefusal says that the server does not let us in, or that we have nothing to
// get in with.
func isRefusal(failure error) bool {
	return errors.Is(failure, mailbox.ErrLogin) || errors.Is(failure, mailbox.ErrToken) ||
		errors.Is(failure, relay.ErrAuthRefused) || errors.Is(failure, ErrProof)
}
