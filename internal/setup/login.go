package setup

import (
	"context"
	"fmt"

	"spamreport/internal/config"
	"spamreport/internal/discover"
)

// Login is a server and the way in.
type Login struct {
	Server   string            // host or host:port
	Security discover.Security // empty: as the port says
	CAFile   string            // PEM, for a private authority
	User     string
	Proof    Proof
}

// Proof shows that somebody is who they say.
type Proof struct {
	Key    string // of the configuration: password, password_file, password_command, password_env; or oauth2
	Value  string // with password the password itself
	OAuth2 config.OAuth2Answers
}

const (
	typed     = "password"
	byFile    = "password_file"
	byCommand = "password_command"
	byEnv     = "password_env"
	byOAuth2  = "oauth2"
)

// secret is the proof as the configuration gives it.
func (p Proof) secret() config.Secret {
	if p.Key == byOAuth2 || p.Key == "" {
		return config.Secret{}
	}
	return config.GivenAs(p.Key, p.Value)
}

func (p Proof) oauth2() config.OAuth2 {
	o := config.OAuth2{Provider: p.OAuth2.Provider, ClientID: p.OAuth2.ClientID}
	if p.OAuth2.ClientSecret != "" {
		o.Secret = config.GivenAs(typed, p.OAuth2.ClientSecret)
	}
	return o
}

// fetched is the log-in with a password that is at hand.
func (l Login) fetched(ctx context.Context) (Login, error) {
	secret := l.Proof.secret()
	if secret.IsZero() {
		return l, nil
	}
	password, err := secret.Get(ctx)
	if err != nil {
		return l, fmt.Errorf("%w: %w", ErrProof, err)
	}
	l.Proof = Proof{Key: typed, Value: password}
	return l, nil
}

// Account is the log-in as that of an account.
func (l Login) Account(name string) config.Account {
	return config.Account{
		Name: name, Folders: []string{"INBOX"}, // which every mailbox has
		Server: l.Server, TLS: string(l.Security), CAFile: l.CAFile,
		User: l.User, Secret: l.Proof.secret(), OAuth2: l.Proof.oauth2(),
	}
}

// relayTLS are the words of [relay], which are not those of [[account]].
var relayTLS = map[discover.Security]string{discover.Implicit: "tls", discover.STARTTLS: "starttls"}

// Relay is the log-in as that of the smarthost.
func (l Login) Relay() config.Relay {
	return config.Relay{
		Smarthost: l.Server, TLS: relayTLS[l.Security], CAFile: l.CAFile,
		User: l.User, Secret: l.Proof.secret(), OAuth2: l.Proof.oauth2(),
	}
}

// way is a way to a password that is not typed.
type way struct{ key, text, question string }

func (w way) proof(value string) Proof {
	if w.key == byFile {
		value = absolute(value)
	}
	return Proof{Key: w.key, Value: value}
}

// ways are all of them, by the number that is typed.
var ways = []way{
	{byCommand, "a command that prints it, like: pass mail", "The command"},
	{byFile, "a file that only you can read", "The file"},
	{byEnv, "an environment variable (cron and systemd do not have those of your shell)", "The variable"},
	{byOAuth2, "none: OAuth 2.0, which you allow once in a browser (docs/oauth2.md)", ""},
}

// proof asks how to prove who one is. The flags begin with prefix: imap or
// smarthost.
func (i *Interview) proof(ctx context.Context, prefix, user, provider string) (Proof, error) {
	for _, way := range ways {
		flag := prefix + "-" + dashed(way.key)
		if value, given := i.Given[flag]; given {
			delete(i.Given, flag)
			return way.proof(value), nil
		}
	}
	if _, given := i.Given["oauth2-client-id"]; given || provider == "microsoft" {
		return i.oauth2(ctx, provider)
	}
	password, err := i.ask(ctx, Question{
		Text: "Password of " + user + " (not shown; empty for another way)", Secret: true, Optional: true,
	})
	if err != nil || password != "" {
		return Proof{Key: typed, Value: password}, err
	}
	return i.otherWay(ctx, provider)
}

func (i *Interview) otherWay(ctx context.Context, provider string) (Proof, error) {
	offered := ways
	if provider == "" {
		offered = ways[:len(ways)-1]
	}
	var numbers []string
	for n, way := range offered {
		numbers = append(numbers, string(rune('1'+n)))
		i.Person.Tell("  %d  %s", n+1, way.text)
	}
	number, err := i.ask(ctx, Question{Text: "Where does the password come from", Proposal: "1", Check: oneOf(numbers...)})
	if err != nil {
		return Proof{}, err
	}
	way := offered[number[0]-'1']
	if way.key == byOAuth2 {
		return i.oauth2(ctx, provider)
	}
	value, err := i.ask(ctx, Question{Text: way.question})
	return way.proof(value), err
}

// oauth2 asks for the client that the person registered.
func (i *Interview) oauth2(ctx context.Context, provider string) (Proof, error) {
	i.Person.Tell("It takes OAuth 2.0: you register a client with the provider, once, and allow it in a browser; see docs/oauth2.md.")
	var p Proof
	var err error
	p.Key, p.OAuth2.Provider = byOAuth2, provider
	if provider != "google" && provider != "microsoft" {
		if p.OAuth2.Provider, err = i.ask(ctx, Question{Text: "Provider (google or microsoft)", Check: oneOf("google", "microsoft")}); err != nil {
			return Proof{}, err
		}
	}
	if p.OAuth2.ClientID, err = i.ask(ctx, Question{Flag: "oauth2-client-id", Text: "Client ID"}); err != nil {
		return Proof{}, err
	}
	p.OAuth2.ClientSecret, err = i.ask(ctx, Question{Text: "Client secret (not shown; empty when there is none)", Secret: true, Optional: true})
	return p, err
}

// dashed is a key as a flag is written.
func dashed(key string) string {
	b := []byte(key)
	for i, c := range b {
		if c == '_' {
			b[i] = '-'
		}
	}
	return string(b)
}
