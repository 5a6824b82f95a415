package bounce

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// sharedBounces gives the folder of real bounces, which are not part of the
// project; without it the test skips.
func sharedBounces(t *testing.T) string {
	root := os.Getenv("SPAMREPORT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "bounces")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no development data at %s (set SPAMREPORT_SHARED to where it is)", dir)
	}
	return dir
}

// rows reads a table with a heading, fields parted by tabs.
func rows(t *testing.T, path string) [][]string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if i > 0 {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

// accepts reports whether got is among the answers parted by "|"; an empty
// list is not judged.
func accepts(list, got string) bool {
	if list == "" {
		return true
	}
	for _, one := range strings.Split(list, "|") {
		if strings.EqualFold(one, got) {
			return true
		}
	}
	return false
}

func TestRealReplies(t *testing.T) {
	cases := rows(t, filepath.Join(sharedBounces(t), "cases.tsv"))
	right := 0
	for _, c := range cases {
		code, _ := strconv.Atoi(c[0])
		v := Classify(code, c[1], c[2])
		if accepts(c[3], string(v.Class)) {
			right++
		} else {
			t.Logf("%s (%s, %s) instead of %s: %s %s %s", v.Class, v.Reason, v.Rule, c[3], c[0], c[1], c[2])
		}
	}
	t.Logf("%d of %d right", right, len(cases))
	if right*100 < len(cases)*95 {
		t.Errorf("fewer than 95 %%")
	}
}

func TestRealMessages(t *testing.T) {
	dir := sharedBounces(t)
	cases := rows(t, filepath.Join(dir, "expected.tsv"))
	right := 0
	for _, c := range cases {
		f, err := os.Open(filepath.Join(dir, "messages", c[0]))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if accepts(c[1], string(r.Kind)) && accepts(c[2], r.Recipient) && accepts(c[3], string(r.Verdict.Class)) {
			right++
			continue
		}
		t.Logf("%s is %s, %s, %s (%s, %s) from %q, not %v", c[0], r.Kind, r.Recipient, r.Verdict.Class, r.Verdict.Reason, r.Verdict.Rule, r.Diagnostic, c[1:])
	}
	t.Logf("%d of %d right", right, len(cases))
	if right*100 < len(cases)*90 {
		t.Errorf("fewer than 90 %%")
	}
}
