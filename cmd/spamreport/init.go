package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"spamreport/internal/config"
)

func (a *app) initCommand() *cobra.Command {
	var force bool
	var answers config.Answers
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration file to start from",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			path := a.configPath
			if path == "" {
				var err error
				if path, err = config.DefaultPath(os.Environ()); err != nil {
					return err
				}
			}
			if err := config.WriteStarter(path, answers, force); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.stdout, "Wrote %s. Fill in what is missing there, then try: spamreport sweep --dry-run\n", path)
			return err
		},
	}
	f := cmd.Flags()
	f.BoolVar(&force, "force", false, "replace a file that is there")
	f.StringVar(&answers.Name, "name", "", "your name, under the complaints")
	f.StringVar(&answers.Email, "email", "", "the address that complaints come from")
	f.StringVar(&answers.Server, "imap", "", "IMAP server, as host or host:port")
	f.StringVar(&answers.User, "imap-user", "", "login name there")
	f.StringVar(&answers.Password, "imap-password-command", "", "command that prints the password, like \"pass mail\"")
	f.StringSliceVar(&answers.Folders, "folder", nil, "folder to read (repeatable)")
	f.StringVar(&answers.Smarthost, "smarthost", "", "server that takes your outgoing mail, as host or host:port")
	f.StringVar(&answers.RelayUser, "smarthost-user", "", "login name there")
	f.StringVar(&answers.RelayPassword, "smarthost-password-command", "", "command that prints the password")
	answers.PasswordFrom, answers.RelayPasswordFrom = "password_command", "password_command"
	return cmd
}
