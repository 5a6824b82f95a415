package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
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
	TLS     string
	CAFile  string
	User    string
	Folders []string
	After   string
	Trust   []string
	// Password is a secret of the kind that PasswordFrom says: the password
	// itself ("", or "password"), or the value of "password_file",
	// "password_command" or "password_env".
	Password, PasswordFrom string
	OAuth2                 OAuth2Answers

	Approve string // [complaint]

	Smarthost, RelayUser             string // [relay]
	RelayTLS, RelayCAFile            string
	RelayPassword, RelayPasswordFrom string
	RelayOAuth2                      OAuth2Answers
}

// OAuth2Answers are those about a log-in by OAuth 2.0, in place of a password.
type OAuth2Answers struct {
	Provider, ClientID string
	// ClientSecret is a secret of the kind that ClientSecretFrom says, in the
	// way of Answers.Password.
	ClientSecret, ClientSecretFrom string
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

// starterSecret lists the four forms of a key, with the one that was chosen
// turned on.
func starterSecret(base, value, from string, examples ...string) string {
	if from == "" {
		from = base[strings.LastIndexByte(base, '.')+1:]
	}
	lines := make([]string, len(forms))
	for i, f := range forms {
		key := base + f.suffix()
		chosen := ""
		if strings.HasSuffix("."+key, "."+from) {
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
