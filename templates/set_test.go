package templates

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func load(t *testing.T, files map[string]string) (*Set, string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Load(dir)
	return s, dir, err
}

func TestBundledLettersAreGood(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for _, name := range s.Names() {
		letter, err := s.Execute(name, Sample())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(letter.Body, "\n\n\n") || strings.Contains(letter.Body, "<no value>") {
			t.Errorf("%s has gaps:\n%s", name, letter.Body)
		}
		for line := range strings.Lines(letter.Body) {
			if len(strings.TrimRight(line, "\n")) > 78 && !strings.Contains(Sample().Headers, strings.TrimSpace(line)) {
				t.Errorf("%s: a line of %d characters: %s", name, len(line)-1, line)
			}
		}
		if !strings.Contains(letter.Subject, "SR-7K3F-9Q2M") {
			t.Errorf("%s: the incident is not in the subject: %s", name, letter.Subject)
		}
	}
}

func TestAFileOfTheUserTakesPrecedence(t *testing.T) {
	s, dir, err := load(t, map[string]string{
		"source-network.txt": "Subject: mine {{.Incident}}\n\nHello {{.Address}}\n",
		"extra.txt":          "Subject: {{.Incident}}\r\n\r\n{{template \"sign-off\" .}}\r\n",
		"README.md":          "{{broken",
	})
	if err != nil {
		t.Fatal(err)
	}
	letter, err := s.Execute("source-network", Sample())
	if err != nil || letter.Subject != "mine SR-7K3F-9Q2M" || letter.Body != "Hello 192.0.2.7\n" {
		t.Errorf("%+v %v", letter, err)
	}
	if letter, err = s.Execute("extra", Sample()); err != nil || !strings.Contains(letter.Body, "Rosa Example") {
		t.Errorf("%+v %v", letter, err)
	}
	src, err := s.Source("source-network")
	if err != nil || src.Bundled || !src.Replaced || src.Path != filepath.Join(dir, "source-network.txt") {
		t.Errorf("%+v %v", src, err)
	}
}

func TestErrorsNameFileAndLine(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"an unclosed action":     {"Subject: x\n\nline 3\n{{if}}\n", "own.txt:4"},
		"an unknown function":    {"Subject: x\n\n{{readFile \"/etc/passwd\"}}\n", "own.txt:3"},
		"an unknown field":       {"Subject: x\n\n\n{{.Adress}}\n", "own.txt:4"},
		"no subject":             {"Hello\n", "own.txt:1"},
		"no line after subject":  {"Subject: x\nHello\n\n", "own.txt:2"},
		"an unknown passage":     {"Subject: x\n\n{{template \"nope\" .}}\n", "own.txt:3"},
		"a letter without end":   {"Subject: x\n\n{{range 100000000}}xxxxxxxxxxxxx{{end}}\n", "own.txt: the letter grew"},
		"an empty subject":       {"Subject: {{with .OriginBy}}{{end}}\n\nx\n", "own.txt: the subject is empty"},
		"a passage with a fault": {"Subject: x\n\n{{template \"sign-off\" .Nothing}}\n", "own.txt:3"},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir, err := load(t, map[string]string{"own.txt": tt.text})
			if err == nil {
				err = s.Check()
			}
			if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "own.txt")) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestASingleFileIsReadWithThePassagesBesideIt(t *testing.T) {
	_, dir, _ := load(t, map[string]string{
		"mine.txt":       "Subject: {{.Incident}}\n\n{{template \"regards\" .}}\n",
		"_mine.txt":      "{{define \"regards\"}}Regards{{end}}",
		"unfinished.txt": "Subj",
		"notes.md":       "Subject: x\n\nx\n",
	})
	s, err := LoadFile(filepath.Join(dir, "mine.txt"))
	if err == nil {
		err = s.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	if letter, err := s.Execute("mine", Sample()); err != nil || letter.Body != "Regards\n" {
		t.Errorf("%+v %v", letter, err)
	}
	for file, want := range map[string]string{"unfinished.txt": "unfinished.txt:1", "notes.md": "ends in .txt", "nowhere.txt": "no such file"} {
		if _, err := LoadFile(filepath.Join(dir, file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestAMistakeInAPassageIsToldOnce(t *testing.T) {
	s, dir, err := load(t, map[string]string{"_mine.txt": "{{define \"sign-off\"}}\n{{.Nobody}}{{end}}"})
	if err == nil { // it takes the place of the bundled passage
		err = s.Check()
	}
	if err == nil || strings.Count(err.Error(), filepath.Join(dir, "_mine.txt")+":2") != 1 {
		t.Errorf("%v", err)
	}
}

func TestAMissingLetterSaysWhichThereAre(t *testing.T) {
	s, err := Load(filepath.Join(t.TempDir(), "no such folder"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nope", "_passages"} {
		if _, err := s.Execute(name, Facts{}); !errors.Is(err, ErrNoLetter) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkExecute(b *testing.B) {
	s, err := Load("")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Execute("source-network", Sample()); err != nil {
			b.Fatal(err)
		}
	}
}
