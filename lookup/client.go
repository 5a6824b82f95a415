package lookup

import (
	"context"
	"errors"
	"net/netip"
)

// Client looks up networks and their desks. It is safe for concurrent use.
type Client struct {
	opts Options
}

// New makes a client.
func New(o Options) (*Client, error) {
	return &Client{opts: o.withDefaults()}, nil
}

// Lookup answers for an IP address, CIDR, AS number, domain or URL.
func (c *Client) Lookup(ctx context.Context, query string) (Result, error) {
	return Result{Query: query}, errors.New("lookup: not built yet")
}

// IP answers for an address.
func (c *Client) IP(ctx context.Context, addr netip.Addr) (Result, error) {
	return c.Lookup(ctx, addr.String())
}
