package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/emersion/go-message/mail"
	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/demo"
	"spamreport/internal/pipeline"
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Run the whole path on this machine: nothing configured, no network, nothing left behind",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
}

// demo runs an ordinary sweep; only the addresses in its configuration are
// those of servers on loopback.
func (a *app) demo(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "spamreport-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a.say("1. A mailbox (IMAP), registries (RDAP, WHOIS) and an abuse desk (SMTP) start on loopback.")
	world, err := demo.Start(ctx, dir)
	if err != nil {
		return fmt.Errorf("start the demo's servers: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	p, err := a.openDemo(ctx, dir, world.TOML())
	if err != nil {
		return err
	}
	defer p.close()

	a.say("2. The sweep reads the Junk folder, walks each trace, and asks the registries.")
	if err := a.demoSweep(ctx, p); err != nil {
		return err
	}
	a.say("3. The relay delivers what was queued, over STARTTLS with AUTH.")
	if err := a.deliver(ctx, p); err != nil {
		return err
	}
	return a.showDeliveries(world.Deliveries())
}

func (a *app) demoSweep(ctx context.Context, p *parts) error {
	sweep, err := p.sweep(ctx, a.showDemoCase)
	if err != nil {
		return err
	}
	accounts, err := p.accounts(ctx, "", "")
	if err != nil {
		return err
	}
	return errors.Join(sweep.Account(ctx, accounts[0])...)
}

// openDemo reads the configuration as any other, from a file, with nothing
// but the password in its environment.
func (a *app) openDemo(ctx context.Context, dir, text string) (*parts, error) {
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write the demo's configuration: %w", err)
	}
	if err := os.Setenv("MAIL_PASSWORD", demo.Password); err != nil {
		return nil, err
	}
	cfg, err := config.Load(file, nil)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, cfg, dir, readWrite, a.logger())
}

func (a *app) showDemoCase(c pipeline.Case) {
	if a.json {
		_ = contract.Write(a.stdout, newReport(c)) // output remembers a failure
		return
	}
	out := a.printer()
	a.say("")
	out.Title("%s  %s", c.Message.Name, c.Incident.Verdict.MessageID)
	out.Walk(c.Incident.Verdict)
	if c.Action != complaint.Skipped {
		out.Lookup(c.Incident.Lookup)
	}
	out.Outcome(c.Action, c.Why)
	a.say("")
}

// showDeliveries shows that the complaints arrived, and one of them whole.
func (a *app) showDeliveries(deliveries []demo.Delivery) error {
	if len(deliveries) == 0 {
		return errors.New("no complaint arrived at the abuse desk")
	}
	if a.json {
		return nil
	}
	a.say("4. At the abuse desks arrived:")
	for _, d := range deliveries {
		subject, err := subjectOf(d.Data)
		if err != nil {
			return fmt.Errorf("read what arrived: %w", err)
		}
		a.say("   for %v: %s", d.To, subject)
	}
	a.say("")
	a.say("The first of them, as it arrived:")
	a.say("")
	a.printer().Text(string(deliveries[0].Data))
	a.say("That was the demo: nothing left this machine and nothing stays on it. Next: spamreport init")
	return nil
}

func subjectOf(raw []byte) (string, error) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	return r.Header.Subject()
}
