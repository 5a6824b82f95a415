package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"spamreport/internal/systemd"
	"spamreport/relay/submission"
)

// listeners opens what [relay.listen] names, unless systemd has done so.
func (p *parts) listeners() ([]submission.Listener, error) {
	sockets, err := systemd.Sockets()
	if err != nil {
		return nil, err
	}
	var all []submission.Listener
	for _, s := range sockets {
		all = append(all, submission.Listener{Listener: s, ImplicitTLS: s.Name == "submissions"})
	}
	if len(all) > 0 {
		return all, nil
	}
	cfg := p.cfg.Relay.Listen
	// No keep-alives: a session has time-outs of its own.
	listen := net.ListenConfig{KeepAlive: -1}
	for i, addresses := range [][]string{cfg.Address, cfg.TLSAddress} {
		for _, address := range addresses {
			l, err := listen.Listen(context.Background(), "tcp", address)
			if err != nil {
				return nil, fmt.Errorf("listen for mail: %w; is another server there? see address in [relay.listen]", err)
			}
			all = append(all, submission.Listener{Listener: l, ImplicitTLS: i == 1})
		}
	}
	if len(all) == 0 {
		return nil, errors.New("nothing to listen on: set address in [relay.listen]")
	}
	return all, nil
}

// hostName is how this machine calls itself in SMTP.
func (p *parts) hostName() string {
	if p.cfg.Relay.HELO != "" {
		return p.cfg.Relay.HELO
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "localhost"
}
