package setup

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"

	"spamreport/internal/config"
)

// Question is one thing to be told.
type Question struct {
	Flag     string // of the command line, which answers it too; may be empty
	Text     string
	Proposal string // stands for an empty answer
	Secret   bool   // the answer is not shown
	Optional bool   // an empty answer is one
	Check    func(answer string) error
}

// Accept returns an answer as it counts, or says what is wrong with it.
func (q Question) Accept(answer string) (string, error) {
	if !q.Secret {
		answer = strings.TrimSpace(answer)
	}
	if answer == "" {
		answer = q.Proposal
	}
	switch {
	case answer == "" && !q.Optional:
		return "", errors.New("this is needed")
	case strings.ContainsFunc(answer, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", errors.New("this must be one line without control characters")
	case answer == "" || q.Check == nil:
		return answer, nil
	}
	return answer, q.Check(answer)
}

// Person answers questions. Every answer was accepted by the question.
type Person interface {
	Answer(ctx context.Context, q Question) (string, error)
	// Tell says something in a line.
	Tell(format string, args ...any)
}

// ask gets an answer: from the flags the first time, else from the person.
func (i *Interview) ask(ctx context.Context, q Question) (string, error) {
	given, ok := i.Given[q.Flag]
	if !ok || q.Flag == "" {
		return i.Person.Answer(ctx, q)
	}
	delete(i.Given, q.Flag) // it is asked again only because it was wrong
	answer, err := q.Accept(given)
	if err != nil {
		return "", fmt.Errorf("--%s %q: %w", q.Flag, given, err)
	}
	return answer, nil
}

// agrees asks for a yes or no.
func (i *Interview) agrees(ctx context.Context, text string) (bool, error) {
	return Agrees(ctx, i.Person, text)
}

// Agrees asks for a yes or no; yes is proposed.
func Agrees(ctx context.Context, p Person, text string) (bool, error) {
	answer, err := p.Answer(ctx, Question{Text: text, Proposal: "yes", Check: func(answer string) error {
		if _, known := yes[strings.ToLower(answer)]; !known {
			return errors.New("answer yes or no")
		}
		return nil
	}})
	return yes[strings.ToLower(answer)], err
}

var yes = map[string]bool{"y": true, "yes": true, "n": false, "no": false}

// IsAddress takes a mail address alone.
func IsAddress(answer string) error {
	if !config.IsEmail(answer) {
		return errors.New("this is not a mail address: write it like you@example.org")
	}
	return nil
}

// isSender takes an address with or without a name.
func isSender(answer string) error {
	if _, err := mail.ParseAddress(answer); err != nil {
		return errors.New("write it like: Your Name <you@example.org>")
	}
	return nil
}

// IsServer takes a host, or a host and its port.
func IsServer(answer string) error {
	if !config.IsServer(answer) {
		return errors.New("this is not a server: write host or host:port, like mail.example.org:993")
	}
	return nil
}

// isAuthority takes a file with certificates.
func isAuthority(answer string) error {
	text, err := os.ReadFile(absolute(answer))
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return errors.New("there is no certificate in it; it must be PEM")
	}
	return nil
}

// oneOf takes one of the words.
func oneOf(words ...string) func(string) error {
	return func(answer string) error {
		if !slices.Contains(words, answer) {
			return fmt.Errorf("answer one of %s", strings.Join(words, ", "))
		}
		return nil
	}
}
