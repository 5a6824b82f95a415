package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spamreport/complaint"
	"spamreport/internal/config"
	"spamreport/internal/followup"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/relay/bounce"
)

// followUp reads what came back about complaints, before anything new is
// filed: who does not exist is not written to again. An error does not stop
// the sweep.
func (a *app) followUp(ctx context.Context, p *parts, dryRun bool) error {
	if p.store == nil {
		return nil
	}
	if dryRun {
		return a.readAnswers(ctx, p, true)
	}
	turn, err := p.store.Turn(ctx, repliesTurn)
	if errors.Is(err, store.ErrTaken) {
		p.log.Info("another process reads the answers")
		return nil
	}
	if err != nil {
		return err
	}
	defer turn.End()
	if err := a.readAnswers(ctx, p, false); err != nil {
		return err
	}
	return a.writeAnew(ctx, p)
}

func (a *app) readAnswers(ctx context.Context, p *parts, dryRun bool) error {
	if p.cfg.Replies.Account == "" {
		return nil
	}
	if err := a.readReplies(ctx, p, dryRun); err != nil {
		return fmt.Errorf("answers to complaints: %w", err)
	}
	return nil
}

// writeAnew sends what bounced, or was refused at once, to the next contact.
func (a *app) writeAnew(ctx context.Context, p *parts) error {
	stages, err := p.stages(ctx, nil)
	if err != nil {
		return err
	}
	successor := followup.Successor{
		Ledger: p.store, Desks: p.desks, Policy: stages.Policy, Signer: p.signer, Auto: p.cfg.Complaint.Approve == "auto",
		Observe: func(e complaint.Entry) {
			if a.verbose {
				a.say("%s: %s: %s", e.Complaint.Incident, e.Action, e.Why)
			}
		},
	}
	return successor.Run(ctx)
}

func (a *app) readReplies(ctx context.Context, p *parts, dryRun bool) error {
	account, err := p.repliesAccount()
	if err != nil {
		return err
	}
	session, err := mailbox.Dial(ctx, account.Mailbox)
	if err != nil {
		return fmt.Errorf("account %s: %w", account.Mailbox.Name, err)
	}
	defer func() { _ = session.Close() }() // everything was answered already
	folder, err := session.Select(ctx, p.cfg.Replies.Folder, true)
	if err != nil {
		return fmt.Errorf("account %s: %w", account.Mailbox.Name, err)
	}
	return a.readFolder(ctx, p, session, account, folder, dryRun)
}

// repliesAccount is the account that answers come to. The configuration was
// checked: it is there.
func (p *parts) repliesAccount() (pipeline.Account, error) {
	name := p.cfg.Replies.Account
	at := slices.IndexFunc(p.cfg.Accounts, func(c config.Account) bool { return c.Name == name })
	account, err := newAccount(p.cfg.Accounts[at], p.stateDir)
	if err != nil {
		return account, fmt.Errorf("account %s: %w", name, err)
	}
	return account, nil
}

// readFolder reads what came back into a folder that is open.
func (a *app) readFolder(ctx context.Context, p *parts, f followup.Folder, account pipeline.Account, folder mailbox.Folder, dryRun bool) error {
	inbox := followup.Inbox{Book: p.store, DryRun: dryRun, Observe: func(r followup.Reply) {
		if a.verbose || dryRun {
			a.say("answer from %s: %s", r.From, answerSentence(r))
		}
	}, Other: func(ctx context.Context, m mailbox.Message) error { return p.takeReturned(ctx, m) }}
	return inbox.Run(ctx, f, mailbox.Place{Account: account.Mailbox.Name, Folder: folder.Name, UIDValidity: folder.UIDValidity})
}

// answerSentence puts an answer into one line.
func answerSentence(r followup.Reply) string {
	words := []string{string(r.Kind)}
	add := func(label, value string) {
		if value != "" {
			words = append(words, strings.TrimSpace(label+" "+value))
		}
	}
	if r.Kind == bounce.Bounced {
		add("of", r.Recipient)
		add("", fmt.Sprintf("%s (%s)", r.Class, r.Reason))
		add("", r.Diagnostic)
	}
	add("ticket", r.Ticket)
	add("see", r.URL)
	add("", r.Subject)
	return strings.Join(words, ", ")
}
