package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"spamreport/internal/term"
)

// person answers questions on the terminal.
type person struct {
	out     io.Writer
	answers *bufio.Scanner
}

func (a *app) newPerson() person { return person{a.stdout, bufio.NewScanner(a.stdin)} }

// onTerminal says whether a person can be asked.
func (a *app) onTerminal() bool {
	return !a.json && !a.quiet && term.IsTerminal(a.stdin) && term.IsTerminal(a.stdout)
}

// agrees asks for a yes. No answer is a no.
func (p person) agrees(ctx context.Context, question string) (bool, error) {
	text, err := p.line(ctx, question)
	text = strings.ToLower(strings.TrimSpace(text))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return text == "y" || text == "yes", err
}

// line asks for a line; the end of the input is io.EOF. A read from a terminal
// cannot be called off, so it is left behind when ctx ends: the program ends
// then.
func (p person) line(ctx context.Context, question string) (string, error) {
	fmt.Fprint(p.out, term.Safe(question))
	type reply struct {
		text string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		if p.answers.Scan() {
			replies <- reply{text: p.answers.Text()}
			return
		}
		fmt.Fprintln(p.out) // the input has ended, in the middle of a line
		replies <- reply{err: cmp.Or(p.answers.Err(), io.EOF)}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.out)
		return "", ctx.Err()
	case r := <-replies:
		return r.text, r.err
	}
}
