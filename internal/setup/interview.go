package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"spamreport/internal/discover"
	"spamreport/internal/mailbox"
)

// Mail is the world that answers are tried on. Its errors say what to do.
type Mail interface {
	// Find finds the servers of an address.
	Find(ctx context.Context, address string) (discover.Found, error)
	// Allow has the person allow a log-in by OAuth 2.0.
	Allow(ctx context.Context, l Login) error
	// Folders logs in to a mailbox and lists its folders.
	Folders(ctx context.Context, l Login) ([]mailbox.FolderInfo, error)
	// Sending logs in to a smarthost, and sends nothing.
	Sending(ctx context.Context, l Login) error
	// Objection says why mail from an address would not be taken if it came by
	// this way, or "". Firm is one that is sure.
	Objection(ctx context.Context, email string, l Login) (what string, firm bool)
}

// DefaultTries is how often one thing is asked again before the interview is
// given up; many servers lock out who insists.
const DefaultTries = 5

// Interview asks.
type Interview struct {
	Person Person
	Mail   Mail
	Given  map[string]string // answers that are there already, by their flag
	Name   string            // proposed as that of the person
	Tries  int               // DefaultTries when zero

	allowed map[grant]bool
}

// grant is a log-in by OAuth 2.0 that the person allowed.
type grant struct {
	user  string
	proof Proof
}

// Plan is what an interview comes to.
type Plan struct {
	Name, Email string // who complains
	Mailbox     string // the address that is read, which names the account
	Read        Login
	Folders     []string
	Send        Login // without a server: not set up
}

// ErrGivenUp says that something did not work however often it was tried.
var ErrGivenUp = errors.New("given up; nothing was written")

// Run asks everything.
func (i *Interview) Run(ctx context.Context) (Plan, error) {
	var p Plan
	found, err := i.servers(ctx, &p)
	if err == nil {
		err = i.read(ctx, &p, found)
	}
	if err == nil {
		err = i.send(ctx, &p, found)
	}
	if err == nil {
		err = i.who(ctx, &p, found)
	}
	return p, err
}

// servers asks for the address, finds its servers, and has the person agree.
func (i *Interview) servers(ctx context.Context, p *Plan) (found discover.Found, err error) {
	if p.Mailbox, err = i.ask(ctx, Question{Flag: "address", Text: "Your mail address", Proposal: i.Given["email"], Check: IsAddress}); err != nil {
		return found, err
	}
	_, read := i.Given["imap"]
	_, send := i.Given["smarthost"]
	if !read || !send {
		if found, err = i.find(ctx, p.Mailbox); err != nil {
			return found, err
		}
	}
	use := false
	if found.IMAP.Host != "" && !read {
		if use, err = i.agrees(ctx, "Use these servers"); err != nil {
			return found, err
		}
	}
	p.Read = Login{Server: found.IMAP.Address(), Security: found.IMAP.Security}
	if !use {
		proposal := "imap." + domainOf(p.Mailbox)
		if found.IMAP.Host != "" {
			proposal = found.IMAP.Address()
		}
		err = i.server(ctx, &p.Read, "imap", "IMAP server, as host or host:port", proposal)
	}
	p.Read.User = cmp.Or(i.take("imap-user"), found.IMAP.User, p.Mailbox)
	p.Read.CAFile = absolute(i.take("ca-file"))
	return found, err
}

// find tells what is found, or that nothing is.
func (i *Interview) find(ctx context.Context, address string) (discover.Found, error) {
	found, err := i.Mail.Find(ctx, address)
	switch {
	case ctx.Err() != nil:
		return found, ctx.Err()
	case err != nil:
		i.Person.Tell("The servers were not found: %s.", err)
		return discover.Found{}, nil
	}
	i.tellFound(found)
	return found, nil
}

func (i *Interview) tellFound(found discover.Found) {
	i.Person.Tell("According to %s:", found.Source)
	i.Person.Tell("  reading  %s (%s)", found.IMAP.Address(), protection[found.IMAP.Security])
	if found.Submission.Host != "" {
		i.Person.Tell("  sending  %s (%s)", found.Submission.Address(), protection[found.Submission.Security])
	}
	if found.Note != "" {
		i.Person.Tell("%s", found.Note)
	}
}

var protection = map[discover.Security]string{discover.Implicit: "TLS", discover.STARTTLS: "STARTTLS"}

// server asks for a server, and forgets what is known of the one before.
func (i *Interview) server(ctx context.Context, l *Login, flag, text, proposal string) error {
	server, err := i.ask(ctx, Question{Flag: flag, Text: text, Proposal: proposal, Check: IsServer})
	if server != l.Server {
		l.Security = ""
	}
	l.Server = server
	return err
}

// take is an answer that was given, which is then used up.
func (i *Interview) take(flag string) string {
	answer := i.Given[flag]
	delete(i.Given, flag)
	return answer
}

// who asks for the name under the complaints.
func (i *Interview) who(ctx context.Context, p *Plan, found discover.Found) error {
	name, email := i.Given["name"], i.Given["email"]
	for try := range i.tries() {
		sender := &mail.Address{Name: cmp.Or(name, i.Name), Address: cmp.Or(email, p.Mailbox)}
		if name == "" || email == "" || try > 0 {
			answer, err := i.Person.Answer(ctx, Question{Text: "Complaints come from", Proposal: written(sender), Check: isSender})
			if err != nil {
				return err
			}
			sender, _ = mail.ParseAddress(answer) // it was accepted
		}
		p.Name, p.Email = sender.Name, sender.Address
		if p.throughOwnProvider(found) {
			return nil
		}
		what, firm := i.Mail.Objection(ctx, p.Email, p.Send)
		if what != "" {
			i.Person.Tell("%s", what)
		}
		if !firm {
			return ctx.Err()
		}
		if keep, err := i.agrees(ctx, "Keep this address all the same"); err != nil || keep {
			return err
		}
	}
	return ErrGivenUp
}

// throughOwnProvider says that complaints go out where the domain of their
// author wants its mail to go out: who runs that makes it pass.
func (p Plan) throughOwnProvider(found discover.Found) bool {
	return found.Submission.Host != "" && p.Send.Server == found.Submission.Address() && domainOf(p.Email) == domainOf(p.Mailbox)
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// written is an address as people write it.
func written(a *mail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return fmt.Sprintf("%s <%s>", strings.NewReplacer("<", "", ">", "", `"`, "", ",", "").Replace(a.Name), a.Address)
}

func (i *Interview) tries() int { return cmp.Or(i.Tries, DefaultTries) }

// again asks for what is perhaps wrong with a log-in, after it failed.
func (i *Interview) again(ctx context.Context, l *Login, prefix, provider string, failure error) (err error) {
	i.Person.Tell("That did not work: %s.", failure)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isRefusal(failure):
		delete(i.allowed, grant{l.User, l.Proof})
		if l.User, err = i.ask(ctx, Question{Text: "Login name", Proposal: l.User}); err == nil {
			l.Proof, err = i.proof(ctx, prefix, l.User, provider)
		}
	case isCertificate(failure):
		l.CAFile, err = i.ask(ctx, Question{
			Text: "PEM file of its authority, if that is a private one (empty for another server)", Optional: true, Check: isAuthority,
		})
		if err == nil && l.CAFile == "" {
			err = i.server(ctx, l, "", "Server, as host or host:port", l.Server)
		}
	default:
		err = i.server(ctx, l, "", "Server, as host or host:port", l.Server)
	}
	return err
}

// ErrProof says that there is no password to log in with.
var ErrProof = errors.New("the password cannot be had")
