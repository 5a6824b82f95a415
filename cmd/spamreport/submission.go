package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/time/rate"

	"spamreport/internal/config"
	"spamreport/relay"
	"spamreport/relay/submission"
)

// submissionServer makes the server from the configuration.
func (p *parts) submissionServer() (*submission.Server, error) {
	cfg := p.cfg.Relay.Listen
	s := &submission.Server{
		Name: p.hostName(), Queue: p.relay, Users: p.store.RelayUsers(), Senders: p.cfg.SendersOf,
		LoopbackUser: cfg.LoopbackUser, FullTrace: cfg.Trace == "full", Log: p.log,
		Limits: submission.Limits{
			Message: int64(cfg.MaxMegabytes) << 20, Recipients: cfg.MaxRecipients, Sessions: cfg.MaxConnections,
		},
		Policy:    p.guard,
		Room:      p.store.Room,
		Forwarded: forwarding(p.cfg.Relay.Forwarded),
	}
	if cfg.TLSCert == "" {
		return s, nil
	}
	certificate := &submission.Certificate{CertFile: cfg.TLSCert, KeyFile: cfg.TLSKey, Log: p.log}
	var err error
	s.TLS, err = certificate.TLS()
	return s, err
}

// forwarding is how much automatically forwarded mail is taken. The words were
// checked when the configuration was read.
func forwarding(words string) *rate.Limiter {
	if words == "allow" {
		return rate.NewLimiter(rate.Inf, 1)
	}
	perSecond, err := config.ParseRate(words)
	if err != nil {
		return nil
	}
	count, _, _ := strings.Cut(words, "/")
	atOnce, _ := strconv.Atoi(strings.TrimSpace(count)) // ParseRate has read it
	return rate.NewLimiter(rate.Limit(perSecond), atOnce)
}

// deliverAll delivers what is due until ctx ends. Without a way out mail is
// taken all the same: it waits until the configuration has one.
func (p *parts) deliverAll(ctx context.Context) error {
	err := p.relay.Run(ctx)
	if errors.Is(err, relay.ErrNoRoute) {
		p.log.Error("cannot deliver", "error", err)
		<-ctx.Done()
		return nil
	}
	return err
}
