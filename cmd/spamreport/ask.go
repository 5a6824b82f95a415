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
	out io.Writer
	in  *lineReader
}

// lineReader reads lines. A read from a terminal cannot be called off, so one
// that is given up is left behind: the next question gets its line.
type lineReader struct {
	lines *bufio.Scanner
	left  chan lineRead
}

type lineRead struct {
	text string
	err  error // io.EOF: the input has ended
}

func (a *app) newPerson() person {
	return person{a.stdout, &lineReader{lines: bufio.NewScanner(a.stdin)}}
}

func (r *lineReader) next() <-chan lineRead {
	if r.left == nil {
		read := make(chan lineRead, 1)
		r.left = read
		go func() {
			if r.lines.Scan() {
				read <- lineRead{text: r.lines.Text()}
				return
			}
			read <- lineRead{err: cmp.Or(r.lines.Err(), io.EOF)}
		}()
	}
	return r.left
}

// onTerminal reports whether a person can be asked.
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

// line asks for a line; the end of the input is io.EOF.
func (p person) line(ctx context.Context, question string) (string, error) {
	fmt.Fprint(p.out, term.Safe(question))
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.out)
		return "", ctx.Err()
	case read := <-p.in.next():
		p.in.left = nil
		if read.err != nil {
			fmt.Fprintln(p.out) // in the middle of a line
		}
		return read.text, read.err
	}
}

// whileWaiting hands the lines that are typed to a task that may do without
// them. Afterwards the person is asked for the line that is still waited for.
func (p person) whileWaiting(ctx context.Context, task func(typed <-chan string) error) error {
	typed := make(chan string)
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			text, err := p.line(ctx, "")
			if err != nil {
				return
			}
			select {
			case typed <- text:
			case <-ctx.Done():
				return
			}
		}
	}()
	err := task(typed)
	stop()
	<-ended
	return err
}

// pause waits for the line that a task left behind.
func (p person) pause(ctx context.Context) error {
	if p.in.left == nil {
		return nil
	}
	_, err := p.line(ctx, "Press Enter to go on. ")
	return err
}
