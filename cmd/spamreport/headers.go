package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"spamreport/headers"
	"spamreport/internal/contract"
	"spamreport/internal/mailbox"
)

func (a *app) headersCommand() *cobra.Command {
	var trust []string
	cmd := &cobra.Command{
		Use:   "headers FILE…",
		Short: "Explain the walk through the Received headers, hop by hop",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			p, err := a.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer p.close()
			walker, err := p.fileWalker(cmd.Context(), trust)
			if err != nil {
				return err
			}
			return a.explainHeaders(cmd.Context(), walker, files)
		},
	}
	cmd.Flags().StringArrayVar(&trust, "trust", nil, "an address, network or domain of your own mail servers (repeatable)")
	a.dnsFlag(cmd)
	return cmd
}

func newWalker(trust []string) (*headers.Walker, error) {
	w := &headers.Walker{}
	for _, t := range trust {
		rule, err := headers.ParseTrust(t)
		if err != nil {
			return nil, err
		}
		w.Trust = append(w.Trust, rule)
	}
	return w, nil
}

func (a *app) explainHeaders(ctx context.Context, walker *headers.Walker, files []string) error {
	out := a.printer()
	var failed, sources int
	for m, err := range a.messages(ctx, files, false) {
		if err != nil {
			if !tooFew(err) {
				failed++
			}
			if err := a.headersFailed(m.Name, err); err != nil {
				return err
			}
			continue
		}
		block, err := headers.ReadBlock(bytes.NewReader(m.Raw))
		if err != nil {
			if err := a.headersFailed(m.Name, fmt.Errorf("%s: %w", m.Name, err)); err != nil {
				return err
			}
			continue
		}
		verdict := walker.Walk(block)
		if verdict.Source != nil {
			sources++
		}
		if a.json {
			if err := contract.Write(a.stdout, contract.NewHeaders(m.Name, verdict)); err != nil {
				return err
			}
			continue
		}
		out.Title("%s  %s", m.Name, verdict.MessageID)
		out.Walk(verdict)
		out.Line("")
	}
	switch {
	case failed > 0:
		return &statusError{code: exitFailed}
	case sources == 0:
		return &statusError{code: exitNothing}
	}
	return nil
}

// headersFailed says what is wrong with one input; the others go on. Scripts
// get an object for it too, so that they can tell which one it was.
func (a *app) headersFailed(name string, err error) error {
	a.complain(err)
	if !a.json {
		return nil
	}
	doc := contract.NewHeaders(name, headers.Verdict{})
	doc.Error = err.Error()
	return contract.Write(a.stdout, doc)
}

// tooFew says that an input held no message.
func tooFew(err error) bool {
	return errors.Is(err, mailbox.ErrEmpty) || errors.Is(err, mailbox.ErrNoMessages)
}
