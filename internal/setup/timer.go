package setup

import (
	"context"
	"fmt"
	"strings"
)

// Timer has sweeps run by themselves.
type Timer struct {
	// Command is the line that sweeps, as a shell reads it.
	Command string
	// Plain says that Command needs no other configuration than the default
	// one, which is what the unit of systemd uses.
	Plain bool
	// Run runs a program and returns what it prints.
	Run func(ctx context.Context, stdin, name string, args ...string) (string, error)
}

// unit is in the packages; see docs/packages.md.
const unit = "spamreport-sweep.timer"

// Offer offers the timer that this machine has, and says what to do where there
// is none. Given is an answer that is there already: yes, no or "".
func (t Timer) Offer(ctx context.Context, p Person, given string) error {
	switch {
	case given == "no":
		return nil
	case t.Plain && t.hasUnit(ctx):
		return t.offer(ctx, p, given, "Sweep every 15 minutes (a timer of systemd)", t.enable)
	}
	table, err := t.table(ctx)
	switch {
	case err != nil:
		p.Tell("To sweep every 15 minutes, have cron or another timer run: %s", t.Command)
		return nil
	case strings.Contains(table, t.line()):
		return nil
	}
	return t.offer(ctx, p, given, "Sweep every 15 minutes (a line in your crontab)", func(ctx context.Context) error {
		if table != "" && !strings.HasSuffix(table, "\n") {
			table += "\n"
		}
		_, err := t.Run(ctx, table+t.line()+"\n", "crontab", "-")
		return err
	})
}

func (t Timer) offer(ctx context.Context, p Person, given, text string, start func(context.Context) error) error {
	if given == "" {
		if agreed, err := Agrees(ctx, p, text); err != nil || !agreed {
			return err
		}
	}
	if err := start(ctx); err != nil {
		p.Tell("That did not work (%s). Have cron or another timer run: %s", err, t.Command)
	}
	return nil
}

func (t Timer) hasUnit(ctx context.Context) bool {
	_, err := t.Run(ctx, "", "systemctl", "--user", "cat", unit)
	return err == nil
}

func (t Timer) enable(ctx context.Context) error {
	_, err := t.Run(ctx, "", "systemctl", "--user", "enable", "--now", unit)
	return err
}

// table is the user's crontab; that there is none is no error.
func (t Timer) table(ctx context.Context) (string, error) {
	table, err := t.Run(ctx, "", "crontab", "-l")
	if err != nil && strings.Contains(err.Error(), "no crontab for") {
		return "", nil
	}
	return table, err
}

// line is that of the crontab, where % would end the command.
func (t Timer) line() string {
	return fmt.Sprintf("*/15 * * * * %s", strings.ReplaceAll(t.Command, "%", `\%`))
}
