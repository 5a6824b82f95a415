package main

import (
	"bufio"
	"io"
	"os"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
	"spamreport/internal/contract"
	"spamreport/internal/term"
)

// app is what every command shares: the streams and the global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	configPath string
	json       bool
	dns        bool // names may be looked up while a trace is walked
	verbose    bool
	quiet      bool
}

func (a *app) rootCommand() *cobra.Command {
	flags := oneShotFlags{}
	root := &cobra.Command{
		Use:   "spamreport [flags] FILE…",
		Short: "Report spam to the network that it came from",
		Long: `spamreport finds out where a spam message really came from, looks up who acts on
abuse there, and files a complaint.

With files it is a one-shot: an .eml, an mbox, a maildir or a folder of those, or
"-" for standard input. It shows what it found and asks before it sends; without
a terminal it is a dry run, unless --yes is given.`,
		Example: `  spamreport spam.eml            show the walk, the contact and the complaint; ask
  spamreport --yes spam.eml      send it without asking
  spamreport --json - < spam     a dry run for scripts
  spamreport sweep               every configured mailbox, for cron
  spamreport demo                the whole path on this machine, nothing configured`,
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			if err := mistyped(cmd, args); err != nil {
				return err
			}
			return a.oneShot(cmd.Context(), args, flags)
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	global := root.PersistentFlags()
	global.StringVar(&a.configPath, "config", os.Getenv("SPAMREPORT_CONFIG"), "configuration `file` (default config.toml in $XDG_CONFIG_HOME/spamreport)")
	global.BoolVar(&a.json, "json", false, "print one JSON object a line")
	global.BoolVarP(&a.verbose, "verbose", "v", false, "say more: queries, evidence, progress")
	global.BoolVarP(&a.quiet, "quiet", "q", false, "say only what went wrong")
	flags.register(root)
	a.dnsFlag(root)
	root.AddCommand(
		a.sweepCommand(), a.watchCommand(), a.serveCommand(), a.headersCommand(), a.lookupCommand(), a.reviewCommand(), a.sendCommand(), a.relayCommand(), a.repliesCommand(),
		a.statusCommand(), a.historyCommand(), a.exportCommand(), a.backupCommand(), a.pruneCommand(), a.migrateCommand(), a.initCommand(), a.doctorCommand(), a.loginCommand(), a.demoCommand(), a.versionCommand(),
		a.trustCommand(), a.templatesCommand(), a.manCommand(),
	)
	completionCommand(root)
	return root
}

func (a *app) printer() term.Printer {
	return term.Printer{W: a.stdout, Color: term.WantColor(a.stdout, os.Getenv), Width: term.Width(a.stdout), Verbose: a.verbose}
}

func (a *app) config() (config.Config, error) {
	return config.Load(a.configPath, os.Environ())
}

// count prints a figure, for scripts or for people.
func (a *app) count(c contract.Counted, format string, args ...any) error {
	if a.json {
		return contract.Write(a.stdout, c)
	}
	a.say(format, args...)
	return nil
}

// inOneGo collects what is printed for a file or another program: a line at a
// time costs more than making it. The result prints what is left.
func (a *app) inOneGo() (flush func()) {
	if term.IsTerminal(a.stdout) {
		return func() {}
	}
	to := a.stdout
	buffer := bufio.NewWriterSize(to, 64<<10)
	a.stdout = buffer
	return func() {
		a.stdout = to
		_ = buffer.Flush() // output remembers a failure
	}
}

// say prints a line for people; scripts and --quiet get none.
func (a *app) say(format string, args ...any) {
	if !a.quiet && !a.json {
		a.printer().Line(format, args...)
	}
}
