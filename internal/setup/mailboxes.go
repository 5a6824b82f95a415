package setup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"spamreport/internal/discover"
	"spamreport/internal/mailbox"
)

// read asks how to get into the mailbox until it works, and where spam lies.
func (i *Interview) read(ctx context.Context, p *Plan, found discover.Found) (err error) {
	if p.Read.Proof, err = i.proof(ctx, "imap", p.Read.User, found.OAuth2); err != nil {
		return err
	}
	for range i.tries() {
		folders, failure := i.folders(ctx, &p.Read)
		if failure == nil {
			return i.junk(ctx, p, folders)
		}
		if err := i.again(ctx, &p.Read, "imap", found.OAuth2, failure); err != nil {
			return err
		}
	}
	return fmt.Errorf("log in to %s: %w", p.Read.Server, ErrGivenUp)
}

func (i *Interview) folders(ctx context.Context, l *Login) (folders []mailbox.FolderInfo, err error) {
	err = i.enter(ctx, l, func(l Login) (err error) {
		folders, err = i.Mail.Folders(ctx, l)
		return err
	})
	return folders, err
}

func (i *Interview) sending(ctx context.Context, l *Login) error {
	return i.enter(ctx, l, func(l Login) error { return i.Mail.Sending(ctx, l) })
}

// enter tries a log-in. Where nobody said how the connection is protected, it
// finds that out, and l has it afterwards.
func (i *Interview) enter(ctx context.Context, l *Login, try func(Login) error) error {
	ready, err := i.prepare(ctx, *l)
	if err != nil {
		return err
	}
	for _, security := range l.securities() {
		ready.Security = security
		failure := try(ready)
		if failure == nil {
			l.Security = security
			return nil
		}
		if !isAboutTLS(failure) {
			return failure
		}
		err = cmp.Or(err, failure) // the first is about the likelier way
	}
	return err
}

// prepare gets what a log-in takes: the password, or the person's permission.
func (i *Interview) prepare(ctx context.Context, l Login) (Login, error) {
	if of := (grant{l.User, l.Proof}); l.Proof.Key == byOAuth2 && !i.allowed[of] {
		if err := i.Mail.Allow(ctx, l); err != nil {
			return l, fmt.Errorf("%w: %w", ErrProof, err)
		}
		if i.allowed == nil {
			i.allowed = map[grant]bool{}
		}
		i.allowed[of] = true
	}
	i.Person.Tell("Connecting to %s …", l.Server)
	return l.fetched(ctx)
}

// junk shows the folders and asks which hold spam.
func (i *Interview) junk(ctx context.Context, p *Plan, folders []mailbox.FolderInfo) error {
	var names, spam []string
	for _, f := range folders {
		if !f.Selectable {
			continue
		}
		names = append(names, f.Name)
		if f.SpecialUse == `\Junk` {
			spam = append(spam, f.Name)
		}
	}
	if len(spam) == 0 {
		spam = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !mailbox.IsJunkName(name) })
	}
	i.Person.Tell("Its folders: %s", list(names))
	answer, err := i.ask(ctx, Question{
		Flag: "folder", Text: "Folders with spam, with commas between them", Proposal: strings.Join(spam, ", "),
		Check: func(answer string) error {
			for _, name := range split(answer) {
				if !slices.Contains(names, name) {
					return fmt.Errorf("there is no folder %q", name)
				}
			}
			return nil
		},
	})
	p.Folders = split(answer)
	return err
}

// maxListed is how many folders are shown.
const maxListed = 40

func list(names []string) string {
	if len(names) > maxListed {
		return strings.Join(names[:maxListed], ", ") + fmt.Sprintf(" and %d others", len(names)-maxListed)
	}
	return strings.Join(names, ", ")
}

func split(answer string) []string {
	var names []string
	for _, name := range strings.Split(answer, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// send asks how complaints leave, and tries it without sending anything.
func (i *Interview) send(ctx context.Context, p *Plan, found discover.Found) (err error) {
	p.Send, err = i.smarthost(ctx, p.Read, found.Submission)
	if err != nil || p.Send.Server == "" {
		return err
	}
	for range i.tries() {
		failure := i.sending(ctx, &p.Send)
		if failure == nil {
			return nil
		}
		if err := i.again(ctx, &p.Send, "smarthost", found.OAuth2, failure); err != nil {
			return err
		}
	}
	return fmt.Errorf("log in to %s: %w", p.Send.Server, ErrGivenUp)
}

// smarthost asks for the server; the log-in of the mailbox mostly opens it.
func (i *Interview) smarthost(ctx context.Context, read Login, found discover.Server) (Login, error) {
	l := Login{Server: found.Address(), Security: found.Security, User: cmp.Or(found.User, read.User), CAFile: read.CAFile, Proof: read.Proof}
	_, given := i.Given["smarthost"]
	if found.Host != "" && !given {
		same, err := i.agrees(ctx, "Send complaints through "+l.Server+" with the same password")
		if err != nil || same {
			return l, err
		}
	}
	server, err := i.ask(ctx, Question{
		Flag: "smarthost", Text: "Server that takes your outgoing mail, as host or host:port (empty: later)", Optional: true, Check: IsServer,
	})
	if err != nil || server == "" {
		return Login{}, err
	}
	if server != l.Server {
		l.Server, l.Security = server, ""
	}
	user := Question{Flag: "smarthost-user", Text: "Login name there", Proposal: l.User}
	if l.isLocal() {
		user.Text, user.Proposal, user.Optional = "Login name there (empty: none)", "", true
	}
	if l.User, err = i.ask(ctx, user); err != nil || l.User == "" {
		l.Proof = Proof{}
		return l, err
	}
	l.Proof, err = i.sameProof(ctx, read, l.User)
	return l, err
}

// sameProof offers the password of the mailbox again.
func (i *Interview) sameProof(ctx context.Context, read Login, user string) (Proof, error) {
	for _, way := range ways {
		if _, given := i.Given["smarthost-"+dashed(way.key)]; given {
			return i.proof(ctx, "smarthost", user, "")
		}
	}
	same, err := i.agrees(ctx, "With the same password")
	if err != nil || same {
		return read.Proof, err
	}
	return i.proof(ctx, "smarthost", user, read.Proof.OAuth2.Provider)
}
