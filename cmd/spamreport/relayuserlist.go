package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/relay/submission"
)

func (a *app) userListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the users and what they may send as", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.open(cmd.Context(), readOnly)
			if err != nil {
				return err
			}
			defer p.close()
			var users []submission.User
			if p.store != nil {
				users, err = p.store.RelayUsers().List(cmd.Context())
			}
			if err != nil {
				return err
			}
			return a.listUsers(p, users)
		},
	}
}

func (a *app) listUsers(p *parts, users []submission.User) error {
	var rows [][]string
	for _, u := range users {
		senders := p.cfg.SendersOf(u.Name)
		if a.json {
			doc := contract.RelayUser{Name: u.Name, Disabled: u.Disabled, Senders: senders, Created: u.Created.Format(time.RFC3339)}
			if !u.LastLogin.IsZero() {
				doc.LastLogin = u.LastLogin.Format(time.RFC3339)
			}
			if err := contract.Write(a.stdout, doc); err != nil {
				return err
			}
			continue
		}
		state, login := "", "never"
		if u.Disabled {
			state = "disabled"
		}
		if !u.LastLogin.IsZero() {
			login = u.LastLogin.Local().Format(time.DateTime)
		}
		rows = append(rows, []string{u.Name, strings.Join(senders, " "), login, state})
	}
	switch {
	case a.json:
		return nil
	case len(users) == 0:
		a.say("Nobody may hand in mail yet: spamreport relay user add NAME")
		return nil
	}
	return a.printer().Table([]string{"NAME", "MAY SEND AS", "LAST LOG-IN", ""}, rows)
}
