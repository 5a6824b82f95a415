package main

import (
	"io"
	"regexp"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Command lines are open to everybody on the machine (ps, /proc/*/cmdline): no
// flag takes a secret, only where it is kept.
func TestNoFlagTakesASecret(t *testing.T) {
	secret := regexp.MustCompile(`(?i)passw|secret|token|\bkey\b`)
	places := map[string]bool{"file": true, "variable": true, "command": true}
	seen := 0
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !secret.MatchString(f.Name) {
				return
			}
			seen++
			if kind, _ := pflag.UnquoteUsage(f); !places[kind] && f.Value.Type() != "bool" {
				t.Errorf("%s --%s takes a %s on the command line", cmd.CommandPath(), f.Name, kind)
			}
		})
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	a := &app{stdout: io.Discard, stderr: io.Discard}
	walk(a.rootCommand())
	if seen == 0 {
		t.Error("no flag has to do with secrets: the test looks for the wrong names")
	}
}
