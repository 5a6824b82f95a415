package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"spamreport/internal/config"
	"spamreport/internal/setup"
)

// interview asks, writes the file, and offers what goes on from there.
func (a *app) interview(ctx context.Context, path string, flags initFlags) error {
	cfg, err := config.WithoutFile(os.Environ())
	if err != nil {
		return err
	}
	stateDir, err := config.StateDir(os.Environ())
	if err != nil {
		return err
	}
	hands := a.newPerson()
	person := a.interviewee(flags.yes, hands)
	i := setup.Interview{
		Person: person, Mail: initMail{app: a, person: hands, cfg: cfg, stateDir: stateDir, sources: flags.autoconfig},
		Given: flags.changed(), Name: fullName(),
	}
	if flags.yes {
		i.Tries = 1
	}
	plan, err := i.Run(ctx)
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		return errors.New("stopped; nothing was written")
	}
	if err != nil {
		return err
	}
	if err := plan.Write(path, flags.force); err != nil {
		return err
	}
	a.say("Wrote %s.", path)
	if kept := plan.Kept(path); kept != "" {
		a.say("%s", kept)
	}
	a.configPath = path
	err = a.afterwards(ctx, person, flags)
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		return fmt.Errorf("stopped; the configuration is written, a timer is not set up")
	}
	return err
}

// changed are the answers that the command line gives.
func (f initFlags) changed() map[string]string {
	given := map[string]string{}
	for name, text := range f.given {
		if f.askedByHand.Changed(name) {
			given[name] = *text
		}
	}
	if len(f.folders) > 0 {
		given["folder"] = strings.Join(f.folders, ",")
	}
	return given
}

// fullName is the user's, as the system knows it.
func fullName() string {
	u, err := user.Current()
	if err != nil || u.Name == u.Username || u.Name == "root" {
		return ""
	}
	return u.Name
}

// afterwards needs the configuration. What does not work here can be done later.
func (a *app) afterwards(ctx context.Context, person setup.Person, flags initFlags) error {
	if err := a.trustLearn(ctx, learnFlags{folder: "INBOX", messages: 500, yes: flags.yes}); err != nil {
		var status *statusError
		if ctx.Err() == nil && errors.As(err, &status) && status.err != nil {
			err = status.err
		}
		person.Tell("Your own mail hosts were not learned: %s. Later: spamreport trust learn", err)
	}
	timer := setup.Timer{Command: a.sweepLine(), Plain: a.isDefault(), Run: runProgram}
	if ctx.Err() == nil {
		if err := timer.Offer(ctx, person, *flags.given["timer"]); err != nil {
			return err
		}
	}
	a.say("Try it: spamreport sweep --dry-run shows what it would report; spamreport doctor checks every part. " +
		"Complaints wait for your approval: spamreport review")
	return ctx.Err()
}

// isDefault reports whether the configuration is where a program without the
// variables of this shell looks for it.
func (a *app) isDefault() bool {
	home, err := os.UserHomeDir()
	return err == nil && a.configPath == filepath.Join(home, ".config", "spamreport", "config.toml") && os.Getenv("XDG_STATE_HOME") == ""
}

// sweepLine is a sweep as a shell reads it that has no variables.
func (a *app) sweepLine() string {
	program, err := os.Executable()
	words := []string{quoted(cmp.Or(program, "spamreport"))}
	if state := os.Getenv("XDG_STATE_HOME"); state != "" {
		words = append([]string{"XDG_STATE_HOME=" + quoted(state)}, words...)
	}
	if path, absErr := filepath.Abs(a.configPath); err == nil && absErr == nil && !a.isDefault() {
		words = append(words, "--config", quoted(path))
	}
	return strings.Join(append(words, "sweep"), " ")
}

// quoted is a word for a shell.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// runProgram runs a program of the system, briefly.
func runProgram(ctx context.Context, stdin, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(complaint.String(), "\n")
		return out.String(), fmt.Errorf("%s: %w: %s", name, err, first)
	}
	return out.String(), nil
}
