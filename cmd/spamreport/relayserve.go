package main

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spamreport/internal/relaymetrics"
	"spamreport/internal/systemd"
	"spamreport/relay/submission"
)

func (a *app) relayServeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Take mail from other programs over SMTP, and deliver it",
		Long: `serve takes mail from other programs that log in (see spamreport relay user), and
delivers what is queued, whoever queued it. It listens where [relay.listen] says,
or on the sockets that systemd hands down, and stops within ten seconds of
SIGTERM or SIGINT.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return untilStopped(cmd.Context(), a.relayServe(cmd.Context()))
		},
	}
}

// stopWithin is how long what is under way may take when serve is told to stop.
// systemd and people lose patience after ten seconds.
const stopWithin = 7 * time.Second

// ballast is memory that is never touched and so takes none. To the garbage
// collector it is part of what is in use, so that a server with little in use
// does not collect many times a second: that was a tenth of the processor time
// of a message. It has some 10 MB more, however much is in use; GOGC would
// multiply it.
func ballast() []byte { return make([]byte, 12<<20) }

func (a *app) relayServe(ctx context.Context) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	p.log = a.serviceLogger()
	if err := p.openRelay(); err != nil {
		return err
	}
	p.relay.Grace = stopWithin
	defer runtime.KeepAlive(ballast())
	server, err := p.submissionServer()
	if err != nil {
		return err
	}
	figures, err := p.figures(server)
	if err != nil {
		return err
	}
	switch somebody, err := p.mayHandIn(ctx); {
	case err != nil:
		return err
	case !somebody:
		p.log.Warn("nobody may hand mail in yet: see spamreport relay user add")
	}
	listeners, err := p.listeners()
	if err != nil {
		return err
	}
	for _, l := range listeners {
		p.log.Info("listening", "address", l.Addr().String(), "tls", l.ImplicitTLS)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Serve(ctx, listeners...) })
	group.Go(func() error { return p.deliverAll(ctx) })
	group.Go(func() error { return figures(ctx) })
	group.Go(func() error { return p.tellSystemd(ctx) })
	err = group.Wait()
	p.log.Info("stopped")
	return err
}

// tellSystemd tells systemd how we are.
func (p *parts) tellSystemd(ctx context.Context) error {
	if err := systemd.Notify(systemd.Ready); err != nil {
		return err
	}
	stopping := context.AfterFunc(ctx, func() {
		if err := systemd.Notify(systemd.Stopping); err != nil {
			p.log.Warn("cannot tell systemd", "error", err)
		}
	})
	defer stopping()
	healthy := func(ctx context.Context) error {
		_, err := p.store.Queue().NextDue(ctx)
		return err
	}
	systemd.Watchdog(ctx, healthy, func(err error) { p.log.Error("the queue does not work", "error", err) })
	return nil
}

// figures counts what the server and the queue do, when the configuration
// says where to show it. What it returns shows the figures until ctx ends.
func (p *parts) figures(server *submission.Server) (serve func(context.Context) error, err error) {
	if p.cfg.Relay.Metrics == "" {
		return func(context.Context) error { return nil }, nil
	}
	l, err := net.Listen("tcp", p.cfg.Relay.Metrics)
	if err != nil {
		return nil, fmt.Errorf("listen for Prometheus: %w; see metrics in [relay]", err)
	}
	m := relaymetrics.New()
	m.Watch(p.store.Queue())
	p.store.OnCommit(m.Committed)
	p.relay.Queue = m.Queue(p.relay.Queue)
	if server != nil {
		server.Observer = m
	}
	return func(ctx context.Context) error { return m.Serve(ctx, l, p.log) }, nil
}
