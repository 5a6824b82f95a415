package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return contract.Write(a.stdout, contract.Version{Version: version()})
			}
			_, err := fmt.Fprintln(a.stdout, "spamreport "+version())
			return err
		},
	}
}

// release is the version of a packaged program, set by the linker.
var release string

// version is what the package says, or else what the Go tool recorded at
// build time.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
