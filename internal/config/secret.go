package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Limits of fetching a secret.
const (
	// CommandTimeout is how long a password_command may take: long enough for
	// a person to type a passphrase.
	CommandTimeout = time.Minute
	maxSecret      = 64 << 10
)

// Secret is a password or key, or the way to it. It is fetched by [Secret.Get]
// when it is needed and nowhere kept; printed in any way, it shows only how it
// is given, never what it is.
type Secret struct {
	// A pointer, because fmt shows the fields of a struct when it is given a
	// wrong verb, without asking any method.
	given *givenSecret
}

type givenSecret struct {
	form     form
	key      string // as written: password_file
	ref      string // the secret itself, or the file, command or variable
	captured string // value of the variable when the configuration was read
	at       place
}

// sameOrigin reports whether another secret comes from the file as well, or from
// the environment as well.
func (s *givenSecret) sameOrigin(other place) bool {
	return (s.at.variable == "") == (other.variable == "")
}

// form is a way to give a secret; its text is the end of the key.
type form string

const (
	inline     form = ""
	inFile     form = "file"
	byCommand  form = "command"
	inVariable form = "env"
)

var forms = [...]form{inline, inFile, byCommand, inVariable}

func (f form) suffix() string {
	if f == inline {
		return ""
	}
	return "_" + string(f)
}

// formsOf lists the keys that a secret can be written under.
func formsOf(k key) string {
	base := strings.TrimSuffix(k.name, k.form.suffix())
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = base + f.suffix()
	}
	return strings.Join(names, ", ")
}

// Password is a secret known from the start, for embedded servers and tests.
func Password(value string) Secret {
	return Secret{&givenSecret{key: "password", ref: value}}
}

// GivenAs is a secret as one of the keys "password", "password_file",
// "password_command" and "password_env" would give it; the value of the first
// is the secret itself.
func GivenAs(key, value string) Secret {
	form := form(strings.TrimPrefix(strings.TrimPrefix(key, "password"), "_"))
	return Secret{&givenSecret{form: form, key: key, ref: value}}
}

// IsZero says that no secret was given.
func (s Secret) IsZero() bool { return s.given == nil }

// key is the key that the secret was written under, or "".
func (s Secret) key() string {
	if s.IsZero() {
		return ""
	}
	return s.given.key
}

// ErrNoSecret is what [Secret.Get] says when none was given.
var ErrNoSecret = errors.New("no password is configured")

// Get fetches the secret: from its file (the first line), from the command
// (run by sh, the first line of what it prints) or from the variable.
func (s Secret) Get(ctx context.Context) (string, error) {
	if s.IsZero() {
		return "", ErrNoSecret
	}
	var value string
	var err error
	switch s.given.form {
	case inline:
		return s.given.ref, nil
	case inFile:
		value, err = secretFromFile(s.given.ref)
	case byCommand:
		value, err = secretFromCommand(ctx, s.given.ref)
	case inVariable:
		value, err = s.given.fromVariable()
	}
	if err == nil && value == "" {
		err = errors.New("gives an empty text")
	}
	if err != nil {
		return "", fmt.Errorf("%s %q: %w", s.given.key, s.given.ref, err)
	}
	return value, nil
}

func secretFromFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errors.New(readSecretError(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if err := private(info); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret))
	return firstLine(text), err
}

// private refuses a file that others can read: a password in it is shared
// with everybody who has an account on the machine.
func private(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("is a folder")
	case exposed(info.Mode()):
		return fmt.Errorf("others can read this file (mode %04o): run chmod 600 on it", info.Mode().Perm())
	}
	return nil
}

func readSecretError(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file"
	}
	return readError(err)
}

func secretFromCommand(ctx context.Context, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, CommandTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	// What the shell started may outlive it and hold the pipe open.
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("gave up waiting: %w", context.Cause(ctx))
	case err != nil && complaint.Len() > 0:
		return "", fmt.Errorf("%w: %s", err, quote(firstLine(complaint.Bytes())))
	case err != nil:
		return "", err
	}
	return firstLine(out.Bytes()), nil
}

func (s *givenSecret) fromVariable() (string, error) {
	if s.captured != "" {
		return s.captured, nil
	}
	value, ok := os.LookupEnv(s.ref)
	if !ok {
		return "", errors.New("the variable is not set")
	}
	return value, nil
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(line, "\r")
}

// String says how the secret is given.
func (s Secret) String() string {
	if s.IsZero() {
		return "(none)"
	}
	return "(" + s.given.key + ")"
}

// Format keeps every verb of fmt, even %d and %#v, away from the fields.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON, TOML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
