package headers

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// walkCase is one section of testdata/walks.txt.
type walkCase struct {
	name   string
	trust  []string
	block  string
	expect string
}

// walkCases reads the sections: a "=== name" line, "? trust RULE" lines, the
// header block, and the expected verdict behind "> ".
func walkCases(t testing.TB) []walkCase {
	text, err := os.ReadFile("testdata/walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	var cases []walkCase
	for _, section := range strings.Split(string(text), "\n=== ")[1:] {
		var c walkCase
		for i, l := range strings.Split(section, "\n") {
			switch {
			case i == 0:
				c.name = l
			case strings.HasPrefix(l, "? trust "):
				c.trust = append(c.trust, strings.TrimPrefix(l, "? trust "))
			case strings.HasPrefix(l, "> "):
				c.expect += l + "\n"
			case strings.TrimSpace(l) != "" && l[0] != '#':
				c.block += l + "\n"
			}
		}
		cases = append(cases, c)
	}
	return cases
}

func (c *walkCase) walker(t testing.TB) *Walker {
	w := &Walker{}
	for _, s := range c.trust {
		r, err := ParseTrust(s)
		if err != nil {
			t.Fatal(err)
		}
		w.Trust = append(w.Trust, r)
	}
	return w
}

// describeVerdict writes what matters of a verdict.
func describeVerdict(v *Verdict) string {
	var b strings.Builder
	if s := v.Source; s != nil {
		fmt.Fprintf(&b, "> source %s hop %d %s", s.IP, s.Hop, s.Confidence)
		if s.Provider != "" {
			fmt.Fprintf(&b, " provider %q", s.Provider)
		}
		if s.Forwarded != "" {
			b.WriteString(" forwarded")
		}
		b.WriteString("\n")
	} else {
		fmt.Fprintf(&b, "> no source: %s\n", v.Reason)
	}
	if o := v.Origin; o != nil {
		fmt.Fprintf(&b, "> origin %s hop %d by %s\n", o.IP, o.Hop, o.By)
	}
	b.WriteString("> hops")
	for _, h := range v.Hops {
		fmt.Fprintf(&b, " %s", h.Trust)
	}
	b.WriteString("\n")
	for _, e := range v.Evidence {
		fmt.Fprintf(&b, "> evidence %s: %s\n", e.Name, e.Value)
	}
	return b.String()
}

func TestEveryWalkEndsWhereItShould(t *testing.T) {
	if *update {
		rewriteWalks(t)
	}
	for _, c := range walkCases(t) {
		t.Run(c.name, func(t *testing.T) {
			v := c.walker(t).Walk([]byte(c.block))
			if got := describeVerdict(&v); got != c.expect {
				t.Errorf("got\n%swant\n%s", got, c.expect)
				for _, h := range v.Hops {
					t.Logf("%d %s: %s", h.N, h.Trust, h.Note)
				}
			}
		})
	}
}

func rewriteWalks(t *testing.T) {
	text, err := os.ReadFile("testdata/walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "\n=== ")
	var out strings.Builder
	out.WriteString(head)
	for _, c := range walkCases(t) {
		v := c.walker(t).Walk([]byte(c.block))
		fmt.Fprintf(&out, "\n=== %s\n", c.name)
		for _, r := range c.trust {
			fmt.Fprintf(&out, "? trust %s\n", r)
		}
		out.WriteString(c.block + describeVerdict(&v))
	}
	if err := os.WriteFile("testdata/walks.txt", []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEveryProviderHasAWalk(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range walkCases(t) {
		v := c.walker(t).Walk([]byte(c.block))
		if v.Source != nil {
			seen[v.Source.Provider] = true
		}
	}
	for _, p := range providers {
		if !seen[p.name] {
			t.Errorf("no message in testdata/walks.txt comes from %s", p.name)
		}
	}
}

func TestReasonsAreFitForAComplaint(t *testing.T) {
	for _, c := range walkCases(t) {
		v := c.walker(t).Walk([]byte(c.block))
		texts := []string{v.Reason}
		if v.Source != nil {
			texts = append(texts, v.Source.Reason, v.Source.Forwarded)
			if v.Source.Reason == "" {
				t.Errorf("%s: no reason", c.name)
			}
		}
		if v.Origin != nil {
			texts = append(texts, v.Origin.Reason)
		}
		for _, h := range v.Hops {
			if h.Note == "" || h.Trust == "" {
				t.Errorf("%s: hop %d has no note or no trust", c.name, h.N)
			}
			texts = append(texts, h.Note)
		}
		for _, text := range texts {
			for _, r := range text {
				if r < ' ' || r > '~' {
					t.Errorf("%s: %q is not fit to be pasted", c.name, text)
				}
			}
		}
	}
}
