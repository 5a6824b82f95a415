package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"spamreport/internal/config"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
)

// sweep makes a sweep from the configuration; observe sees each message.
func (p *parts) sweep(ctx context.Context, observe func(pipeline.Case)) (*pipeline.Sweep, error) {
	stages, err := p.stages(ctx, nil) // each account has its own walker
	if err != nil {
		return nil, err
	}
	if p.mode == readOnly {
		stages.Rehearsal = &pipeline.Rehearsal{}
	}
	s := &pipeline.Sweep{Stages: stages, Auto: p.cfg.Complaint.Approve == "auto", Observe: observe, Log: p.log}
	if p.store != nil {
		s.Progress = p.store
	}
	return s, nil
}

// accounts are the configured mailboxes, or the named one; a named folder
// takes the place of the configured ones.
func (p *parts) accounts(ctx context.Context, name, folder string) ([]pipeline.Account, error) {
	if len(p.cfg.Accounts) == 0 {
		return nil, errors.New("no mailbox is configured: add an [[account]] to the configuration (spamreport init writes one to start from)")
	}
	var accounts []pipeline.Account
	var names []string
	for _, cfg := range p.cfg.Accounts {
		names = append(names, cfg.Name)
		if name != "" && cfg.Name != name {
			continue
		}
		account, err := newAccount(cfg, p.stateDir)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", cfg.Name, err)
		}
		account.Walker.Resolver = p.names()
		if account.Walker.Learned, err = p.learned(ctx, cfg.Name); err != nil {
			return nil, fmt.Errorf("account %s: %w", cfg.Name, err)
		}
		if folder != "" {
			account.Folders = []string{folder}
		}
		accounts = append(accounts, account)
	}
	if len(accounts) == 0 {
		return nil, &statusError{exitUsage, fmt.Errorf("no account is called %q; there are: %s", name, strings.Join(names, ", "))}
	}
	return accounts, nil
}

// security translates the words of the configuration.
var security = map[string]mailbox.Security{
	"implicit": mailbox.ImplicitTLS, "starttls": mailbox.STARTTLS, "none": mailbox.Plaintext,
}

func newAccount(cfg config.Account, stateDir string) (pipeline.Account, error) {
	walker, err := newWalker(cfg.Trust)
	if err != nil {
		return pipeline.Account{}, err
	}
	tlsConfig, err := tlsConfig(cfg.CAFile)
	if err != nil {
		return pipeline.Account{}, fmt.Errorf("ca_file: %w", err)
	}
	return pipeline.Account{
		Walker: walker, Folders: cfg.Folders, After: after(cfg.After), Unpack: cfg.Unpack,
		Mailbox: mailbox.Account{
			Name: cfg.Name, Server: cfg.Server, Security: security[cfg.TLS], AllowPlaintext: cfg.AllowPlaintext,
			User: cfg.User, Password: cfg.Secret.Get, TLSConfig: tlsConfig, Token: token(cfg.OAuth2, cfg.User, stateDir),
		},
	}, nil
}

func after(word string) pipeline.After {
	if folder, ok := strings.CutPrefix(word, "move:"); ok {
		return pipeline.After{MoveTo: folder}
	}
	return pipeline.After{Flag: word == "flag"}
}
