package config

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func someAnswers() Answers {
	return Answers{
		Name: "Zoë \"Z\" Example", Email: "reports@example.org",
		Account: "home", Server: "imap.example.org", User: "zoe",
		Folders: []string{"Junk", "Spam"}, After: "move:Reported", Trust: []string{"mx.example.org"},
		Password: "pass mail", PasswordFrom: "password_command",
		Smarthost: "smtp.example.org:587", RelayUser: "zoe", RelayPassword: "a\\b\"c\x7f",
	}
}

func TestStarterFiles(t *testing.T) {
	sameAsFile(t, "testdata/starter-empty.golden", string(Starter(Answers{})))
	sameAsFile(t, "testdata/starter-filled.golden", string(Starter(someAnswers())))
}

func TestTheStarterIsAllDefaults(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"as it is", string(Starter(Answers{}))},
		{"answers for an account without a server stay off", string(Starter(Answers{User: "zoe", Password: "x", Folders: []string{"Junk"}}))},
	} {
		got, wrong := load(t, c.text, 0o600)
		if wrong != nil {
			t.Errorf("%s: %v", c.name, wrong)
		}
		got.File = ""
		if diff := compare(defaults(), got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestTheStarterKeepsTheAnswers(t *testing.T) {
	got, wrong := load(t, string(Starter(someAnswers())), 0o600)
	if wrong != nil {
		t.Fatal(wrong)
	}
	want := defaults()
	want.File = got.File
	want.Identity = Identity{Name: "Zoë \"Z\" Example", Email: "reports@example.org"}
	want.Accounts = []Account{{
		Name: "home", Server: "imap.example.org:993", TLS: "implicit", User: "zoe",
		Folders: []string{"Junk", "Spam"}, After: "move:Reported", Trust: []string{"mx.example.org"},
		Secret: Secret{&givenSecret{form: byCommand, key: "password_command", ref: "pass mail"}},
	}}
	want.Relay.Smarthost, want.Relay.TLS, want.Relay.User = "smtp.example.org:587", "", "zoe"
	want.Relay.Secret = Password("a\\b\"c\x7f")
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

// Taking the # from every line gives a file with every key; those with a
// default must show it.
func TestTheStarterShowsEveryKeyAndItsDefault(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([a-z"\[][^ ]*( =|$))`).ReplaceAllString(string(Starter(Answers{})), "$1")
	lines := linesOf(text)
	all := strings.Split(text, "\n")
	for _, k := range allKeys() {
		at, ok := lines[k.path]
		if !ok {
			t.Errorf("%s is not in the starter", k.path)
			continue
		}
		line := all[at.line-1]
		value := strings.NewReplacer(`"`, "", "[", "", "]", "", ", ", ",").Replace(line[strings.Index(line, "=")+1:])
		if k.deflt != "" && strings.TrimSpace(value) != k.deflt {
			t.Errorf("the starter says %s, the default is %s", line, k.deflt)
		}
	}
}

func TestWriteStarterNeverReplacesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "spamreport", "config.toml")
	if err := WriteStarter(path, Answers{}, false); err != nil {
		t.Fatal(err)
	}
	err := WriteStarter(path, someAnswers(), false)
	want := path + " exists already: edit it, or use --force to replace it"
	if !errors.Is(err, ErrExists) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got, _ := os.ReadFile(path); string(got) != string(Starter(Answers{})) {
		t.Error("the file was changed")
	}
	if err := WriteStarter(path, someAnswers(), true); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != string(Starter(someAnswers())) {
		t.Error("--force did not replace the file")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWriteStarterKeepsItPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spamreport", "config.toml")
	if err := WriteStarter(path, Answers{}, false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: mode %04o, want %04o", name, got, want)
		}
	}
	// A link that points nowhere is a name that somebody chose.
	link := filepath.Join(t.TempDir(), "config.toml")
	if err := os.Symlink("/nowhere/config.toml", link); err != nil {
		t.Fatal(err)
	}
	if err := WriteStarter(link, Answers{}, false); !errors.Is(err, ErrExists) {
		t.Errorf("dangling link: %v", err)
	}
}
