package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/internal/followup"
)

// lifeSentence says in a few words what became of a complaint.
func lifeSentence(l followup.Life, now time.Time) string {
	if l.State == "" {
		return ""
	}
	words := string(l.State)
	switch {
	case l.State == followup.Bounced && l.Bounce != "":
		words += ": " + l.Bounce
	case l.Ticket != "":
		words += ", ticket " + l.Ticket
	}
	if l.URL != "" {
		words += ", see " + l.URL
	}
	switch days := int(now.Sub(l.LastSpam).Hours() / 24); {
	case l.LastSpam.IsZero():
	case !l.Quiet:
		words += ", spam goes on"
	case days == 1:
		words += ", quiet for 1 day"
	case days > 1:
		words += fmt.Sprintf(", quiet for %d days", days)
	}
	return words
}

func newLife(l followup.Life) contract.Life {
	return contract.Life{
		State: string(l.State), Ticket: l.Ticket, URL: l.URL, Bounce: l.Bounce, Replies: l.Replies,
		Answered: stampOrEmpty(l.Answered), LastSpam: stampOrEmpty(l.LastSpam), Quiet: l.Quiet,
	}
}

func stampOrEmpty(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// concludeCommand is for what only the user can say of a complaint.
func (a *app) concludeCommand(name string, outcome followup.State, short string) *cobra.Command {
	return &cobra.Command{
		Use:   name + " INCIDENT…",
		Short: short,
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, incidents []string) error {
			p, err := a.open(cmd.Context(), readWrite)
			if err != nil {
				return err
			}
			defer p.close()
			for _, incident := range incidents {
				if err := p.store.Conclude(cmd.Context(), strings.TrimSpace(incident), outcome); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
