package main

import (
	"context"
	"net"

	"github.com/spf13/cobra"

	"spamreport/headers"
)

// dnsFlag lets a command confirm names while it walks. It is off by default:
// each question tells the world, and perhaps the spammer's own name server,
// that the message is being looked at.
func (a *app) dnsFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.dns, "dns", false, "confirm names by DNS, and find your mail servers by MX; tells others that you look")
}

// names is whom a walk may ask; nil: nobody.
func (p *parts) names() headers.Resolver {
	if p.resolver == nil {
		return nil
	}
	return p.resolver
}

// resolver asks the configured DNS server, or the system's.
func resolver(server string) *net.Resolver {
	if server == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, server)
		},
	}
}
