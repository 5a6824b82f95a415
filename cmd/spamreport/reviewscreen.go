package main

import (
	"bytes"
	"context"
	"errors"
	"os"

	"spamreport/headers"
	"spamreport/internal/approval"
	"spamreport/internal/reviewui"
	"spamreport/internal/term"
)

// hasScreen reports whether there is a terminal that can be drawn on.
func (a *app) hasScreen() bool {
	kind := os.Getenv("TERM")
	return a.onTerminal() && kind != "dumb" && (kind != "" || os.PathSeparator == '\\')
}

// reviewOnScreen lets a person decide, and then delivers what was approved:
// also when the review ends with an error, since that was said explicitly.
func (a *app) reviewOnScreen(ctx context.Context) error {
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	held, err := p.store.Held(ctx)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		a.say("Nothing waits for approval.")
		return nil
	}
	walker, err := p.fileWalker(ctx, nil)
	if err != nil {
		return err
	}
	composer, err := p.composer(ctx)
	if err != nil {
		return err
	}
	walker.Resolver = nil // a screen does not wait for names
	result, err := reviewui.Run(ctx, reviewui.Options{
		Ledger: p.approvals(), Walk: walkIn(walker), Editor: reviewui.Editor(os.Getenv), Reword: composer.Reword,
		Color: term.WantColor(a.stdout, os.Getenv),
	}, held, a.stdin, a.stdout)
	a.say("approved: %d, dropped: %d, edited: %d", result.Approved, result.Dropped, result.Edited)
	for _, contact := range result.Never {
		a.say("never mailed again: %s", contact)
	}
	errs := append(result.Problems, err)
	if result.Approved > 0 && ctx.Err() == nil {
		a.say("delivering …")
		errs = append(errs, a.deliver(ctx, p))
	}
	return errors.Join(errs...)
}

func walkIn(walker *headers.Walker) func([]byte) (headers.Verdict, error) {
	return func(spam []byte) (headers.Verdict, error) {
		block, err := headers.ReadBlock(bytes.NewReader(spam))
		if err != nil {
			return headers.Verdict{}, err
		}
		return walker.Walk(block), nil
	}
}

// approvals is where a person decides about what waits.
func (p *parts) approvals() approval.Desk { return approval.Desk{Ledger: p.store, Signer: p.signer} }
