package relay

import (
	"net"
	"net/netip"
	"os"
	"time"
)

// Names are what this machine calls itself in EHLO.
type Names struct {
	HELO string // the host name when empty
	// BySource is the name for mail that leaves from that address of the
	// machine: a server compares the two in DNS.
	BySource map[netip.Addr]string
}

// of returns the name for a source address. RFC 5321 §4.1.4 lets a client
// without a meaningful name use an address literal.
func (n Names) of(source netip.Addr) string {
	if name := n.BySource[source]; name != "" {
		return name
	}
	if n.HELO != "" {
		return n.HELO
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "[127.0.0.1]"
}

// dialer connects from an address of this machine, or from any.
func dialer(source netip.Addr, timeout time.Duration) *net.Dialer {
	d := &net.Dialer{Timeout: timeout}
	if source.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: source.AsSlice(), Zone: source.Zone()}
	}
	return d
}
