package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/reviewui"
)

func (a *app) reviewEditCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "edit INCIDENT",
		Short: "Change the text of a complaint that waits for approval",
		Long: `The text opens in $VISUAL or $EDITOR, or is replaced by a file. Sender, recipients,
Message-ID, report and evidence stay as they are; the complaint goes on waiting. What
the evidence hides is hidden in the text, too.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			switch {
			case ids[0] == "all":
				return usage(cmd, errors.New("one complaint at a time: no two are about the same"))
			case file == "" && !a.onTerminal():
				return usage(cmd, errors.New("without a terminal, --file says what the text is"))
			}
			p, err := a.open(cmd.Context(), readWrite)
			if err != nil {
				return err
			}
			defer p.close()
			return a.eachHeld(cmd.Context(), p, ids, func(ctx context.Context, p *parts, e complaint.Entry) error {
				return a.editHeld(ctx, p, e, file)
			})
		},
	}
	cmd.Flags().StringVarP(&file, "file", "F", "", "the new text is in this `file`; - is standard input")
	return cmd
}

// maxLetter bounds what is read for a letter; the complaint bounds it closer.
const maxLetter = 1 << 20

func (a *app) editHeld(ctx context.Context, p *parts, e complaint.Entry, file string) error {
	text, err := a.newText(ctx, e, file)
	if err != nil {
		return err
	}
	composer, err := p.composer(ctx)
	if err != nil {
		return err
	}
	desk := p.approvals()
	desk.Wording = composer.Reword
	changed, err := desk.Rewrite(ctx, e, text)
	if err != nil {
		return err
	}
	if !changed {
		a.say("%s: the text is as it was", e.Complaint.Incident)
		return nil
	}
	a.say("%s: the new text is kept", e.Complaint.Incident)
	return nil
}

func (a *app) newText(ctx context.Context, e complaint.Entry, file string) (string, error) {
	switch file {
	case "":
		return a.fromEditor(ctx, e.Complaint.Text)
	case "-":
		text, err := io.ReadAll(io.LimitReader(a.stdin, maxLetter))
		return string(text), err
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxLetter))
	return string(text), err
}

func (a *app) fromEditor(ctx context.Context, text string) (string, error) {
	draft, err := reviewui.NewDraft(reviewui.Editor(os.Getenv), text)
	if err != nil {
		return "", err
	}
	editor := draft.Command()
	editor.Stdin, editor.Stdout, editor.Stderr = os.Stdin, os.Stdout, os.Stderr // the terminal itself
	failed := editor.Run()
	edited, err := draft.Take()
	if failed != nil {
		return "", fmt.Errorf("the editor: %w; nothing was changed", failed)
	}
	return edited, errors.Join(err, ctx.Err())
}
