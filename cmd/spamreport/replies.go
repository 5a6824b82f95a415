package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/relay/bounce"
)

func (a *app) repliesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "replies FILE…",
		Short: "Say what came back: bounces, automatic answers, ticket numbers, people",
		Long: `replies reads messages (an .eml, an mbox, a maildir, a folder, or "-" for standard
input) and says what each is: a bounce, and what it means for which address; an
automatic reply; a desk's acknowledgement with its ticket number; the answer of
a person; or something else. It changes nothing.`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error { return a.replies(cmd.Context(), files) },
	}
}

func (a *app) replies(ctx context.Context, files []string) error {
	var failed, read int
	for m, err := range a.messages(ctx, files, false) {
		if err != nil {
			if !tooFew(err) {
				failed++
			}
			a.complain(err)
			continue
		}
		reply, err := bounce.Read(bytes.NewReader(m.Raw))
		if err != nil {
			return err
		}
		read++
		if a.json {
			err = contract.Write(a.stdout, newReply(m.Name, reply))
		} else {
			a.printer().Line("%s  %s", m.Name, replySentence(reply))
		}
		if err != nil {
			return err
		}
	}
	switch {
	case failed > 0:
		return &statusError{code: exitFailed}
	case read == 0:
		return &statusError{code: exitNothing}
	}
	return nil
}

func newReply(name string, r bounce.Reply) contract.Reply {
	return contract.Reply{
		File: name, Kind: string(r.Kind), Recipient: r.Recipient, Class: string(r.Verdict.Class), Status: r.Status,
		OriginalMessageID: r.OriginalMessageID, Ticket: r.Ticket,
	}
}

// replySentence puts a reply into one line for people.
func replySentence(r bounce.Reply) string {
	words := []string{string(r.Kind)}
	add := func(label, value string) {
		if value != "" {
			words = append(words, strings.TrimSpace(label+" "+value))
		}
	}
	add("of", r.Recipient)
	if r.Kind == bounce.Bounced {
		add("", string(r.Verdict.Class)+" ("+string(r.Verdict.Reason)+")")
	}
	add("status", r.Status)
	add("ticket", r.Ticket)
	add("to", r.OriginalMessageID)
	add("web form", r.Form)
	add("help", r.Verdict.Help)
	return strings.Join(words, ", ")
}
