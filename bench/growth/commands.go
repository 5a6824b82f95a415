package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"spamreport/internal/replay"
	"spamreport/internal/store"
	"spamreport/lookup"
)

// commandRows are whole processes, as one runs them by hand.
func commandRows(sizes [3]int) (rows []growth) {
	for _, c := range []struct {
		what string
		args []string
	}{
		{"spamreport FILE, a dry run, beside so many messages", nil}, // the file comes last
		{"spamreport history, of so many messages", []string{"history"}},
		{"spamreport status, of so many messages", []string{"status"}},
		{"spamreport review list, beside so many messages", []string{"review", "list"}},
	} {
		rows = append(rows, growth{c.what, sizes, func(ctx context.Context, dir string, size int, units units) error {
			s, err := filled(ctx, dir, size)
			if err != nil {
				return err
			}
			if err := s.Close(); err != nil {
				return err
			}
			return processes(ctx, dir, state(dir, size), c.args, units)
		}})
	}
	return append(rows, growth{"spamreport FILE, a dry run, with so many networks in the cache", [3]int{1000, 10_000, 100_000}, cachedNetworks})
}

// cachedNetworks is a dry run that finds its network among many.
func cachedNetworks(ctx context.Context, dir string, size int, units units) error {
	home := filepath.Join(dir, fmt.Sprintf("cache-%d", size))
	s, err := store.Open(ctx, filepath.Join(home, "spamreport", "spamreport.db"), store.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	entries := make([]lookup.Entry, size)
	for i := range entries {
		key := fmt.Sprintf("10.%d.%d.%d/30", i>>14, i>>6&255, i<<2&255)
		entries[i] = lookup.Entry{Key: key, Stored: time.Now(), Expires: time.Now().Add(time.Hour), Result: lookup.Result{
			Contacts: []lookup.Contact{{Email: fmt.Sprintf("abuse%d@isp.example", i), Role: "abuse", Via: lookup.ViaRDAP, Confidence: lookup.High}},
		}}
	}
	if err := s.Cache().Put(ctx, entries); err != nil {
		return err
	}
	return processes(ctx, dir, home, nil, units)
}

const config = `[identity]
name = "Reports"
email = "reports@example.org"
[lookup]
order = ["rdap"]
rdap_bootstrap = %q
`

const spam = "Received: from host.broadband.example (host.broadband.example [192.0.2.44])\r\n" +
	"\tby mx.example.org (Postfix) with ESMTP id 4ABC; %[1]s\r\n" +
	"From: Win <win@prize.example>\r\nTo: you@example.org\r\nSubject: You have won\r\n" +
	"Message-ID: <1@prize.example>\r\nDate: %[1]s\r\n\r\nClick here now.\r\n"

// processes runs a command of the program again and again, with a state of its
// own; without arguments a dry run of a message whose network it knows.
func processes(ctx context.Context, dir, home string, args []string, units units) error {
	program := filepath.Join(dir, "program")
	if _, err := os.Stat(program); err != nil {
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/spamreport").CombinedOutput(); err != nil {
			return fmt.Errorf("build spamreport (run this in the folder of the project): %w\n%s", err, out)
		}
	}
	registries, err := replay.Start(ctx, replay.Sample())
	if err != nil {
		return err
	}
	defer registries.Close()
	file, settings := filepath.Join(dir, "spam.eml"), filepath.Join(dir, "config.toml")
	if err := os.WriteFile(settings, fmt.Appendf(nil, config, registries.BootstrapURL()), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(file, fmt.Appendf(nil, spam, time.Now().Add(-time.Hour).Format(time.RFC1123Z)), 0o600); err != nil {
		return err
	}
	run := func(args ...string) error {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env = append(os.Environ(), "SPAMREPORT_CONFIG="+settings, "XDG_STATE_HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("spamreport %v: %w\n%s", args, err, out)
		}
		return nil
	}
	if err := run("lookup", "192.0.2.44"); err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{file}
	}
	return units(10, func(int) error { return run(args...) })
}
