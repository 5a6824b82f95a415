package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"spamreport/internal/config"
)

// Write writes the configuration, and what was typed in secret into files
// beside it, each readable by its owner alone. The configuration comes last:
// until it is there nothing has changed, and if it fails the others go again.
func (p Plan) Write(path string, force bool) error {
	w := secrets{dir: filepath.Dir(path), files: map[string]string{}}
	answers := p.answers(&w)
	if w.err == nil {
		w.err = config.WriteStarter(path, answers, force)
	}
	if w.err != nil {
		for _, file := range w.files {
			w.err = errors.Join(w.err, os.Remove(file))
		}
	}
	return w.err
}

// secrets writes each secret once.
type secrets struct {
	dir   string
	files map[string]string // by secret
	err   error
}

// keep returns how the configuration names a secret.
func (w *secrets) keep(key, value, name string) (keptKey, keptValue string) {
	if key != typed || value == "" || w.err != nil {
		return key, value
	}
	file, known := w.files[value]
	if !known {
		if file, w.err = config.WriteSecret(w.dir, name, value); w.err != nil {
			return key, ""
		}
		w.files[value] = file
	}
	return byFile, filepath.Base(file)
}

func (w *secrets) oauth2(o config.OAuth2Answers) config.OAuth2Answers {
	if o.ClientSecret != "" {
		_, o.ClientSecret = w.keep(typed, o.ClientSecret, "client-secret")
		o.ClientSecretFrom = "client_secret_file"
	}
	return o
}

func (p Plan) answers(w *secrets) config.Answers {
	read, send := p.Read.Proof, p.Send.Proof
	a := config.Answers{
		Name: p.Name, Email: p.Email,
		Account: p.Mailbox, Server: p.Read.Server, TLS: string(p.Read.Security), CAFile: absolute(p.Read.CAFile),
		User: p.Read.User, Folders: p.Folders,
	}
	a.PasswordFrom, a.Password = w.keep(read.Key, read.Value, "password")
	if read.Key == byOAuth2 {
		a.OAuth2 = w.oauth2(read.OAuth2)
	}
	if p.Send.Server == "" {
		return a
	}
	a.Smarthost, a.RelayUser, a.RelayTLS, a.RelayCAFile = p.Send.Server, p.Send.User, relayTLS[p.Send.Security], absolute(p.Send.CAFile)
	a.RelayPasswordFrom, a.RelayPassword = w.keep(send.Key, send.Value, "smarthost-password")
	if send.Key == byOAuth2 {
		a.RelayOAuth2 = w.oauth2(send.OAuth2)
	}
	return a
}

// absolute is a path as it means the same from everywhere: in the
// configuration, a relative one is relative to that.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if rest, below := strings.CutPrefix(path, "~/"); below {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// Kept says where the secrets are, for people; empty when none was typed.
func (p Plan) Kept(path string) string {
	for _, l := range []Login{p.Read, p.Send} {
		if l.Server != "" && (l.Proof.Key == typed || l.Proof.OAuth2.ClientSecret != "") {
			return fmt.Sprintf("What you typed in secret lies beside it in %s, readable by you alone.", filepath.Dir(path))
		}
	}
	return ""
}
