package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spamreport/internal/web"
)

// serveFlags say which parts run. All do, unless told otherwise.
type serveFlags struct {
	web, watch, deliver bool
	relay               bool
	setPassword         bool
	passwordFile        string
	address             string
}

func (a *app) serveCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the page, watch every mailbox and deliver, in one process",
		Long: `serve shows a page (the dashboard) on http://127.0.0.1:8025 or where [web] says,
watches every configured mailbox as spamreport watch does, delivers what is queued,
and takes mail as spamreport relay serve does, once the relay has a user. Each part
can be left out: --web=false, --watch=false, --deliver=false, --relay=false.

--set-password asks for the password of the page and keeps its hash. Without a
password, serve prints a link that signs in once. It stops within ten seconds of
SIGTERM or an interrupt.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.passwordFile != "" && !flags.setPassword {
				return &statusError{exitUsage, errors.New("--password-file goes with --set-password")}
			}
			if flags.setPassword {
				return a.setWebPassword(flags.passwordFile)
			}
			return untilStopped(cmd.Context(), a.serve(cmd.Context(), flags))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.web, "web", true, "show the page")
	f.BoolVar(&flags.watch, "watch", true, "watch the mailboxes")
	f.BoolVar(&flags.deliver, "deliver", true, "deliver what is queued")
	f.BoolVar(&flags.setPassword, "set-password", false, "ask for the password of the page, keep its hash, and end")
	f.BoolVar(&flags.relay, "relay", true, "take mail from the users of the relay, if there are any")
	f.StringVar(&flags.passwordFile, "password-file", "", "with --set-password: read it from this `file`; - is standard input")
	f.StringVar(&flags.address, "address", "", "show the page at this host:port (default that of [web])")
	a.dnsFlag(cmd)
	return cmd
}

func (a *app) serve(ctx context.Context, flags serveFlags) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	p.relay.Grace = web.StopWithin
	defer runtime.KeepAlive(ballast())
	var door relayDoor
	if flags.relay {
		if door, err = p.openDoor(ctx); err != nil {
			return fmt.Errorf("%w; --relay=false leaves the relay out", err)
		}
	}
	figures, err := p.figures(door.server) // before anything uses the queue, which it counts
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { p.keepPruned(ctx); return nil })
	group.Go(func() error { return figures(ctx) })
	group.Go(func() error { return p.tellSystemd(ctx) })
	var running []string
	if flags.watch {
		stop, err := a.serveWatch(ctx, p, group)
		if err != nil {
			return err
		}
		defer stop()
		running = append(running, "watches the mailboxes")
	}
	if flags.deliver {
		group.Go(func() error { return p.deliverAll(ctx) })
		running = append(running, "delivers what is queued")
	}
	if door.server != nil {
		group.Go(func() error { return door.server.Serve(ctx, door.listeners...) })
		running = append(running, "takes mail from the users of the relay")
	}
	if flags.web {
		site, listener, err := a.site(ctx, p, flags, running)
		if err != nil {
			return err
		}
		group.Go(func() error { return site.Serve(ctx, listener) })
	}
	if !flags.web && !flags.deliver && !flags.watch && !flags.relay {
		return &statusError{exitUsage, errors.New("everything is left out: nothing to serve")}
	}
	return group.Wait()
}

// serveWatch watches beside the page. Where nothing can be watched, the page
// stays, and says so.
func (a *app) serveWatch(ctx context.Context, p *parts, group *errgroup.Group) (stop func(), err error) {
	if len(p.cfg.Accounts) == 0 {
		fmt.Fprintln(a.stderr, "spamreport: no mailbox is configured, so none is watched")
		return func() {}, nil
	}
	unlock, err := p.mayFile()
	if err != nil {
		return nil, fmt.Errorf("%w; --watch=false shows the page without watching", err)
	}
	group.Go(func() error {
		if err := a.watchAll(ctx, p); err != nil && ctx.Err() == nil {
			a.complain(err)
		}
		return nil
	})
	return unlock, nil
}
