package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"spamreport/headers"
	"spamreport/internal/store"
)

func (a *app) trustCommand() *cobra.Command {
	list := func(cmd *cobra.Command, _ []string) error { return a.trustList(cmd.Context()) }
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "Learn, list and forget the mail hosts that are your own",
		Long: `The walk through a trace believes the lines of your own mail hosts. Which they are
stands in the configuration (trust, per account), and can be learned from mail.`,
		Args: args(cobra.NoArgs),
		RunE: list,
	}
	cmd.AddCommand(
		a.trustLearnCommand(),
		&cobra.Command{
			Use: "list", Short: "List the hosts that each account trusts, configured and learned",
			Args: args(cobra.NoArgs),
			RunE: list,
		},
		a.trustForgetCommand(),
	)
	return cmd
}

// trustDoc is one line of `trust --json`.
type trustDoc struct {
	Account  string  `json:"account"`
	Rule     string  `json:"rule"`
	State    string  `json:"state"` // configured, learned or, by a `learn` that keeps nothing, proposed
	Share    float64 `json:"share"`
	Messages int     `json:"messages"`
	Sample   int     `json:"sample"`
	Learned  string  `json:"learned"` // RFC 3339, empty unless learned
	Reason   string  `json:"reason,omitempty"`
}

func newTrustDoc(row store.TrustRow, state string) trustDoc {
	doc := trustDoc{
		Account: row.Account, Rule: row.Rule, State: state,
		Share: math.Round(row.Share()*1000) / 1000, Messages: row.Messages, Sample: row.Sample,
	}
	if state == stateLearned {
		doc.Learned = row.Learned.UTC().Format(time.RFC3339)
	}
	return doc
}

// The states of a rule.
const (
	stateConfigured = "configured"
	stateLearned    = "learned"
	stateProposed   = "proposed"
)

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// learned are the rules that an account learned.
func (p *parts) learned(ctx context.Context, account string) ([]headers.TrustRule, error) {
	if p.store == nil {
		return nil, nil
	}
	rows, err := p.store.Trust(ctx, account)
	if err != nil {
		return nil, err
	}
	var rules []headers.TrustRule
	for _, row := range rows {
		rule, err := headers.ParseTrust(row.Rule)
		if err != nil {
			return nil, fmt.Errorf("a learned host cannot be read: %w", err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// fileWalker knows the hosts of every configured account, since a file may
// come from any of them, and those of the command line.
func (p *parts) fileWalker(ctx context.Context, trust []string) (*headers.Walker, error) {
	walker, err := newWalker(append(p.allTrust(), trust...))
	if err != nil {
		return nil, &statusError{exitUsage, err}
	}
	walker.Resolver = p.names()
	for _, account := range p.cfg.Accounts {
		rules, err := p.learned(ctx, account.Name)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", account.Name, err)
		}
		walker.Learned = append(walker.Learned, rules...)
	}
	return walker, nil
}
