package main

import (
	"io"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/templates"
)

func (a *app) templatesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "templates",
		Short: "The letters that complaints are written from: list, show, check, preview",
		Long: `The letters that complaints are written from. Those of your own are in the folder
templates beside the configuration file: a file NAME.txt takes the place of the
bundled letter of that name, or is one more.`,
		Example: `  spamreport templates show source-network > my-letter.txt
  spamreport templates check my-letter.txt
  spamreport templates preview phishing --format arf --language de`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.listLettersCommand(), a.showLetterCommand(), a.checkLettersCommand(), a.previewCommand())
	return cmd
}

// letterDoc is a letter for scripts.
type letterDoc struct {
	Name    string `json:"name"`
	From    string `json:"from"` // see origin
	Path    string `json:"path"`
	Subject string `json:"subject"` // with made-up facts
}

func (a *app) listLettersCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Name every letter, where it is from, and an example of its subject",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			letters, _, err := a.letters()
			if err != nil {
				return err
			}
			return a.printLetters(letters)
		},
	}
}

func (a *app) printLetters(letters *templates.Set) error {
	var rows [][]string
	for _, name := range letters.Names() {
		src, err := letters.Source(name)
		if err != nil {
			return err
		}
		letter, err := letters.Execute(name, templates.Sample())
		if err != nil {
			return err
		}
		if a.json {
			if err := contract.Write(a.stdout, letterDoc{name, origin(src), src.Path, letter.Subject}); err != nil {
				return err
			}
		}
		rows = append(rows, []string{name, origin(src), letter.Subject})
	}
	if a.json {
		return nil
	}
	return a.printer().Table([]string{"NAME", "FROM", "SUBJECT"}, rows)
}

// origin tells the user's letters from those that came with the program.
func origin(src templates.Source) string {
	switch {
	case src.Bundled:
		return "bundled"
	case src.Replaced:
		return "own, replaces bundled"
	}
	return "own"
}

func (a *app) showLetterCommand() *cobra.Command {
	var bundled bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Print the source of a letter, as a start for one of your own",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, names []string) error {
			letters, err := templates.Load("")
			if err == nil && !bundled {
				letters, _, err = a.letters()
			}
			if err != nil {
				return err
			}
			src, err := letters.Source(names[0])
			if err != nil {
				return err
			}
			_, err = io.WriteString(a.stdout, src.Text) // as it is: it goes into a file
			return err
		},
	}
	cmd.Flags().BoolVar(&bundled, "bundled", false, "the one that came with the program, also where yours replaces it")
	return cmd
}

func (a *app) checkLettersCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE|FOLDER]",
		Short: "Look for mistakes in your letters, or in the named ones",
		Args:  args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, paths []string) error {
			letters, err := a.checkedLetters(paths)
			if err != nil {
				return err
			}
			own := 0
			for _, name := range letters.Names() {
				if src, err := letters.Source(name); err == nil && !src.Bundled {
					own++
				}
			}
			a.say("%d letters and no mistake; %d of them your own.", len(letters.Names()), own)
			return nil
		},
	}
}

func (a *app) checkedLetters(paths []string) (*templates.Set, error) {
	if len(paths) > 0 {
		return lettersAt(paths[0])
	}
	letters, cfg, err := a.letters()
	if err == nil {
		_, err = preferences(cfg, letters)
	}
	return letters, err
}
