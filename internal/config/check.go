package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// check looks at what single values cannot tell: what is missing, what does
// not go together. It also fills the defaults that depend on other keys.
func (l *loader) check() {
	seen := map[string]int{}
	for i := range l.config.Accounts {
		path := fmt.Sprintf("account[%d]", i+1)
		l.checkAccount(&l.config.Accounts[i], path)
		l.checkName(l.config.Accounts[i].Name, path, seen, i+1)
	}
	l.checkDatabase()
	l.checkReplies(&l.config.Replies)
	l.checkRelay(&l.config.Relay)
	l.checkListen(&l.config.Relay.Listen)
	l.checkLimits(&l.config.Relay)
	l.checkRelayUsers(l.config.Relay.Users)
	l.checkDKIM(l.config.Relay.DKIM)
	l.checkLookup(&l.config.Lookup)
	l.checkContacts(l.config.Complaint.Contacts)
	l.checkWeb(&l.config.Web)
	l.checkTargets(&l.config.Complaint)
}

// checkDatabase looks for passwords of the database server.
func (l *loader) checkDatabase() {
	u, err := url.Parse(l.config.Database)
	if err != nil || l.wrong["database"] {
		return
	}
	_, given := u.User.Password()
	given = given || u.Query().Has("password")
	switch {
	case given && !l.config.DatabaseSecret.IsZero():
		l.mistake(l.config.DatabaseSecret.key(), "the URL in database holds a password as well: remove one of them")
	case given && l.where["database"].variable == "" && exposed(l.mode):
		l.mistake("database", "holds a password, and others can read this file (mode %04o): run chmod 600 on it, or use database_password_file", l.mode.Perm())
	case u.Scheme == "" && !l.config.DatabaseSecret.IsZero():
		l.mistake(l.config.DatabaseSecret.key(), `there is no server to log in to: add database = "postgres://…"`)
	}
}

// Ports by the word for TLS, for servers that are written without one.
var (
	imapPorts = map[string]string{"": "993", "implicit": "993", "starttls": "143", "none": "143"}
	smtpPorts = map[string]string{"": "587", "starttls": "587", "tls": "465", "none": "25"}
)

// withPort completes a server that is written without a port.
func withPort(server, tls string, ports map[string]string) string {
	if _, _, err := net.SplitHostPort(server); err == nil {
		return server
	}
	return net.JoinHostPort(server, ports[tls])
}

// imapTLS is what the port says about TLS. Plaintext is a default only where
// the connection does not leave the machine and the port promises nothing.
func imapTLS(server string) string {
	host, port, _ := net.SplitHostPort(server)
	switch {
	case port == "143":
		return "starttls"
	case port != "993" && isLoopback(host):
		return "none"
	}
	return "implicit"
}

func (l *loader) checkAccount(a *Account, path string) {
	switch {
	case l.wrong[path+".server"]:
		return // nothing below can be judged
	case a.Server == "":
		l.mistake(path+".server", "empty: write the IMAP server, like imap.example.org:993")
		return
	}
	if !l.wrong[path+".tls"] {
		a.Server = withPort(a.Server, a.TLS, imapPorts)
		a.TLS = cmp.Or(a.TLS, imapTLS(a.Server))
		l.checkPlaintext(a.Server, a.TLS, a.AllowPlaintext, path, "or add allow_plaintext = true")
	}
	if a.User == "" && !l.wrong[path+".user"] {
		l.mistake(path+".user", "empty: write the login name for %s", a.Server)
	}
	if a.Secret.IsZero() && !a.OAuth2.Given() && !l.wrongSecret(path) {
		l.mistake(path, "has no password: add one of password, password_file, password_command, password_env, or oauth2")
	}
	l.checkOAuth2(a.OAuth2, a.Secret, path)
	if len(a.Folders) == 0 && !l.wrong[path+".folders"] {
		l.mistake(path+".folders", `empty: name at least one folder, like ["Junk"]`)
	}
	if a.Name == "" {
		a.Name, _, _ = net.SplitHostPort(a.Server)
	}
	l.checkFile(&a.CAFile, path+".ca_file")
}

// checkName wants the names of accounts to differ: --account must mean one.
func (l *loader) checkName(name, path string, seen map[string]int, number int) {
	if name == "" {
		return // already wrong
	}
	if first, taken := seen[name]; taken {
		l.mistake(path+".name", "account %d is called %s too: give each account its own name", first, quote(name))
		return
	}
	seen[name] = number
}

