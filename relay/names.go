package relay

import (
	"net"
	"net/netip"
	"os"
	"time"
)

// nameFor is what this machine calls itself in EHLO for mail that leaves from
// an address of it: servers compare the two in DNS. RFC 5321 §4.1.4 lets a
// client without a meaningful name use an address literal.
func nameFor(source netip.Addr, bySource map[netip.Addr]string, usual string) string {
	if name := bySource[source]; name != "" {
		return name
	}
	if usual != "" {
		return usual
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
