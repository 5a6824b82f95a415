package main

import (
	"context"
	"net"
	"net/http"

	"spamreport/internal/config"
	"spamreport/internal/discover"
	"spamreport/internal/doctor"
	"spamreport/internal/mailbox"
	"spamreport/internal/setup"
)

// initMail tries the answers of init on the network.
type initMail struct {
	*app
	person   person
	cfg      config.Config // of the environment: which DNS server to ask
	stateDir string
	sources  []string // of autoconfig files
}

// Find implements setup.Mail.
func (m initMail) Find(ctx context.Context, address string) (discover.Found, error) {
	m.say("Looking for the servers of %s …", address)
	names := resolver(m.cfg.DNS.Server)
	dialer := &net.Dialer{Resolver: names}
	finder := discover.Finder{
		Resolver: names, Collected: m.sources, Dial: dialer.DialContext,
		HTTP: &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, Proxy: http.ProxyFromEnvironment}},
	}
	return finder.Find(ctx, address)
}

// Folders implements setup.Mail.
func (m initMail) Folders(ctx context.Context, l setup.Login) ([]mailbox.FolderInfo, error) {
	cfg := l.Account(l.User)
	if err := cfg.Complete(); err != nil {
		return nil, err
	}
	account, err := newAccount(cfg, m.stateDir)
	if err != nil {
		return nil, err
	}
	session, err := mailbox.Dial(ctx, account.Mailbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Close() }() // everything was answered already
	return session.Folders(ctx)
}

// Sending implements setup.Mail.
func (m initMail) Sending(ctx context.Context, l setup.Login) error {
	cfg := l.Relay()
	if err := cfg.Complete(); err != nil {
		return err
	}
	cfg.Timeout = m.cfg.Relay.Timeout
	_, err := smarthost(cfg, m.stateDir).Probe(ctx)
	return err
}

// Allow implements setup.Mail.
func (m initMail) Allow(ctx context.Context, l setup.Login) error {
	source := newSource(l.Account("").OAuth2, l.User, m.stateDir)
	token, err := m.allow(ctx, m.person, source.Client, source.Client.DeviceURL != "")
	if err != nil {
		return err
	}
	if err := source.Save(token); err != nil {
		return err
	}
	return m.person.pause(ctx)
}

// Objection implements setup.Mail: DMARC, as doctor sees it.
func (m initMail) Objection(ctx context.Context, email string, l setup.Login) (string, bool) {
	examined := &examined{}
	cfg := m.cfg
	cfg.Identity.Email, cfg.Relay = email, l.Relay()
	if cfg.Relay.Complete() != nil || examined.fill(cfg) != nil {
		return "", false // not about DMARC
	}
	checks, err := doctor.Select(examined.Checks(ctx), []string{"identity/dmarc"})
	if err != nil {
		return "", false
	}
	for result := range doctor.Examine(ctx, checks) {
		switch result.Status {
		case doctor.Fail, doctor.Warn:
			return result.What + " (spamreport doctor says what to do)", result.Status == doctor.Fail
		}
	}
	return "", false
}
