package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
)

// formats are those that a complaint can have.
var formats = []string{complaint.FormatText, complaint.FormatARF, complaint.FormatXARF}

func (a *app) previewCommand() *cobra.Command {
	var format, language string
	cmd := &cobra.Command{
		Use:   "preview NAME",
		Short: "Write a letter with made-up facts, as a desk would read it",
		Long: `Write a letter with made-up facts, as a desk would read it. With --format it is
the whole message, with the evidence, as it would be sent.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := oneOf("--format", format, formats); err != nil {
				return &statusError{exitUsage, err}
			}
			composed, err := a.preview(names[0], format, language)
			if err != nil {
				return err
			}
			return a.printPreview(composed, format != "")
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "the whole message in this `format`: text, arf or xarf")
	cmd.Flags().StringVar(&language, "language", "", "with the opening in this `language`, like de")
	return cmd
}

func (a *app) preview(name, format, language string) (complaint.Complaint, error) {
	letters, cfg, err := a.letters()
	if err != nil {
		return complaint.Complaint{}, err
	}
	composer := complaint.Composer{
		Identity: (&parts{cfg: cfg}).identity(), Templates: letters, Format: format, UserAgent: userAgent(),
		TagReplies: cfg.Complaint.TagReplies, Redact: cfg.Complaint.Redact,
	}
	return composer.Preview(name, language)
}

func (a *app) printPreview(c complaint.Complaint, whole bool) error {
	switch {
	case a.json:
		return contract.Write(a.stdout, contract.NewComplaint(&c))
	case whole:
		_, err := io.WriteString(a.stdout, strings.ReplaceAll(string(c.Raw), "\r\n", "\n"))
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "Subject: %s\n\n%s", c.Subject, c.Text)
	return err
}
