package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage marks an error as the user's misuse of the command line.
func usage(cmd *cobra.Command, err error) error {
	return &statusError{exitUsage, &usageError{err, cmd.CommandPath()}}
}

type usageError struct {
	error
	command string
}

func (e *usageError) Error() string {
	return e.error.Error() + "; see " + e.command + " --help"
}

// valueKinds say in words what the value of a flag must be, by pflag's name of
// its type.
var valueKinds = map[string]string{"int": "a whole number", "bool": "true or false"}

// flagError says which flag is wrong, and what it takes.
func flagError(cmd *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		flag := value.GetFlag()
		if kind, known := valueKinds[flag.Value.Type()]; known {
			err = fmt.Errorf("--%s %q: write %s", flag.Name, value.GetValue(), kind)
		}
	}
	return usage(cmd, err)
}

// args makes a failed check of the arguments a usage error, and says what the
// command takes.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case check(cmd, args) == nil:
			return nil
		case cmd.HasSubCommands() && len(args) > 0:
			return usage(cmd, fmt.Errorf("no command %q in %s%s", args[0], within(cmd), meant(cmd, args[0])))
		}
		_, takes, _ := strings.Cut(cmd.Use, " ")
		return usage(cmd, fmt.Errorf("%s takes %s, and was given %s", within(cmd), cmp.Or(takes, "flags only"), cmp.Or(quotedWords(args), "nothing")))
	}
}

// within is the command's name without that of the program, which stands at the
// beginning of every line on standard error.
func within(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

func quotedWords(words []string) string {
	in := make([]string, len(words))
	for i, word := range words {
		in[i] = strconv.Quote(word)
	}
	return strings.Join(in, " ")
}

// meant proposes the command that word was perhaps to be.
func meant(cmd *cobra.Command, word string) string {
	cmd.SuggestionsMinimumDistance = 2
	if known := cmd.SuggestionsFor(word); len(known) > 0 {
		return " (did you mean " + strings.Join(known, " or ") + "?)"
	}
	return ""
}

// mistyped says that the only argument is no file, and close to the name of a
// command.
func mistyped(root *cobra.Command, args []string) error {
	if len(args) != 1 {
		return nil
	}
	proposal := meant(root, args[0])
	if _, err := os.Lstat(args[0]); proposal == "" || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return usage(root, fmt.Errorf("no file and no command %q%s", args[0], proposal))
}

// atLeastZero refuses a number that would select nothing.
func atLeastZero(flag string, n int) error {
	if n < 0 {
		return fmt.Errorf("%s %d: write 0 or more", flag, n)
	}
	return nil
}

// helpCommand is cobra's, which takes a word that is no command for a file.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, words []string) error {
			about, rest, err := cmd.Root().Find(words)
			if err != nil || len(rest) > 0 {
				return usage(cmd.Root(), fmt.Errorf("no command %s%s", quotedWords(words), meant(cmd.Root(), words[0])))
			}
			about.InitDefaultHelpFlag() // as for --help
			return about.Help()
		},
	}
}

// completionCommand is cobra's, which takes an unknown shell for a question.
func completionCommand(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	cmd.Args = args(cobra.NoArgs)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}
