package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/term"

	"spamreport/internal/config"
)

// webPasswordFile is where --set-password keeps the hash, in the state folder.
const webPasswordFile = "web-password"

// Bounds of the password of the page. bcrypt reads 72 octets.
const (
	fewestOctets = 10
	mostOctets   = 72
)

// webPassword checks the password of the page; nil when there is none.
func (p *parts) webPassword(ctx context.Context) (func(string) bool, error) {
	var hash string
	if secret := p.cfg.Web.Hash; !secret.IsZero() {
		given, err := secret.Get(ctx)
		if err != nil {
			return nil, fmt.Errorf("password of the page: %w", err)
		}
		hash = given
	} else {
		kept, err := os.ReadFile(filepath.Join(p.stateDir, webPasswordFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("password of the page: %w", err)
		}
		hash = strings.TrimSpace(string(kept))
	}
	if _, err := bcrypt.Cost([]byte(hash)); err != nil {
		return nil, fmt.Errorf("password of the page: its hash cannot be read: %w; spamreport serve --set-password makes a new one", err)
	}
	return func(password string) bool {
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
	}, nil
}

// setWebPassword keeps the hash of a new password.
func (a *app) setWebPassword() error {
	password, err := a.newWebPassword()
	if err != nil {
		return err
	}
	if n := len(password); n < fewestOctets || n > mostOctets {
		return fmt.Errorf("the password has %d octets: use %d to %d", n, fewestOctets, mostOctets)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	dir, err := config.StateDir(os.Environ())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, webPasswordFile)
	if err := os.WriteFile(path+".new", append(hash, '\n'), 0o600); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	a.say("The password is kept as a hash in %s. A serve that runs takes it up when it is started again.", path)
	return nil
}

// newWebPassword asks twice on a terminal, and else reads one line.
func (a *app) newWebPassword() (string, error) {
	stdin, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(stdin.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(a.stdin, 1000)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(a.stderr, prompt)
		defer fmt.Fprintln(a.stderr)
		typed, err := term.ReadPassword(int(stdin.Fd()))
		return string(typed), err
	}
	first, err := ask("Password of the page: ")
	if err != nil {
		return "", err
	}
	second, err := ask("Again: ")
	if err == nil && first != second {
		err = errors.New("the two differ; nothing was changed")
	}
	return first, err
}
