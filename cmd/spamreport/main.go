// Command spamreport reports spam to the network that it came from.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"spamreport/internal/store"
	"spamreport/internal/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args)
	stop()
	os.Exit(code)
}

// run executes the command line and turns its error into one line on standard
// error and an exit status.
func run(ctx context.Context, args []string) int {
	out := &output{File: os.Stdout}
	a := &app{stdin: os.Stdin, stdout: out, stderr: os.Stderr}
	root := a.rootCommand()
	root.SetArgs(args[1:])
	if sendmail, ok := sendmailNames[filepath.Base(args[0])]; ok {
		root.SetArgs(append(sendmail, args[1:]...))
	}
	cmd, err := root.ExecuteContextC(ctx)
	code := a.status(err)
	// What send has accepted stays accepted: nobody may take it for refused.
	if err := out.failure(); err != nil && (code == exitDone || code == exitNothing) && cmd.Name() != "send" {
		a.complain(err)
		return exitFailed
	}
	return code
}

// sendmailNames are the names by which other programs know us.
var sendmailNames = map[string][]string{
	"sendmail": {"send"}, "mailq": {"send", "-bp"}, "newaliases": {"send", "-bi"},
}

// Exit statuses; `send` uses those of sysexits.h instead.
const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2
	exitNothing   = 3  // nothing to report in the input
	exitTemporary = 75 // EX_TEMPFAIL: queued or to be tried again
)

// statusError carries an exit status. A nil err says that everything has been
// said already.
type statusError struct {
	code int
	err  error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

func (a *app) status(err error) int {
	if err == nil {
		return exitDone
	}
	code := exitFailed
	var status *statusError
	switch {
	case errors.As(err, &status):
		code = status.code
		if status.err == nil {
			return code
		}
	case store.Passing(err):
		code = exitTemporary
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("stopped; what was not finished is taken up by the next run")
	}
	a.complain(err)
	return code
}

// untilStopped is how a service ends: to be stopped is no error, wherever it was,
// also while it started.
func untilStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// complain says on standard error what went wrong, one line each.
func (a *app) complain(err error) {
	if status, ok := err.(*statusError); ok {
		err = status.err
	}
	if several := joined(err); several != nil {
		for _, e := range several {
			a.complain(e)
		}
		return
	}
	line := strings.ReplaceAll(err.Error(), "\n", "; ") // errors joined further down
	fmt.Fprintln(a.stderr, "spamreport: "+term.Safe(line))
}

// joined returns the parts of what errors.Join made, and nil for an error that
// has causes but a sentence of its own.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(several.Unwrap()...).Error() {
		return nil
	}
	return several.Unwrap()
}
