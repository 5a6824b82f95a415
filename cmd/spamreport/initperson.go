package main

import (
	"context"
	"fmt"
	"os"

	"spamreport/internal/setup"
	"spamreport/internal/term"
)

// terminal asks the person at the terminal.
type terminal struct {
	*app
	person person
}

// Answer implements setup.Person.
func (t terminal) Answer(ctx context.Context, q setup.Question) (string, error) {
	prompt := q.Text + ": "
	if q.Proposal != "" {
		prompt = fmt.Sprintf("%s [%s]: ", q.Text, q.Proposal)
	}
	for {
		text, err := t.read(ctx, prompt, q.Secret)
		if err != nil {
			return "", err
		}
		answer, wrong := q.Accept(text)
		if wrong == nil {
			return answer, nil
		}
		t.Tell("%s", wrong)
	}
}

func (t terminal) read(ctx context.Context, prompt string, secret bool) (string, error) {
	if file, ok := t.stdin.(*os.File); ok && secret {
		return term.ReadSecret(ctx, file, t.stdout, prompt)
	}
	return t.person.line(ctx, prompt)
}

// Tell implements setup.Person.
func (t terminal) Tell(format string, args ...any) { t.printer().Line(format, args...) }

// proposals answers each question with what it proposes.
type proposals struct{ *app }

// Answer implements setup.Person.
func (p proposals) Answer(_ context.Context, q setup.Question) (string, error) {
	if q.Proposal == "" && !q.Optional || q.Secret {
		if q.Flag != "" {
			return "", fmt.Errorf("%s: %w; give --%s", q.Text, errUnanswered, q.Flag)
		}
		return "", fmt.Errorf("%s: %w; give it by a flag (spamreport init --help)", q.Text, errUnanswered)
	}
	p.Tell("%s: %s", q.Text, q.Proposal)
	return q.Proposal, nil
}

// Tell implements setup.Person.
func (p proposals) Tell(format string, args ...any) { p.say(format, args...) }
