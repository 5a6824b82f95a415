package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"spamreport/internal/mailbox"
	"spamreport/internal/oauth"
	"spamreport/internal/pipeline"
)

// loginFaults are what can be wrong on the way into a mailbox.
var loginFaults = faults{
	{mailbox.ErrLogin, "check user and password of the account; with two-factor log-in, make an app password at the provider"},
	{mailbox.ErrToken, "allow IMAP at the provider, check user, and log in anew: spamreport login"},
	{oauth.ErrLogIn, "log in: spamreport login"},
	{mailbox.ErrNoTLS, `leave out tls = "starttls" and use port 993`},
	{mailbox.ErrPlaintext, "use TLS"},
	{mailbox.ErrTemporary, "check server in the account; if it is right, wait until the server is back"},
}

// account connects as a sweep does, and touches nothing.
func (s Setup) account(ctx context.Context, a pipeline.Account) []Result {
	session, err := mailbox.Dial(ctx, a.Mailbox)
	if err != nil {
		return one(fail(accountAdvice(err), "%s", err))
	}
	defer func() { _ = session.Close() }() // there is nothing to lose
	text, expires := certificate(session.TLS(), s.now())
	in := ok("%s: logged in as %s, %s", a.Mailbox.Server, a.Mailbox.User, text)
	if expires {
		in.Status, in.Do = Warn, "have the certificate of the server renewed"
	}
	results := one(in)
	for _, folder := range a.Folders {
		r := examineFolder(ctx, session, folder, a.After)
		r.Name = folder
		results = append(results, r)
	}
	return results
}

func accountAdvice(err error) string {
	if do := loginFaults.advice(err); do != "" {
		return do
	}
	if strings.Contains(err.Error(), "certificate") {
		return "have the certificate of the server put right; if its authority is a private one, name it with ca_file"
	}
	return "check server, tls, user and the password of the account"
}

// examineFolder opens a folder as a dry run does.
func examineFolder(ctx context.Context, session *mailbox.Session, name string, after pipeline.After) Result {
	folder, err := session.Select(ctx, name, true)
	if err != nil {
		do := "have whoever runs the server let the user read it, or name another folder"
		if errors.Is(err, mailbox.ErrNoFolder) {
			do = "name a folder that is there, in folders of the account"
		}
		return fail(do, "%s", err)
	}
	messages := fmt.Sprintf("%d messages", folder.Messages)
	switch {
	case after.Flag:
		return examineKeyword(ctx, session, folder, messages)
	case after.MoveTo != "":
		can, err := session.CanMove(ctx)
		if err != nil {
			return fail("try again", "%s", err)
		}
		if !can {
			return fail(`set after = "flag" or "nothing" in the account`, "%s, but %s", messages, mailbox.ErrNoMove)
		}
		return ok("%s; what is reported can be moved to %s", messages, after.MoveTo)
	}
	return ok("%s", messages)
}

// examineKeyword sees whether the keyword can be stored. Some servers tell it
// only to those who open the folder for writing (Dovecot lists no permanent
// flags after EXAMINE). Nothing is written then either.
func examineKeyword(ctx context.Context, session *mailbox.Session, folder mailbox.Folder, messages string) Result {
	if !folder.CanMark {
		var err error
		if folder, err = session.Select(ctx, folder.Name, false); err != nil {
			return fail(`let the user write there, or set after = "nothing" in the account`, "%s", err)
		}
	}
	if !folder.CanMark {
		return fail(`set after = "move:FOLDER" or "nothing" in the account`,
			"%s, but the server does not keep the keyword %s", messages, mailbox.Reported)
	}
	return ok("%s; the keyword %s can be stored", messages, mailbox.Reported)
}
