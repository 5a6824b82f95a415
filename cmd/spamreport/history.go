package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

func (a *app) historyCommand() *cobra.Command {
	var limit int
	var action, since, state string
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the messages that were seen and what became of each",
		Long: `history lists messages, the last ones first, and what became of the complaint about
each: filed, delivered, bounced, acknowledged (a program of the desk answered),
answered (a person did), resolved or ignored (you say so), and whether its network
has been quiet since. docs/followup.md tells how answers come in.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := parseSince(since, time.Now())
			err = errors.Join(err, oneOf("--action", action, historyActions), oneOf("--state", state, historyStates), atLeastZero("--limit", limit))
			if err != nil {
				return &statusError{exitUsage, err}
			}
			return a.withStore(cmd, func(p *parts) error {
				rows, err := p.store.History(cmd.Context(), store.HistoryFilter{
					Limit: limit, Since: from, Action: complaint.Action(action), State: followup.State(state),
				})
				if err != nil {
					return err
				}
				return a.printHistory(rows)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many messages, the last ones first; 0: all")
	cmd.Flags().StringVar(&action, "action", "", "only these: "+strings.Join(historyActions, ", "))
	cmd.Flags().StringVar(&state, "state", "", "only complaints that are: "+strings.Join(historyStates, ", "))
	cmd.Flags().StringVar(&since, "since", "", "only those seen since a date (2026-01-02) or within an age (7d, 12h)")
	cmd.AddCommand(
		a.concludeCommand("resolve", followup.Resolved, "Say that complaints were acted on"),
		a.concludeCommand("ignore", followup.Ignored, "Say that nothing more is expected about complaints"),
		a.concludeCommand("reopen", "", "Take back resolve or ignore"),
	)
	return cmd
}

// The words that the flags of history know.
var (
	historyActions = []string{"sent", "merged", "held", "skipped", "deferred", "dropped"}
	historyStates  = []string{"filed", "delivered", "bounced", "acknowledged", "answered", "resolved", "ignored"}
)

// oneOf refuses a word that would select nothing, as a slip of the pen does.
func oneOf(flag, word string, known []string) error {
	if word == "" || slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("%s %q: write one of %s", flag, word, strings.Join(known, ", "))
}

// withStore runs a command that only reads what was stored.
func (a *app) withStore(cmd *cobra.Command, do func(*parts) error) error {
	p, err := a.open(cmd.Context(), readOnly)
	if err != nil {
		return err
	}
	defer p.close()
	if p.store == nil {
		name, _ := databaseOf(p.cfg, p.stateDir)
		a.say("Nothing was reported yet: %s holds nothing.", store.Redacted(name))
		return nil
	}
	return do(p)
}

func (a *app) printHistory(rows []store.HistoryRow) error {
	if a.json {
		for _, row := range rows {
			if err := contract.Write(a.stdout, export.Message(row)); err != nil {
				return err
			}
		}
		return nil
	}
	now := time.Now()
	var table [][]string
	for _, row := range rows {
		source, copies := "", ""
		if row.Source.IsValid() {
			source = row.Source.String()
		}
		if row.Copies > 1 {
			copies = strconv.Itoa(row.Copies)
		}
		table = append(table, []string{
			row.Seen.Local().Format("2006-01-02 15:04"), string(row.Action), copies, string(row.Delivery.State),
			row.Life.Sentence(now), row.Target(), source, row.Contact, cmp.Or(row.Subject, row.MessageID), row.Why,
		})
	}
	return a.printer().Table(withTargets(
		[]string{"SEEN", "ACTION", "COPIES", "DELIVERY", "SINCE THEN", "ABOUT", "SOURCE", "CONTACT", "SUBJECT", "WHY"}, table))
}
