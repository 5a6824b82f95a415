package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"

	"spamreport/internal/web"
)

// site makes the page and opens the place where it is shown.
func (a *app) site(ctx context.Context, p *parts, flags serveFlags, running []string) (*web.Site, net.Listener, error) {
	cfg := p.cfg.Web
	if flags.address != "" {
		cfg.Address = flags.address
	}
	host, _, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, nil, &statusError{exitUsage, fmt.Errorf("--address %q: write host:port", cfg.Address)}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) && cfg.TLSCert == "" && !cfg.AllowPlaintext {
		return nil, nil, fmt.Errorf("%s is open to others, and without TLS so would be your password: set tls_cert and tls_key in [web]", cfg.Address)
	}
	walker, err := p.fileWalker(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	walker.Resolver = nil // a page does not wait for names
	composer, err := p.composer(ctx)
	if err != nil {
		return nil, nil, err
	}
	approvals := p.approvals()
	approvals.Wording = composer.Reword
	check, err := p.webPassword(ctx)
	if err != nil {
		return nil, nil, err
	}
	listener, base, err := listenWeb(cfg.Address, cfg.TLSCert, cfg.TLSKey)
	if err != nil {
		return nil, nil, err
	}
	o := web.Options{
		Store: p.store, Approvals: approvals, Walk: walkIn(walker), Running: running, CheckPassword: check,
		Hosts: []string{host}, Secure: cfg.TLSCert != "", Version: version(), Log: p.log, Relay: p.relayStatus,
		Senders: p.cfg.SendersOf, Examine: a.checkup(p), Every: cfg.CheckUpEvery,
	}
	if flags.deliver {
		o.Deliver = p.relay.Wake
	}
	if u, err := url.Parse(cfg.URL); err == nil && u.Host != "" {
		o.Hosts, o.Secure, base = append(o.Hosts, u.Host), u.Scheme == "https", cfg.URL
	}
	for _, account := range p.cfg.Accounts {
		o.Accounts = append(o.Accounts, web.Account{Name: account.Name, Server: account.Server, User: account.User, Folders: account.Folders})
	}
	if check == nil {
		o.ShowLink = func(path string) { fmt.Fprintf(a.stdout, "Sign in, once: %s%s\n", base, path) }
	} else {
		a.say("The page: %s", base)
	}
	return web.New(o), listener, nil
}

// listenWeb opens a place, and says how it is called.
func listenWeb(address, certFile, keyFile string) (l net.Listener, base string, err error) {
	l, err = net.Listen("tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("show the page: %w; is another program there? see address in [web]", err)
	}
	if certFile == "" {
		return l, "http://" + l.Addr().String(), nil
	}
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		_ = l.Close()
		return nil, "", fmt.Errorf("tls_cert and tls_key in [web]: %w", err)
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}), "https://" + l.Addr().String(), nil
}
