package main

import (
	"context"
	"fmt"
	"time"

	"spamreport/internal/contract"
)

// show prints what was found, for the user who has to approve it.
func (l *learning) show(ctx context.Context, found proposal) error {
	since := map[string]string{}
	if l.parts.store != nil {
		known, err := l.parts.store.Trust(ctx, found.account)
		if err != nil {
			return err
		}
		for _, row := range known {
			since[row.Rule] = row.Learned.Local().Format(time.DateOnly)
		}
	}
	var rows [][]string
	for _, h := range found.hosts {
		kept := "new"
		if day, ok := since[h.Rule.String()]; ok {
			kept = day
		}
		rows = append(rows, []string{h.Rule.String(), percent(h.Share), fmt.Sprint(h.Messages), kept, h.Reason})
	}
	l.printer().Title("account %s: %d messages of %s", found.account, found.sample, found.folder)
	return l.printer().Table([]string{"TRUST", "SHARE", "MESSAGES", "LEARNED", "WHY"}, rows)
}

// tell says what became of the proposal.
func (l *learning) tell(found proposal, kept bool) error {
	if l.json {
		return l.tellScripts(found, kept)
	}
	switch {
	case kept:
		l.say("Kept for account %s. spamreport trust list shows them, spamreport trust forget undoes it.", found.account)
	case l.ask:
		l.say("You said no; nothing was kept.")
	default:
		l.say("Nothing was kept, since nobody could be asked: give --yes to keep them, or run it on a terminal.")
	}
	return nil
}

func (l *learning) tellScripts(found proposal, kept bool) error {
	state := stateProposed
	if kept {
		state = stateLearned
	}
	for i, row := range found.rows() {
		doc := newTrustDoc(row, state)
		doc.Reason = found.hosts[i].Reason
		if err := contract.Write(l.stdout, doc); err != nil {
			return err
		}
	}
	return nil
}
