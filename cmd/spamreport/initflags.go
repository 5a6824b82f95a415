package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"spamreport/internal/config"
	"spamreport/internal/setup"
)

type initFlags struct {
	force, yes  bool
	autoconfig  []string
	given       map[string]*string // texts of the flags that answer questions
	folders     []string
	askedByHand *pflag.FlagSet
}

// initAnswers are the flags that answer a question each. The check is for a
// file that is written without asking; the questions have their own.
var initAnswers = []struct {
	name, usage string
	check       func(string) error
}{
	{"address", "the mail `address` that is read; its servers are looked up", setup.IsAddress},
	{"name", "your `name`, under the complaints", nil},
	{"email", "the `address` that complaints come from", setup.IsAddress},
	{"imap", "IMAP server, as host or `host:port`", setup.IsServer},
	{"imap-user", "login `name` there", nil},
	{"imap-password-command", "`command` that prints the password, like \"pass mail\"", nil},
	{"imap-password-file", "`file` that holds it", nil},
	{"imap-password-env", "`variable` that holds it", nil},
	{"smarthost", "server that takes your outgoing mail, as host or `host:port`", setup.IsServer},
	{"smarthost-user", "login `name` there", nil},
	{"smarthost-password-command", "`command` that prints the password", nil},
	{"smarthost-password-file", "`file` that holds it", nil},
	{"smarthost-password-env", "`variable` that holds it", nil},
	{"oauth2-client-id", "client `ID` for a log-in by OAuth 2.0", nil},
	{"ca-file", "PEM `file` with the certificate authority of the servers, when it is a private one", nil},
	{"timer", "`yes or no`: sweep every 15 minutes", nil},
}

// check finds answers that the file would be refused for.
func (f initFlags) check() error {
	var wrong []error
	for _, answer := range initAnswers {
		given := *f.given[answer.name]
		if given == "" || answer.check == nil {
			continue
		}
		if err := answer.check(given); err != nil {
			wrong = append(wrong, fmt.Errorf("--%s %q: %w", answer.name, given, err))
		}
	}
	return errors.Join(wrong...)
}

// answers fills the file that nobody was asked about.
func (f initFlags) answers() config.Answers {
	of := func(name string) string { return *f.given[name] }
	answers := config.Answers{
		Name: of("name"), Email: cmp.Or(of("email"), of("address")),
		Server: of("imap"), User: cmp.Or(of("imap-user"), of("address")),
		Folders: f.folders, CAFile: of("ca-file"),
		Smarthost: of("smarthost"), RelayUser: of("smarthost-user"),
	}
	if answers.Smarthost != "" {
		answers.RelayCAFile = answers.CAFile
	}
	for _, from := range []string{"command", "file", "env"} {
		if secret := of("imap-password-" + from); secret != "" {
			answers.Password, answers.PasswordFrom = secret, "password_"+from
		}
		if secret := of("smarthost-password-" + from); secret != "" {
			answers.RelayPassword, answers.RelayPasswordFrom = secret, "password_"+from
		}
	}
	return answers
}
