package mx

import (
	"context"
	"net"
	"strings"
)

// Dial connects to a host on the Internet, as net.Dialer does, and refuses
// addresses that nothing is to be sent to. It is for what has to be fetched
// from a name that a stranger chose, such as an MTA-STS policy.
func (f *Finder) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	at, err := f.Addresses(ctx, Host{Name: strings.TrimSuffix(host, ".")})
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	for _, addr := range at.List {
		var conn net.Conn
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(addr.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
