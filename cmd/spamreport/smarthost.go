package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"spamreport/internal/config"
	"spamreport/relay"
)

// smarthost is the configured one; nil when there is none.
func smarthost(cfg config.Relay, stateDir string) *relay.Smarthost {
	if cfg.Smarthost == "" {
		return nil
	}
	host := &relay.Smarthost{
		Address: cfg.Smarthost, User: cfg.User, TLS: relay.TLS(cfg.TLS), CAFile: cfg.CAFile, Timeout: cfg.Timeout,
		HELO: cfg.HELO, HELOFrom: heloFrom(cfg.HELOFrom), Connections: cfg.Connections,
	}
	if !cfg.Secret.IsZero() {
		host.Password = cfg.Secret.Get
	}
	host.Token = token(cfg.OAuth2, cfg.User, stateDir)
	return host
}

// tlsConfig trusts a private certificate authority; nil means the system's.
func tlsConfig(caFile string) (*tls.Config, error) {
	return trusting(x509.NewCertPool(), caFile)
}

// trusting adds the authority in the file, if there is one, to the others.
func trusting(others *x509.CertPool, caFile string) (*tls.Config, error) {
	if caFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	if !others.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in it; it must be PEM", caFile)
	}
	return &tls.Config{RootCAs: others, MinVersion: tls.VersionTLS12}, nil
}
