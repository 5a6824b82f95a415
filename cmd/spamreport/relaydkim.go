package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/net/idna"

	"spamreport/internal/config"
	"spamreport/relay/dkim"
)

func (a *app) dkimCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dkim",
		Short: "Make and show the keys that sign outgoing mail (DKIM)",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the DNS records of the configured keys",
		Args:  args(cobra.NoArgs),
		RunE:  func(*cobra.Command, []string) error { return a.showKeys() },
	}
	cmd.AddCommand(a.dkimInitCommand(), show)
	return cmd
}

// dkimInit is what the flags of "relay dkim init" say.
type dkimInit struct {
	domain, selector string
	rsa, ed25519     bool
}

func (a *app) dkimInitCommand() *cobra.Command {
	var o dkimInit
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make keys, and print the DNS records and the configuration for them",
		Long: `init makes two keys for a domain, one for each algorithm: RSA, which every receiver
verifies, under the selector itself, and Ed25519 under SELECTOR-ed25519. It prints
the DNS records to publish and the lines for the configuration, and changes nothing
else. A key that is there is never replaced: another --selector makes new ones.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.makeKeys(cmd, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.domain, "domain", "", "the domain to sign for (default that of identity.email)")
	f.StringVar(&o.selector, "selector", "spamreport", "name of the key in DNS")
	f.BoolVar(&o.rsa, "rsa", false, "make the RSA key only")
	f.BoolVar(&o.ed25519, "ed25519", false, "make the Ed25519 key only")
	return cmd
}

func (a *app) makeKeys(cmd *cobra.Command, o dkimInit) error {
	domain, err := a.signingDomain(o.domain)
	if err != nil {
		return usage(cmd, err)
	}
	state, err := config.StateDir(os.Environ())
	if err != nil {
		return err
	}
	var files []keyFile
	for i, algorithm := range o.algorithms() {
		selector := o.selector
		if i > 0 {
			selector += "-" + string(algorithm)
		}
		key, err := dkim.Generate(domain, selector, algorithm)
		if err != nil {
			return usage(cmd, err)
		}
		files = append(files, keyFile{key, filepath.Join(state, "dkim", domain, selector+".pem")})
	}
	// All or none: a second try would stumble over half of it.
	for _, f := range files {
		if _, err := os.Lstat(f.path); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, fmt.Errorf("%s: %w", f.path, dkim.ErrExists))
		}
	}
	for _, f := range files {
		if err := f.key.Save(f.path); err != nil {
			return err
		}
	}
	return a.printKeys(files, true)
}

// algorithms are the keys to make.
func (o dkimInit) algorithms() []dkim.Algorithm {
	switch {
	case o.rsa == o.ed25519:
		return []dkim.Algorithm{dkim.RSA, dkim.Ed25519}
	case o.rsa:
		return []dkim.Algorithm{dkim.RSA}
	}
	return []dkim.Algorithm{dkim.Ed25519}
}

// signingDomain is the domain in ASCII, or that of the configured address.
func (a *app) signingDomain(domain string) (string, error) {
	if domain == "" {
		cfg, err := a.config()
		if err != nil {
			return "", err
		}
		domain = cfg.Identity.Email[strings.LastIndexByte(cfg.Identity.Email, '@')+1:]
	}
	if domain == "" {
		return "", errors.New("for which domain? Give --domain, or set email in [identity]")
	}
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(strings.TrimSuffix(domain, ".")))
	if err != nil {
		return "", fmt.Errorf("--domain %q: %w", domain, err)
	}
	return ascii, nil
}
