package doctor

import (
	"crypto/tls"
	"fmt"
	"time"
)

// renewAt is what part of its life a certificate has left when it should have
// been renewed: authorities renew at a third, whether it lives for days or
// for months.
const renewAt = 5

// certificate says for how long a connection's certificate is good, and
// whether that is too short. It was verified when the connection was made.
func certificate(state *tls.ConnectionState, now time.Time) (text string, expires bool) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return "no TLS", false
	}
	leaf := state.PeerCertificates[0]
	left := leaf.NotAfter.Sub(now)
	unit, n := "days", int(left/(24*time.Hour))
	if n < 2 {
		unit, n = "hours", int(left/time.Hour)
	}
	return fmt.Sprintf("certificate good for %d %s", n, unit), left < leaf.NotAfter.Sub(leaf.NotBefore)/renewAt
}
