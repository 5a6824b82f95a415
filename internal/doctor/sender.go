package doctor

import (
	"context"
	"net"
	"net/netip"
)

// sender is the addresses that mail leaves from, as far as they are known.
type sender struct {
	addrs []netip.Addr
	whose string // for people: "the smarthost smtp.example.org"
	sure  bool   // not a guess
	why   string // why there are none
}

// sayAddress is what to do about a guess.
const sayAddress = "name the address that your mail leaves from: spamreport doctor --address ADDRESS"

// sender finds them.
func (s Setup) sender(ctx context.Context) sender {
	switch {
	case len(s.Addresses) > 0:
		return sender{addrs: s.Addresses, whose: "the given address", sure: true}
	case s.Smarthost != nil:
		return s.smarthostAddress(ctx)
	}
	var own sender
	for _, a := range ownAddresses(ctx) {
		if behindNAT(a) {
			own.why = "this machine has the private address " + a.String() + ", and the router's is not known here"
			continue
		}
		own.addrs = append(own.addrs, a)
	}
	own.whose, own.sure = "this machine", true
	if len(own.addrs) == 0 && own.why == "" {
		own.why = "this machine has no way to the Internet"
	}
	return own
}

func (s Setup) smarthostAddress(ctx context.Context) sender {
	host, _, _ := net.SplitHostPort(s.Smarthost.Address)
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	addrs, err := s.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return sender{why: "the smarthost " + host + " has no address: " + plainly(err)}
	}
	found := sender{whose: "the smarthost " + host}
	for _, a := range addrs {
		if a = a.Unmap(); !behindNAT(a) {
			found.addrs = append(found.addrs, a)
		}
	}
	if len(found.addrs) == 0 {
		found.why = "the smarthost " + host + " is in this network, and where it sends from is not known here"
	}
	return found
}

// ownAddresses are the addresses of this machine that packets to the Internet
// would leave from. Connecting UDP sends none.
func ownAddresses(ctx context.Context) []netip.Addr {
	var addrs []netip.Addr
	for _, target := range []string{"192.88.99.1:25", "[2001:4860:4860::8888]:25"} {
		conn, err := new(net.Dialer).DialContext(ctx, "udp", target)
		if err != nil {
			continue
		}
		if local, is := conn.LocalAddr().(*net.UDPAddr); is {
			addrs = append(addrs, local.AddrPort().Addr().Unmap())
		}
		_ = conn.Close() // nothing was sent
	}
	return addrs
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// behindNAT says that no receiver sees an address.
func behindNAT(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedSpace.Contains(a)
}
