package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed starter.toml
var starterText string

// Answers are what a person said when the configuration was set up. What is
// empty stays a commented example in the file.
type Answers struct {
	Name, Email, Organisation string // [identity]

	Account string // name of the first [[account]]
	Server  string // the block is written only with a server
	User    string
	Folders []string
	After   string
	Trust   []string
	// Password is a secret of the kind that PasswordFrom says: the password
	// itself ("", or "password"), or the value of "password_file",
	// "password_command" or "password_env".
	Password, PasswordFrom string

	Approve string // [complaint]

	Smarthost, RelayUser             string // [relay]
	RelayPassword, RelayPasswordFrom string
}

// Starter is the commented first configuration: every key with its default
// and a line that explains it, and the answers filled in.
func Starter(a Answers) []byte {
	var out bytes.Buffer
	t := template.Must(template.New("starter").Funcs(template.FuncMap{
		"text": starterLine, "list": starterList, "secret": starterSecret, "off": starterOff,
	}).Parse(starterText))
	if err := t.Execute(&out, a); err != nil {
		panic("config: starter: " + err.Error()) // the template is ours
	}
	if a.Server != "" {
		return out.Bytes()
	}
	return withoutAccount(out.Bytes())
}

// withoutAccount turns off what the answers set below a [[account]] that is
// itself off: it would land in the table before it.
func withoutAccount(text []byte) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	inside := false
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "#[[account]]"):
			inside = true
		case strings.HasPrefix(line, "["):
			inside = false
		case inside && line != "\n" && line[0] != '#':
			lines[i] = "#" + line
		}
	}
	return []byte(strings.Join(lines, ""))
}

func starterOff(off bool) string {
	if off {
		return "#"
	}
	return ""
}

// starterLine is key = "value", or the commented example without a value.
func starterLine(key, value, example string) string {
	if value == "" {
		return "#" + key + " = " + tomlText(example)
	}
	return key + " = " + tomlText(value)
}

func starterList(key string, values []string, example ...string) string {
	off := starterOff(len(values) == 0)
	if len(values) == 0 {
		values = example
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = tomlText(v)
	}
	return off + key + " = [" + strings.Join(quoted, ", ") + "]"
}

// starterSecret lists the four forms, with the one that was chosen turned on.
func starterSecret(value, from string) string {
	if from == "" {
		from = "password"
	}
	examples := [...]string{"…", "/run/secrets/mail", "pass mail", "MAIL_PASSWORD"}
	lines := make([]string, len(forms))
	for i, f := range forms {
		key := "password" + f.suffix()
		chosen := ""
		if key == from {
			chosen = value
		}
		lines[i] = starterLine(key, chosen, examples[i])
	}
	return strings.Join(lines, "\n")
}

// tomlText writes a basic string: JSON's escapes are a part of TOML's, only
// DEL has to be escaped too.
func tomlText(s string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("config: " + err.Error()) // a string always encodes
	}
	return strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\x7f", `\u007f`)
}

// WriteStarter writes the starter file, readable by its owner alone, and the
// folder around it. It never replaces a file unless force says so, and a crash
// leaves either the whole file or none.
func WriteStarter(path string, a Answers, force bool) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if _, err := os.Lstat(path); err == nil && !force {
		return fileExists(path)
	}
	temp, err := writeTemp(dir, Starter(a))
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	defer os.Remove(temp)
	if force {
		err = os.Rename(temp, path)
	} else {
		// A link, unlike a rename, fails when somebody was faster. Where there
		// are no hard links, the check above has to do.
		err = os.Link(temp, path)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = os.Rename(temp, path)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fileExists(path)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return syncDir(dir)
}

// ErrExists says that there is a configuration already.
var ErrExists = errors.New("exists already")

func fileExists(path string) error {
	return fmt.Errorf("%s %w: edit it, or use --force to replace it", path, ErrExists)
}

// writeTemp writes a new file that only its owner can read (os.CreateTemp
// opens with O_EXCL and 0600) and waits until it is on disk.
func writeTemp(dir string, text []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".config-*.toml")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// syncDir makes the new name durable; file systems that cannot sync a folder
// say so, which is no loss.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	d.Sync()
	return nil
}
