package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [FOLDER]",
		Short: "Write the manual pages, one for each command, into a folder",
		Long: `man writes the manual pages, one for each command, into a folder. Without one it
prints the page of spamreport itself: spamreport man | man -l -`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, date := cmd.Root(), manDate(os.Getenv("SOURCE_DATE_EPOCH"))
			root.DisableAutoGenTag = true // it names the day of the build
			header := &doc.GenManHeader{Section: "1", Source: "spamreport", Manual: "spamreport", Date: &date}
			if len(args) == 0 {
				return doc.GenMan(root, header, a.stdout)
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil { // #nosec G301 -- pages for everybody
				return err
			}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write the manual pages to %s: %w", args[0], err)
			}
			return nil
		},
	}
}

// manDate is the date in the pages. A package that is built again from the
// same source has the same pages: reproducible-builds.org/specs/source-date-epoch.
func manDate(epoch string) time.Time {
	if seconds, err := strconv.ParseInt(epoch, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now()
}