// checkReplies wants the account of the answers to be one of the accounts.
func (l *loader) checkReplies(r *Replies) {
	if r.Account == "" || l.wrong["replies.account"] {
		return
	}
	var names []string
	for _, a := range l.config.Accounts {
		if a.Name == r.Account {
			return
		}
		names = append(names, quote(a.Name))
	}
	if len(names) == 0 {
		l.mistake("replies.account", "there is no account: add an [[account]] of this name")
		return
	}
	l.mistake("replies.account", "no account is called %s; there are: %s", quote(r.Account), strings.Join(names, ", "))
}

func (l *loader) checkRelay(r *Relay) {
	l.checkDestinations(r.Destinations)
	l.checkSources(r.HELOFrom)
	if l.wrong["relay.smarthost"] {
		return
	}
	l.checkFile(&r.CAFile, "relay.ca_file")
	if r.Smarthost == "" {
		l.checkNoLogin(r)
		return
	}
	if !l.wrong["relay.tls"] {
		r.Smarthost = withPort(r.Smarthost, r.TLS, smtpPorts)
		l.checkPlaintext(r.Smarthost, r.TLS, false, "relay", "or tls")
	}
	l.checkOAuth2(r.OAuth2, r.Secret, "relay")
	switch {
	case r.User != "" && r.Secret.IsZero() && !r.OAuth2.Given() && !l.wrongSecret("relay"):
		l.mistake("relay.user", "has no password: add one of password, password_file, password_command, password_env, or oauth2")
	case r.User == "" && r.OAuth2.Given():
		l.mistake("relay.oauth2", "there is no user for this log-in: add user")
	case r.User == "" && !r.Secret.IsZero() && !l.wrong["relay.user"]:
		l.mistake("relay."+r.Secret.key(), "there is no user for this password: add user")
	}
}

// checkOAuth2 wants to know where to log in, and as which program.
func (l *loader) checkOAuth2(o OAuth2, password Secret, path string) {
	path += ".oauth2"
	switch {
	case !o.Given() || l.wrong[path+".provider"]:
	case !password.IsZero():
		l.mistake(path, "there is a password too: keep one of the two")
	case o.ClientID == "":
		l.mistake(path, "has no client_id: register a client with the provider, see docs/oauth2.md")
	case o.Provider == "" && (o.AuthURL == "" && o.DeviceURL == "" || o.TokenURL == ""):
		l.mistake(path, `says not where to log in: add provider = "google" or "microsoft", or auth_url and token_url`)
	}
}

// checkNoLogin refuses a login that no server would ever see.
func (l *loader) checkNoLogin(r *Relay) {
	key := r.Secret.key()
	if r.User != "" {
		key = "user"
	}
	if key != "" {
		l.mistake("relay."+key, `there is no server to log in to: add smarthost = "smtp.example.org:587"`)
	}
}

// checkPlaintext refuses to send a password in the clear over a network that
// others share, unless the opt-in says that somebody thought about it.
func (l *loader) checkPlaintext(server, tls string, allowed bool, path, instead string) {
	host, _, _ := net.SplitHostPort(server)
	if tls == "none" && !allowed && !isLoopback(host) {
		l.mistake(path+".tls", "none would send everything to %s in the clear: use starttls, %s", host, instead)
	}
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// wrongSecret reports whether one of the forms of a password was refused before.
func (l *loader) wrongSecret(path string) bool {
	for _, f := range forms {
		if l.wrong[path+".password"+f.suffix()] {
			return true
		}
	}
	return false
}

// checkFile resolves the path of a file and wants it to be there.
func (l *loader) checkFile(file *string, path string) {
	if *file == "" || l.wrong[path] {
		return
	}
	*file = l.beside(*file, l.where[path])
	if _, err := os.Stat(*file); err != nil {
		l.mistake(path, "%q: %s", *file, readSecretError(err))
	}
}

// safe refuses secrets that others on this machine can read. It looks only at
// files: commands and variables are left alone until they are needed.
func (l *loader) safe(s *givenSecret) error {
	switch {
	case s.form == inline && s.at.variable == "" && exposed(l.mode):
		return fmt.Errorf("others can read this file (mode %04o): run chmod 600 on it, or use %s_file or %s_command",
			l.mode.Perm(), s.key, s.key)
	case s.form != inFile:
		return nil
	}
	info, err := os.Stat(s.ref)
	if err == nil {
		err = private(info)
	} else {
		err = errors.New(readSecretError(err))
	}
	if err != nil {
		return fmt.Errorf("%q: %w", s.ref, err)
	}
	return nil
}
