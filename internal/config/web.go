package config

import (
	"net"
	"time"
)

// oftenestCheckUp spares those who are asked in a check-up.
const oftenestCheckUp = time.Hour

// checkWeb wants TLS where others than this machine can connect, unless
// somebody thought about it.
func (l *loader) checkWeb(c *Web) {
	if c.CheckUpEvery > 0 && c.CheckUpEvery < oftenestCheckUp && !l.wrong["web.check_up_every"] {
		l.mistake("web.check_up_every", "registries and blocklists are asked each time: at least 1h, or 0s for only when you ask")
	}
	l.checkFile(&c.TLSCert, "web.tls_cert")
	l.checkFile(&c.TLSKey, "web.tls_key")
	switch {
	case c.TLSCert != "" && c.TLSKey == "":
		l.mistake("web.tls_cert", "has no key: add tls_key")
	case c.TLSCert == "" && c.TLSKey != "":
		l.mistake("web.tls_key", "has no certificate: add tls_cert")
	case c.TLSCert != "" || c.AllowPlaintext || l.wrong["web.address"]:
		return
	}
	if host, _, err := net.SplitHostPort(c.Address); err == nil && !isLoopback(host) {
		l.mistake("web.address", "%s is open to others, and without TLS so would be your password: add tls_cert and tls_key, or keep 127.0.0.1 and put a proxy before it", c.Address)
	}
}
