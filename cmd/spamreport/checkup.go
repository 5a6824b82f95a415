package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/doctor"
	"spamreport/internal/pipeline"
)

// checkup examines every part for the page, as doctor does without flags.
func (a *app) checkup(p *parts) func(context.Context) []contract.Check {
	return func(ctx context.Context) (found []contract.Check) {
		setup, err := a.doctorSetup(doctorFlags{probe: probeAddress, mx: probeDomain})
		if err == nil {
			err = setup.fill(p.cfg)
		}
		if err != nil {
			for _, r := range doctor.BadConfig(err) {
				found = append(found, checked(r))
			}
			return found
		}
		for r := range doctor.Examine(ctx, setup.Checks(ctx)) {
			found = append(found, checked(r))
		}
		return found
	}
}

// doctorSetup is what the flags say.
func (a *app) doctorSetup(f doctorFlags) (*examined, error) {
	stateDir, err := config.StateDir(os.Environ())
	if err != nil {
		return nil, err
	}
	s := &examined{}
	s.StateDir = stateDir
	s.Database, _ = databaseOf(config.Config{}, stateDir)
	s.Probe, s.ProbeDomain, s.SMTPPort = f.probe, f.mx, f.port
	for _, text := range f.addresses {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("--address %q: not an IP address", text)
		}
		s.Addresses = append(s.Addresses, addr.Unmap())
	}
	return s, nil
}

// examined is the set-up as it is filled from the configuration.
type examined struct{ doctor.Setup }

func (s *examined) fill(cfg config.Config) (err error) {
	s.Database, s.DatabaseOptions = databaseOf(cfg, s.StateDir)
	s.Config, s.Resolver, s.Smarthost = cfg, resolver(cfg.DNS.Server), smarthost(cfg.Relay, s.StateDir)
	if s.Lookup, err = lookupOptions(cfg); err != nil {
		return err
	}
	if s.Keys, err = dkimKeys(cfg.Relay.DKIM); err != nil {
		return err
	}
	s.Letters = func() (int, error) {
		letters, err := loadLetters(letterDir(cfg))
		if err == nil {
			_, err = preferences(cfg, letters)
		}
		if err != nil {
			return 0, err
		}
		return len(letters.Names()), nil
	}
	for _, c := range cfg.Accounts {
		var account pipeline.Account
		if account, err = newAccount(c, s.StateDir); err != nil {
			return fmt.Errorf("account %s: %w", c.Name, err)
		}
		s.Accounts = append(s.Accounts, account)
	}
	return nil
}
