package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// FuzzLoad: no document and no environment makes the loader panic, what it
// accepts is complete, and what it refuses, it refuses with a Mistake.
// The environment comes as lines.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		account, string(Starter(Answers{})), string(Starter(someAnswers())),
		"[[lookup.override]]\nasn=1\ncontact=\"a@b.c\"\n[lookup.rates]\n\"a.b\"=\"1/s\"", "account = [{server=\"a\"},{server=\"b\"}]", "[lookup.whois_hosts]\na.b.c=1",
		"a=\"\"\"\nx\"\"\"\"\"\nb='''\n'''\n[[account]]\n[account.x]\n", "[[relay.user]]\n", "\"a\\u0041\".b = [[1,2],[{c=3}]]",
	} {
		f.Add(text, "SPAMREPORT_ACCOUNT_2_SERVER=x\nSPAMREPORT_LOOKUP_WHOIS_HOSTS=a=b:1,c")
	}
	f.Fuzz(func(t *testing.T, document, environ string) {
		if strings.Contains(strings.ToLower(document+environ), "ca_file") || strings.Contains(strings.ToLower(document+environ), "key_file") {
			return // looks at files
		}
		l := newLoader("config.toml", variables(strings.Split(environ, "\n")))
		l.mode = 0o600
		l.file(document)
		c, err := l.finish()
		var m *Mistake
		if err != nil && !errors.As(err, &m) {
			t.Fatalf("no Mistake: %v", err)
		}
		if err != nil {
			return
		}
		for _, a := range c.Accounts {
			if a.Server == "" || a.TLS == "" || a.Name == "" || a.User == "" || a.Secret.IsZero() {
				t.Fatalf("incomplete account %+v", a)
			}
		}
		for _, o := range c.Lookup.Overrides {
			if _, keys := o.subject(); len(keys) != 1 || len(o.Contact) == 0 {
				t.Fatalf("incomplete override %+v", o)
			}
		}
	})
}

// FuzzLines compares our walk with the decoder: every key that it finds has
// a line, and the line is one where its name stands.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		account + account, string(Starter(someAnswers())),
		"a = [{b=1},\n{b=2}]\nc.d.e=1\n[f.g]\nh={i={j=1}}", "a=\"\"\"\nx\\\"\"\"\"\"\"\nb='''\n''' # c\nc=[\n1, # ]\n2]\nd=1979-05-27 07:32:00",
		"[[a]]\n[[a.b]]\nc=1\n[[a.b]]\nc=2\n[[a]]\n[[a.b]]\nc=3", "'a.b'.\"c d\" . e = 1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, document string) {
		var tree map[string]any
		md, err := toml.Decode(document, &tree)
		places := linesOf(document)
		if err != nil || !utf8.ValidString(document) || strings.Contains(document, `\`) {
			return // must only not hang or panic; escapes in keys are approximate
		}
		for _, k := range md.Keys() {
			if slices.ContainsFunc(k, func(name string) bool { return name == "" || strings.ContainsAny(name, ".[") }) {
				return // a path cannot tell such names from its own punctuation
			}
		}
		found := map[string]bool{}
		lines := strings.Split(document, "\n")
		for path, at := range places {
			found[shown(path)] = true
			name := lastName(shown(path))
			if at.line < 1 || at.line > len(lines) || path == shown(path) && !strings.Contains(lines[at.line-1], name) {
				t.Errorf("%q is not on line %d of\n%s", path, at.line, document)
			}
		}
		for _, k := range md.Keys() {
			if path := strings.Join(k, "."); !found[path] {
				t.Errorf("no line for %q in\n%s", path, document)
			}
		}
	})
}
