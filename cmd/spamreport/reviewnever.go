package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
)

func (a *app) reviewNeverCommand() *cobra.Command {
	var forget bool
	cmd := &cobra.Command{
		Use:   "never [INCIDENT…]",
		Short: "Never mail the contacts of these complaints again; without any: list whom",
		Long: `The contact of each complaint goes on the never-mail list, and everything that
waits for it is dropped. --forget ADDRESS… takes contacts off the list again.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			switch {
			case forget && len(ids) == 0:
				return usage(cmd, errors.New("--forget needs addresses"))
			case len(ids) == 0:
				return a.withStore(cmd, func(p *parts) error { return a.listNever(cmd.Context(), p) })
			}
			p, err := a.open(cmd.Context(), readWrite)
			if err != nil {
				return err
			}
			defer p.close()
			if forget {
				return a.relent(cmd.Context(), p, ids)
			}
			return a.never(cmd.Context(), p, ids)
		},
	}
	cmd.Flags().BoolVar(&forget, "forget", false, "the arguments are addresses that may be mailed again")
	return cmd
}

// never goes by contact: two of the complaints may have the same one, and the
// second is dropped with the first.
func (a *app) never(ctx context.Context, p *parts, ids []string) error {
	var contacts []string
	err := a.eachHeld(ctx, p, ids, func(_ context.Context, _ *parts, e complaint.Entry) error {
		contacts = append(contacts, e.Contact)
		return nil
	})
	errs := []error{err}
	done := map[string]bool{}
	for _, contact := range contacts {
		if done[contact] {
			continue
		}
		done[contact] = true
		dropped, err := p.approvals().Never(ctx, contact)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		a.say("%s: never mailed again; dropped: %d", contact, dropped)
	}
	return errors.Join(errs...)
}

func (a *app) relent(ctx context.Context, p *parts, addresses []string) error {
	var errs []error
	for _, address := range addresses {
		was, err := p.store.Relent(ctx, address)
		if err == nil && !was {
			err = fmt.Errorf("%s is not on the list; spamreport review never shows it", address)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (a *app) listNever(ctx context.Context, p *parts) error {
	list, err := p.store.NeverContacts(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range list {
		if a.json {
			if err := contract.Write(a.stdout, contract.Never{Contact: c.Address, Since: c.Since.UTC().Format(time.RFC3339)}); err != nil {
				return err
			}
		}
		rows = append(rows, []string{c.Address, c.Since.Local().Format(time.DateOnly)})
	}
	switch {
	case a.json:
		return nil
	case len(rows) == 0:
		a.say("Nobody is on the list. What complaint.never in the configuration names is not listed here.")
		return nil
	}
	return a.printer().Table([]string{"CONTACT", "SINCE"}, rows)
}

// neverMailed asks the never-mail list of the review. It is asked anew each
// time, so that a sweep under way heeds what is decided meanwhile.
func (p *parts) neverMailed(email string) (why string, never bool, err error) {
	if p.store == nil {
		return "", false, nil
	}
	if never, err = p.store.IsNever(context.Background(), email); err != nil {
		return "", false, fmt.Errorf("read the never-mail list: %w", err)
	}
	return "you said so in the review", never, nil
}
