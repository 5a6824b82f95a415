//go:build linux

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
)

// The configuration of spamreport. docs/performance.md shows it.
//
//go:embed spamreport.toml
var spamreportTOML string

// startSpamreport starts a relay of its own in dir.
func (b *bench) startSpamreport(dir, listen, smarthost string, l load) (*process, error) {
	var config bytes.Buffer
	err := template.Must(template.New("").Parse(spamreportTOML)).Execute(&config, map[string]string{
		"Listen": listen, "Smarthost": smarthost,
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), config.Bytes(), 0o600); err != nil {
		return nil, err
	}
	if out, err := b.spamreport(dir, l.password, "relay", "user", "add", "--password-file", "-", l.user); err != nil {
		return nil, fmt.Errorf("relay user add: %w\n%s", err, out)
	}
	return b.serve(dir)
}

// serve starts the relay that dir has the configuration of.
func (b *bench) serve(dir string) (*process, error) {
	return startWith(b.environment(dir), filepath.Join(dir, "log"), b.binary, "relay", "serve")
}

// spamreport runs a command of the program beside its relay.
func (b *bench) spamreport(dir, stdin string, args ...string) ([]byte, error) {
	cmd := exec.Command(b.binary, args...)
	cmd.Env = b.environment(dir)
	cmd.Stdin = strings.NewReader(stdin)
	return cmd.CombinedOutput()
}

// environment keeps the program to dir.
func (b *bench) environment(dir string) []string {
	return append(os.Environ(), "SPAMREPORT_CONFIG="+filepath.Join(dir, "config.toml"), "XDG_STATE_HOME="+dir, "HOME="+dir)
}
