package submission

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is a certificate on disk that is read again when its files
// change: a renewal needs no restart.
type Certificate struct {
	CertFile, KeyFile string
	Log               *slog.Logger // where a renewal that cannot be read is told

	mu      sync.Mutex
	current *tls.Certificate
	changed [2]time.Time // when the files had last changed
}

// TLS reads the certificate and returns a configuration for Server.TLS.
func (c *Certificate) TLS() (*tls.Config, error) {
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	// A renewal that is half done, or wrong, leaves the old one in use.
	if err := c.load(); err != nil && c.Log != nil {
		c.Log.Error("cannot renew the certificate", "error", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current, nil
}

// load reads the files when they have changed.
func (c *Certificate) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var changed [2]time.Time
	for i, file := range []string{c.CertFile, c.KeyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return fmt.Errorf("certificate: %w", err)
		}
		changed[i] = info.ModTime()
	}
	if c.current != nil && changed == c.changed {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.CertFile, c.KeyFile, err)
	}
	c.current, c.changed = &cert, changed
	return nil
}
