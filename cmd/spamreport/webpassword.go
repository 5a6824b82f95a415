package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"spamreport/internal/config"
	"spamreport/relay/submission"
)

// webPasswordFile is where --set-password keeps the hash, in the state folder.
const webPasswordFile = "web-password"

// webPassword checks the password of the page; nil when there is none.
func (p *parts) webPassword(ctx context.Context) (func(string) bool, error) {
	hash, err := p.webPasswordHash(ctx)
	if err != nil || hash == "" {
		return nil, err
	}
	if err := submission.CheckHash(hash); err != nil {
		return nil, fmt.Errorf("password of the page: %w; spamreport serve --set-password makes a new one", err)
	}
	return func(password string) bool { return submission.VerifyPassword(hash, password) }, nil
}

// webPasswordHash is that of the configuration, or the one that was kept.
func (p *parts) webPasswordHash(ctx context.Context) (string, error) {
	if secret := p.cfg.Web.Hash; !secret.IsZero() {
		hash, err := secret.Get(ctx)
		if err != nil {
			return "", fmt.Errorf("password of the page: %w", err)
		}
		return hash, nil
	}
	kept, err := os.ReadFile(filepath.Join(p.stateDir, webPasswordFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("password of the page: %w", err)
	}
	return strings.TrimSpace(string(kept)), nil
}

// fewestOctets is the shortest password of the page: guessing is slowed down,
// so that ten are enough.
const fewestOctets = 10

// setWebPassword keeps the hash of a new password.
func (a *app) setWebPassword(file string) error {
	password, err := a.readPassword(passwordSource{file: file})
	switch {
	case err != nil:
		return err
	case len(password) < fewestOctets:
		return fmt.Errorf("the password has %d octets: use %d or more", len(password), fewestOctets)
	}
	dir, err := config.StateDir(os.Environ())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, webPasswordFile)
	if err := os.WriteFile(path+".new", []byte(submission.HashPassword(password)+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	a.say("The password is kept as a hash in %s. A serve that runs takes it up when it is started again.", path)
	return nil
}
