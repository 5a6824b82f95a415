package relay

import (
	"context"
	"crypto/tls"
	"net/netip"
	"strconv"
)

// Service is what a smarthost offers once it has been greeted and logged in to.
type Service struct {
	TLS          *tls.ConnectionState // nil without TLS
	MaxSize      int64                // largest message in octets; zero: no limit is told (RFC 1870)
	EightBitMIME bool
	SMTPUTF8     bool
}

// Probe connects, protects the connection and logs in, as a delivery does, and
// leaves again. The errors are those of a delivery.
func (h *Smarthost) Probe(ctx context.Context) (Service, error) {
	s, err := h.dial(ctx, "", netip.Addr{})
	if err != nil {
		return Service{}, err
	}
	defer s.close()
	var service Service
	if state, secured := s.client.TLSConnectionState(); secured {
		service.TLS = &state
	}
	if ok, limit := s.client.Extension("SIZE"); ok {
		service.MaxSize, _ = strconv.ParseInt(limit, 10, 64)
	}
	service.EightBitMIME, _ = s.client.Extension("8BITMIME")
	service.SMTPUTF8, _ = s.client.Extension("SMTPUTF8")
	return service, nil
}
