package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinesOfKeys(t *testing.T) {
	const document = `# comment = 1
a = 1
b.c = """
x = 1
""""
d = [ # list
  "x", # = ]
  { e = 1, f = [2,
  3] },
]

[[g]]
h = '''
[no]
'''
[[g]]
  [[g.i]]
  j = 'x#'
  [[g.i]]
  "j k" = { l = {
    m = 1 } }
[n."o.p"]
q=2
`
	want := map[string]int{
		"a": 2, "b": 3, "b.c": 3, "d": 6, "d[1]": 7, "d[2]": 8, "d[2].e": 8, "d[2].f": 8, "d[2].f[1]": 8, "d[2].f[2]": 9,
		"g": 12, "g[1]": 12, "g[1].h": 13, "g[2]": 16, "g[2].i": 17, "g[2].i[1]": 17, "g[2].i[1].j": 18,
		"g[2].i[2]": 19, "g[2].i[2].j k": 20, "g[2].i[2].j k.l": 20, "g[2].i[2].j k.l.m": 21,
		"n": 22, "n.o.p": 22, "n.o.p.q": 23,
	}
	got := map[string]int{}
	for path, at := range linesOf(document) {
		got[path] = at.line
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeepNesting(t *testing.T) {
	const deep = 1000
	for _, text := range []string{
		"secrets = " + strings.Repeat("[", deep) + strings.Repeat("]", deep),
		strings.Repeat("a.", deep) + "a = 1",
		"a = " + strings.Repeat("{a=", deep) + "1" + strings.Repeat("}", deep),
		"a = " + strings.Repeat("[", deep),
	} {
		if _, wrong := load(t, text, 0o600); len(wrong) != 1 {
			t.Errorf("%.20s: %d mistakes", text, len(wrong))
		}
	}
}
