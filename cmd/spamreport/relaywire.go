package main

import (
	"cmp"

	"spamreport/relay"
	"spamreport/relay/guard"
)

// openRelay makes the relay from the configuration.
func (p *parts) openRelay() error {
	doors, err := p.doors()
	if err != nil {
		return err
	}
	if err := p.openSigner(); err != nil {
		return err
	}
	p.guard = doors
	p.relay = &relay.Relay{
		Queue: p.store.Queue(), Route: p.route(), Gate: doors, Host: p.hostName(), Signer: p.signer,
		SourceFor: sources(p.cfg.Relay.Users), Log: p.log,
	}
	return nil
}

// doors hold mail to its limits and to the suppression list.
func (p *parts) doors() (*guard.Guard, error) {
	cfg := p.cfg.Relay
	limits, err := p.cfg.Limits()
	if err != nil {
		return nil, err
	}
	return &guard.Guard{
		Book: p.store, Limits: limits, Refuse: cfg.OverLimit == "refuse", Log: p.log,
		Alerts: guard.Alerts{Host: p.hostName(), To: cmp.Or(cfg.AlertTo, p.cfg.Identity.Email)},
	}, nil
}
