package config

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files and the tables of docs/configuration.md")

// golden is a file of expected texts, each under a line "# name".
type golden struct {
	path string
	want map[string]string
	got  strings.Builder
}

func newGolden(t *testing.T, path string) *golden {
	t.Helper()
	g := &golden{path: path, want: map[string]string{}}
	text, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for section := range strings.SplitSeq("\n"+string(text), "\n# ") {
		name, body, _ := strings.Cut(section, "\n")
		g.want[name] = strings.TrimSpace(body)
	}
	return g
}

func (g *golden) check(t *testing.T, name, got string) {
	t.Helper()
	g.got.WriteString("# " + name + "\n" + got + "\n\n")
	if diff := cmp.Diff(g.want[name], got); diff != "" && !*update {
		t.Error(diff)
	}
}

func (g *golden) finish(t *testing.T) {
	t.Helper()
	if *update {
		replace(t, g.path, g.got.String())
	}
}

// sameAsFile compares a text with a file, or rewrites the file.
func sameAsFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		replace(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run go test -update after reading this):\n%s", path, diff)
	}
}

func replace(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
