package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"

	"spamreport/internal/config"
	"spamreport/internal/oauth"
	"spamreport/internal/term"
)

func (a *app) loginCommand() *cobra.Command {
	var device, browser bool
	cmd := &cobra.Command{
		Use:   "login [ACCOUNT|relay]",
		Short: "Allow the program to use your mail where no password is taken (OAuth 2.0)",
		Long: `login is for accounts and a smarthost with oauth2 in the configuration. You allow
the program once, in a browser; then it renews the permission by itself. Without a
browser on this machine, open the address on another one: paste the address that
the browser ends at, or use --device where the provider has codes for that.`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			name := ""
			if len(names) > 0 {
				name = names[0]
			}
			return a.login(cmd.Context(), name, device, browser)
		},
	}
	cmd.Flags().BoolVar(&device, "device", false, "type a code in on another machine (the default where the provider has it)")
	cmd.Flags().BoolVar(&browser, "browser", false, "open the provider's page on this machine")
	cmd.MarkFlagsMutuallyExclusive("device", "browser")
	return cmd
}

// grant is a log-in of the configuration.
type grant struct {
	name string // of the account, or "relay"
	user string
	conf config.OAuth2
}

func (a *app) login(ctx context.Context, name string, device, browser bool) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	stateDir, err := config.StateDir(os.Environ())
	if err != nil {
		return err
	}
	g, err := findGrant(cfg, name)
	if err != nil {
		return &statusError{exitUsage, err}
	}
	source := newSource(g.conf, g.user, stateDir)
	token, err := a.allow(ctx, a.newPerson(), source.Client, device || !browser && source.Client.DeviceURL != "")
	if err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	if err := source.Save(token); err != nil {
		return err
	}
	a.say("%s: the log-in of %s is kept in %s", g.name, g.user, source.Dir)
	return nil
}

// differs reports whether another log-in has to be allowed by itself.
func (g grant) differs(other grant) bool {
	return !newSource(g.conf, g.user, "").Shares(newSource(other.conf, other.user, ""))
}

// findGrant finds the log-in that is meant; without a name the only one.
func findGrant(cfg config.Config, name string) (grant, error) {
	var all []grant
	for _, account := range cfg.Accounts {
		if account.OAuth2.Given() {
			all = append(all, grant{account.Name, account.User, account.OAuth2})
		}
	}
	if cfg.Relay.OAuth2.Given() {
		all = append(all, grant{"relay", cfg.Relay.User, cfg.Relay.OAuth2})
	}
	var names []string
	for _, g := range all {
		names = append(names, g.name)
	}
	i := slices.Index(names, name)
	switch {
	case len(all) == 0:
		return grant{}, errors.New("nothing in the configuration has oauth2: see docs/oauth2.md")
	case name == "" && !slices.ContainsFunc(all, all[0].differs):
		return all[0], nil
	case name == "":
		return grant{}, fmt.Errorf("which one? There are: %s", strings.Join(names, ", "))
	case i < 0:
		return grant{}, fmt.Errorf("nothing with oauth2 is called %q; there are: %s", name, strings.Join(names, ", "))
	}
	return all[i], nil
}

// allow has the person allow the log-in.
func (a *app) allow(ctx context.Context, p person, client *oauth.Client, device bool) (token *oauth2.Token, err error) {
	if device {
		return client.Device(ctx, func(url, code string) {
			fmt.Fprintf(a.stdout, "Open %s and type in the code %s\n", term.Safe(url), term.Safe(code))
		})
	}
	open := func(url string) error {
		_, err := fmt.Fprintf(a.stdout, "Open this address in a browser, and allow the access:\n\n%s\n\n"+
			"If the browser runs on another machine, it ends at a page that it cannot open:\npaste the address of that page here.\n", url)
		return err
	}
	err = p.whileWaiting(ctx, func(pasted <-chan string) (err error) {
		token, err = client.Browser(ctx, open, pasted)
		return err
	})
	return token, err
}
