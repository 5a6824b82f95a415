package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"spamreport/internal/config"
	"spamreport/relay"
	"spamreport/relay/submission"
)

// submissionServer makes the server from the configuration. wake is told of
// each message that it accepts.
func (p *parts) submissionServer(wake chan<- struct{}) (*submission.Server, error) {
	cfg := p.cfg.Relay.Listen
	s := &submission.Server{
		Name: p.hostName(), Queue: waking{p.relay, wake}, Users: p.store.RelayUsers(), Senders: p.cfg.SendersOf,
		LoopbackUser: cfg.LoopbackUser, FullTrace: cfg.Trace == "full", Log: p.log,
		Limits: submission.Limits{
			Message: int64(cfg.MaxMegabytes) << 20, Recipients: cfg.MaxRecipients, Sessions: cfg.MaxConnections,
		},
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

// waking is a queue that wakes the delivery.
type waking struct {
	*relay.Relay
	wake chan<- struct{}
}

// Accept implements submission.Queue.
func (w waking) Accept(ctx context.Context, s relay.Submission) error {
	if err := w.Relay.Accept(ctx, s); err != nil {
		return err
	}
	select {
	case w.wake <- struct{}{}:
	default: // awake already
	}
	return nil
}

// Waits of the delivery.
const (
	lookAround = 10 * time.Second // other programs fill the queue as well
	backOffMin = 5 * time.Second  // when the smarthost cannot be used
	backOffMax = 5 * time.Minute
)

// deliverAll delivers what is due until ctx ends.
func (p *parts) deliverAll(ctx context.Context, wake <-chan struct{}) error {
	backOff := backOffMin
	for {
		report, err := p.relay.Flush(ctx)
		wait, again := lookAround, wake
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			var temporary *relay.Temporary
			if !errors.As(err, &temporary) {
				p.log.Error("cannot deliver", "error", err)
			}
			wait, again = backOff, nil
			backOff = min(2*backOff, backOffMax)
		default:
			backOff = backOffMin
			if !report.NextDue.IsZero() {
				wait = max(0, min(wait, time.Until(report.NextDue)))
			}
		}
		select {
		case <-again:
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
