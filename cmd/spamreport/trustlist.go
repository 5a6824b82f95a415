package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/headers"
	"spamreport/internal/contract"
	"spamreport/internal/store"
)

func (a *app) trustList(ctx context.Context) error {
	p, err := a.open(ctx, readOnly)
	if err != nil {
		return err
	}
	defer p.close()
	docs, err := p.trusted(ctx)
	if err != nil {
		return err
	}
	if a.json {
		for _, doc := range docs {
			if err := contract.Write(a.stdout, doc); err != nil {
				return err
			}
		}
		return nil
	}
	if len(docs) == 0 {
		a.say("No host is trusted yet. spamreport trust learn finds yours; trust in the configuration names them.")
		return nil
	}
	var rows [][]string
	for _, doc := range docs {
		row := []string{doc.Account, doc.Rule, doc.State, "", ""}
		if doc.State == stateLearned {
			row[3], row[4] = percent(doc.Share), doc.Learned[:len(time.DateOnly)]
		}
		rows = append(rows, row)
	}
	return a.printer().Table([]string{"ACCOUNT", "TRUST", "FROM", "SHARE", "LEARNED"}, rows)
}

// trusted is what the configuration names, and what was learned, also for
// accounts that are configured no more: they can be forgotten.
func (p *parts) trusted(ctx context.Context) ([]trustDoc, error) {
	var docs []trustDoc
	for _, account := range p.cfg.Accounts {
		for _, rule := range account.Trust {
			docs = append(docs, newTrustDoc(store.TrustRow{Account: account.Name, Rule: rule}, stateConfigured))
		}
	}
	if p.store == nil {
		return docs, nil
	}
	rows, err := p.store.Trust(ctx, "")
	for _, row := range rows {
		docs = append(docs, newTrustDoc(row, stateLearned))
	}
	return docs, err
}

func (a *app) trustForgetCommand() *cobra.Command {
	var account string
	cmd := &cobra.Command{
		Use:   "forget HOST…|all",
		Short: "Trust hosts no longer that were learned",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, hosts []string) error {
			return a.trustForget(cmd.Context(), account, hosts)
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "only of this account")
	return cmd
}

func (a *app) trustForget(ctx context.Context, account string, hosts []string) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	rows, err := p.store.Trust(ctx, account)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return &statusError{exitNothing, errors.New("nothing is learned" + ofAccount(account))}
	}
	chosen, err := chooseTrust(rows, hosts)
	if err != nil {
		return fmt.Errorf("%w%s; spamreport trust list shows what is", err, ofAccount(account))
	}
	for _, row := range chosen {
		if err := p.store.ForgetTrust(ctx, row.Account, row.Rule); err != nil {
			return err
		}
		a.say("account %s: %s is forgotten", row.Account, row.Rule)
	}
	return nil
}

func ofAccount(name string) string {
	if name == "" {
		return ""
	}
	return " for account " + name
}

// chooseTrust finds the rows of hosts, written in any way that the
// configuration would take. One that is unknown spoils it all: it is probably
// misspelt.
func chooseTrust(rows []store.TrustRow, hosts []string) ([]store.TrustRow, error) {
	wanted := map[string]bool{}
	for _, host := range hosts {
		if strings.EqualFold(host, "all") {
			return rows, nil
		}
		rule, err := headers.ParseTrust(host)
		if err != nil {
			return nil, &statusError{exitUsage, err}
		}
		wanted[rule.String()] = false
	}
	var chosen []store.TrustRow
	for _, row := range rows {
		if _, ok := wanted[row.Rule]; ok {
			wanted[row.Rule] = true
			chosen = append(chosen, row)
		}
	}
	for rule, found := range wanted {
		if !found {
			return nil, fmt.Errorf("%s was not learned", rule)
		}
	}
	return chosen, nil
}
