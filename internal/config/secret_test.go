package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSecretsAreFetched(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(file, []byte("s3cret word \r\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONFIG_TEST_SECRET", "s3cret word ")
	for _, s := range []Secret{
		Password("s3cret word "),
		{&givenSecret{form: inFile, key: "password_file", ref: file}},
		{&givenSecret{form: byCommand, key: "password_command", ref: "cat " + file}},
		{&givenSecret{form: inVariable, key: "password_env", ref: "CONFIG_TEST_SECRET"}},
		{&givenSecret{form: inVariable, key: "password_env", ref: "GONE", captured: "s3cret word "}},
	} {
		if got, err := s.Get(t.Context()); got != "s3cret word " || err != nil {
			t.Errorf("%s: got %q, %v", s, got, err)
		}
	}
}

func TestSecretsThatCannotBeFetchedSayWhy(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"open": 0o644, "group": 0o640, "empty": 0o600} {
		text := "s3cret"
		if name == "empty" {
			text = "\ns3cret"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		form form
		ref  string
		want string
	}{
		{inFile, "open", `password_file "open": others can read this file (mode 0644): run chmod 600 on it`},
		{inFile, "group", `password_file "group": others can read this file (mode 0640): run chmod 600 on it`},
		{inFile, "empty", `password_file "empty": gives an empty text`},
		{inFile, "gone", `password_file "gone": no such file`},
		{inFile, ".", `password_file ".": is a folder`},
		{byCommand, "exit 3", `password_command "exit 3": exit status 3`},
		{byCommand, "echo locked >&2; exit 1", `password_command "echo locked >&2; exit 1": exit status 1: "locked"`},
		{byCommand, "true", `password_command "true": gives an empty text`},
		{inVariable, "CONFIG_TEST_GONE", `password_env "CONFIG_TEST_GONE": the variable is not set`},
	} {
		t.Chdir(dir)
		s := Secret{&givenSecret{form: c.form, key: "password_" + string(c.form), ref: c.ref}}
		got, err := s.Get(t.Context())
		if got != "" || err == nil || err.Error() != c.want {
			t.Errorf("got %q, %v; want %s", got, err, c.want)
		}
	}
	if _, err := (Secret{}).Get(t.Context()); !errors.Is(err, ErrNoSecret) {
		t.Errorf("no secret: got %v", err)
	}
}

func TestACommandThatHangsIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	ended := filepath.Join(t.TempDir(), "ended")
	hangs := "(sleep 30; : >" + ended + ") & sleep 30"
	_, err := Secret{&givenSecret{form: byCommand, key: "password_command", ref: hangs}}.Get(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(ended); err == nil {
		t.Error("it was waited for")
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := Config{Accounts: []Account{{Secret: Password("hunter2")}}, Relay: Relay{Secret: Password("hunter2")}}
	var out bytes.Buffer
	for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %t %p") {
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", c.Relay.Secret)
		fmt.Fprintf(&out, verb+"\n", &c.Relay.Secret)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", c.Relay.Secret, "config", c)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", c.Relay.Secret, "config", c)
	text := out.String()
	if strings.Contains(text, "hunter") || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "hunter")) {
		t.Errorf("leaks: %s", text)
	}
	if got, want := c.Relay.Secret.String(), "(password)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAFileWithAPasswordMustBePrivate(t *testing.T) {
	const with = "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword = \"hunter2\"\n"
	const without = "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword_command = \"x\"\n"
	const refused = "config.toml:4: relay.password: others can read this file (mode %04o): run chmod 600 on it, or use password_file or password_command"
	for _, c := range []struct {
		file string
		mode os.FileMode
		ok   bool
	}{
		{with, 0o600, true},
		{with, 0o400, true},
		{with, 0o644, false},
		{with, 0o640, false},
		{with, 0o602, false},
		{without, 0o644, true},
		{"[complaint]\nredact_key = \"hunter2\"\n", 0o600, true},
	} {
		_, wrong := load(t, c.file, c.mode)
		switch {
		case c.ok && wrong != nil:
			t.Errorf("mode %04o: %v", c.mode, wrong)
		case !c.ok && (len(wrong) != 1 || wrong[0] != fmt.Sprintf(refused, c.mode)):
			t.Errorf("mode %04o: %v", c.mode, wrong)
		}
	}
	// The environment is not the file: its password may come with any mode.
	if _, wrong := load(t, without, 0o644, "SPAMREPORT_RELAY_PASSWORD=hunter2"); wrong != nil {
		t.Error(wrong)
	}
}

func TestAPasswordFileMustBePrivate(t *testing.T) {
	dir := t.TempDir()
	pw := filepath.Join(dir, "pw")
	if err := os.WriteFile(pw, []byte("hunter2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "config.toml")
	text := "[relay]\nsmarthost = \"x.example\"\nuser = \"u\"\npassword_file = \"pw\"\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path, nil)
	got := messages(t, err, dir)
	want := []string{`config.toml:4: relay.password_file: "pw": others can read this file (mode 0644): run chmod 600 on it`}
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}
