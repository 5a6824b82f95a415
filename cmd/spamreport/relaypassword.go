package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"spamreport/relay/submission"
)

// passwordSource says where a password comes from.
type passwordSource struct {
	file     string
	generate bool
	hash     bool
}

// newHash returns the hash to keep, and the password when it was made here.
func (a *app) newHash(from passwordSource) (hash, generated string, err error) {
	if from.generate {
		generated = rand.Text()
		return submission.HashPassword(generated), generated, nil
	}
	secret, err := a.readPassword(from)
	switch {
	case errors.Is(err, errNoTerminal):
		return "", "", fmt.Errorf("%w, or --generate", err)
	case err != nil:
		return "", "", err
	case secret == "":
		return "", "", errors.New("the password is empty")
	case from.hash:
		return secret, "", submission.CheckHash(secret)
	}
	return submission.HashPassword(secret), "", nil
}

var errNoTerminal = errors.New("no terminal to ask for the password on: use --password-file (- for standard input)")

// readPassword reads from a file, or asks twice on the terminal.
func (a *app) readPassword(from passwordSource) (string, error) {
	switch from.file {
	case "":
	case "-":
		return passwordLine(a.stdin)
	default:
		f, err := os.Open(from.file)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		return passwordLine(f)
	}
	stdin, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(stdin.Fd())) {
		return "", errNoTerminal
	}
	first, err := a.askPassword(stdin, "Password: ")
	if err != nil || from.hash {
		return first, err
	}
	second, err := a.askPassword(stdin, "Again: ")
	if err == nil && first != second {
		err = errors.New("the two differ; nothing was changed")
	}
	return first, err
}

func (a *app) askPassword(terminal *os.File, prompt string) (string, error) {
	fmt.Fprint(a.stderr, prompt)
	defer fmt.Fprintln(a.stderr)
	typed, err := term.ReadPassword(int(terminal.Fd()))
	return string(typed), err
}

// maxPassword bounds what is read. bcrypt, which others may have used, stops
// at 72 octets; nobody types a thousand.
const maxPassword = 1000

func passwordLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword+2)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if len(line) > maxPassword {
		return "", fmt.Errorf("the password is longer than %d octets", maxPassword)
	}
	return line, nil
}
