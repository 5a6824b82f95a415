package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"spamreport/internal/config"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/relay/guard"
)

// access says what a command does with the state folder.
type access int

const (
	readOnly  access = iota // works without a state folder, and makes none
	readWrite               // makes it when it is not there
)

// parts are what the commands work with, made from the configuration.
type parts struct {
	mode     access
	resolver *net.Resolver // nil: nobody is asked about names
	cfg      config.Config
	stateDir string
	store    *store.Store // nil: read-only, and nothing was ever stored
	desks    *lookup.Client
	relay    *relay.Relay // nil without a store
	guard    *guard.Guard // of the relay
	signer   relay.Signer // nil: no DKIM key is configured
	log      *slog.Logger
}

// open reads the configuration and makes the parts.
func (a *app) open(ctx context.Context, mode access) (*parts, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	stateDir, err := config.StateDir(os.Environ())
	if err != nil {
		return nil, err
	}
	p, err := assemble(ctx, cfg, stateDir, mode, a.logger())
	if err == nil && (a.dns || cfg.DNS.Ask) {
		p.resolver = resolver(cfg.DNS.Server)
	}
	return p, err
}

func assemble(ctx context.Context, cfg config.Config, stateDir string, mode access, log *slog.Logger) (*parts, error) {
	p := &parts{mode: mode, cfg: cfg, stateDir: stateDir, log: log}
	if err := p.openStore(ctx); err != nil {
		return nil, err
	}
	if err := p.openDesks(ctx); err != nil {
		p.close()
		return nil, err
	}
	if p.store != nil && mode == readWrite {
		if err := p.openRelay(); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *parts) close() {
	if p.store == nil {
		return
	}
	if err := p.store.Close(); err != nil {
		p.log.Error("cannot close the database", "error", err)
	}
}

func (p *parts) openStore(ctx context.Context) error {
	name, o := databaseOf(p.cfg, p.stateDir)
	open := store.Open
	if p.mode == readOnly {
		open = store.OpenReadOnly
	} else if err := os.MkdirAll(p.stateDir, 0o700); err != nil { // keys and tokens lie there, wherever the database is
		return &relay.Temporary{Err: err}
	}
	s, err := open(ctx, name, o)
	if p.mode == readOnly && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	p.store = s
	if err != nil {
		// Another program has it locked, the disk is full: whoever sends mail
		// may try again.
		return &relay.Temporary{Err: err}
	}
	return nil
}

// databaseOf is where the store is.
func databaseOf(cfg config.Config, stateDir string) (name string, o store.Options) {
	if !store.IsPostgres(cfg.Database) {
		return filepath.Join(stateDir, "spamreport.db"), o
	}
	if !cfg.DatabaseSecret.IsZero() {
		o.Password = cfg.DatabaseSecret.Get
	}
	return cfg.Database, o
}
