package lookup

import (
	"os"
	"strings"
	"testing"
)

func TestZZ(t *testing.T) {
	b, err := os.ReadFile("/tmp/gen-tmp/w.txt")
	if err != nil {
		t.Skip()
	}
	bad, n := 0, 0
	for _, c := range strings.Split(string(b), "\n@@ ") {
		head, body, _ := strings.Cut(strings.TrimPrefix(c, "@@ "), "\n")
		f := strings.Fields(head) // host query want
		if len(f) < 3 {
			continue
		}
		q, err := parseQuery(f[1])
		if err != nil {
			t.Fatal(head, err)
		}
		n++
		a, kind := readWHOIS(f[0], body, q)
		got := map[verdict]string{answered: "none", unknown: "unknown", denied: "denied", garbled: "garbled"}[kind]
		if kind == answered {
			if a.foreign {
				got = "foreign"
			} else if e := emailsOf(a); len(e) > 0 {
				got = e[0]
			} else if a.referral != "" {
				got = "ref:" + a.referral
			} else if len(a.handles) > 0 {
				got = "handles"
			}
		}
		if got != f[2] {
			bad++
			t.Logf("BAD %s: got %s; all %v; ref %q", head, got, emailsOf(a), a.referral)
		}
	}
	t.Logf("%d of %d bad", bad, n)
}
