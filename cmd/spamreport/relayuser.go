package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/internal/store"
)

func (a *app) relayUserCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Say who may hand mail to the relay",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	change := func(use, short string, do func(context.Context, *store.RelayUsers, string) error) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: args(cobra.ExactArgs(1)),
			RunE: func(cmd *cobra.Command, names []string) error {
				return a.withUsers(cmd, func(users *store.RelayUsers) error {
					if err := do(cmd.Context(), users, names[0]); err != nil {
						return err
					}
					a.say("%s: %s", cmd.Name(), names[0])
					return nil
				})
			},
		}
	}
	disable := func(disabled bool) func(context.Context, *store.RelayUsers, string) error {
		return func(ctx context.Context, users *store.RelayUsers, name string) error {
			return users.Disable(ctx, name, disabled)
		}
	}
	remove := func(ctx context.Context, users *store.RelayUsers, name string) error { return users.Remove(ctx, name) }
	cmd.AddCommand(
		a.userPasswordCommand("add NAME", "Add a user", (*store.RelayUsers).Add),
		a.userPasswordCommand("passwd NAME", "Give a user another password", (*store.RelayUsers).SetHash),
		change("disable NAME", "Keep a user from logging in", disable(true)),
		change("enable NAME", "Let a disabled user log in again", disable(false)),
		change("remove NAME", "Remove a user; what it has queued is sent all the same", remove),
		a.userListCommand(),
	)
	return cmd
}

func (a *app) withUsers(cmd *cobra.Command, do func(*store.RelayUsers) error) error {
	p, err := a.open(cmd.Context(), readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	return do(p.store.RelayUsers())
}

func (a *app) userPasswordCommand(use, short string, keep func(*store.RelayUsers, context.Context, string, string) error) *cobra.Command {
	var from passwordSource
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args(cobra.ExactArgs(1)),
		Long: short + `.

The password is asked for on a terminal. Without one, or for programs, it is the
first line of --password-file ("-" is standard input), or --generate makes one and
prints it, once. --hash takes the hash of another server, argon2id or bcrypt, in
place of the password. There is no option for the password itself: everybody on
this machine can see command lines.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			name := strings.ToLower(names[0])
			if err := checkUserName(name); err != nil {
				return usage(cmd, err)
			}
			if from.generate && (from.hash || from.file != "") {
				return usage(cmd, errors.New("--generate makes a password: nothing else can give one"))
			}
			hash, generated, err := a.newHash(from)
			if err != nil {
				return err
			}
			return a.withUsers(cmd, func(users *store.RelayUsers) error {
				if err := keep(users, cmd.Context(), name, hash); err != nil {
					return err
				}
				if generated != "" {
					fmt.Fprintln(a.stdout, generated)
					return nil
				}
				a.say("%s: %s", cmd.Name(), name)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&from.file, "password-file", "", "read the password from the first line of this `file`")
	cmd.Flags().BoolVar(&from.generate, "generate", false, "make a password and print it")
	cmd.Flags().BoolVar(&from.hash, "hash", false, "what is read is a hash, not a password")
	return cmd
}

// checkUserName keeps names printable and short.
func checkUserName(name string) error {
	if name == "" || len(name) > 254 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("%q is no name for a user: use an address or a word", name)
	}
	return nil
}
