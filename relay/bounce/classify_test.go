package bounce

import (
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata; read the difference before committing it")

const repliesFile = "testdata/replies.txt"

// replyCase is a line of testdata/replies.txt.
type replyCase struct {
	line           int
	code           int
	enhanced, text string
	reason, rule   string
}

func replyCases(t testing.TB) (lines []string, cases []replyCase) {
	text, err := os.ReadFile(repliesFile)
	if err != nil {
		t.Fatal(err)
	}
	lines = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(line, "\t"), "", "", "", "", "")
		code, _ := strconv.Atoi(f[0])
		cases = append(cases, replyCase{i, code, f[1], f[2], f[3], f[4]})
	}
	return lines, cases
}

func TestEveryReplyHasItsReason(t *testing.T) {
	lines, cases := replyCases(t)
	for _, c := range cases {
		v := Classify(c.code, c.enhanced, c.text)
		if string(v.Reason) != c.reason || v.Rule != c.rule {
			t.Errorf("line %d: %d %s %s\n\tis %s by %q, want %s by %q", c.line+1, c.code, c.enhanced, c.text, v.Reason, v.Rule, c.reason, c.rule)
		}
		head := strings.SplitN(lines[c.line], "\t", 4)[:3]
		lines[c.line] = strings.Join(append(head, string(v.Reason), v.Rule), "\t")
	}
	if *update {
		if err := os.WriteFile(repliesFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryRowHasACase(t *testing.T) {
	_, cases := replyCases(t)
	seen := map[string]bool{}
	for _, table := range precedence() {
		for _, row := range table.rows {
			if seen[row.name] {
				t.Errorf("two rows are called %q", row.name)
			}
			seen[row.name] = true
			if !slices.ContainsFunc(cases, func(c replyCase) bool { return c.rule == row.name }) {
				t.Errorf("no reply in %s is judged by %q", repliesFile, row.name)
			}
		}
	}
}

// A phrase that a row further up takes for something else is dead, and so is
// one that is not in the form that texts are brought into. A phrase of a row
// with two lists must work with some phrase of the other one.
func TestEveryPhraseWorks(t *testing.T) {
	for _, table := range precedence() {
		for _, row := range table.rows {
			for _, phrase := range row.text {
				if v, ok := row.takes([]string{phrase}, row.with); !ok {
					t.Errorf("%q of %s is taken by %q (%s)", phrase, row.name, v.Rule, v.Reason)
				}
			}
			for _, phrase := range row.with {
				if v, ok := row.takes(row.text, []string{phrase}); !ok {
					t.Errorf("%q of %s is taken by %q (%s)", phrase, row.name, v.Rule, v.Reason)
				}
			}
		}
	}
}

// takes reports whether the row judges a text made of one phrase of each list.
func (row *rule) takes(texts, with []string) (Verdict, bool) {
	var v Verdict
	if len(with) == 0 {
		with = []string{""}
	}
	for _, a := range texts {
		for _, b := range with {
			text := strings.NewReplacer("*", " x ", "@", "joe@example.net").Replace(a + " x " + b)
			if v, _ = newAnswer(firstCode(row.code), row.enhanced, text).judge(); v.Rule == row.name {
				return v, true
			}
		}
	}
	return v, false
}

// firstCode gives a code that begins as said.
func firstCode(prefix string) int {
	code, _ := strconv.Atoi((prefix + "550"[len(prefix):])[:3])
	return code
}

func TestTextBeatsEnhancedCodeBeatsCode(t *testing.T) {
	for name, c := range map[string]struct {
		code           int
		enhanced, text string
		want           Class
	}{
		"the text says nobody, the codes say policy":       {550, "5.7.1", "user unknown", Hard},
		"the text says listed, the code says nobody":       {550, "5.1.1", "blocked using zen.spamhaus.org", Block},
		"the text says full, the code says permanent":      {552, "5.0.0", "over quota", Soft},
		"without a known text the enhanced code decides":   {550, "5.7.1", "xyzzy", Block},
		"without both the code decides":                    {450, "", "xyzzy", Soft},
		"an enhanced code in the text counts":              {550, "", "5.2.2 xyzzy", Soft},
		"codes in the text count where none are given":     {0, "", "452 4.2.2 xyzzy", Soft},
		"repeated codes do not part a sentence":            {550, "", "5.1.1 no such 550-5.1.1 user", Hard},
		"a mailbox may be called anything":                 {250, "", "over-quota@example.net", Unknown},
		"words in an address do not count":                 {554, "5.7.1", "<spamhaus.virus@example.net>: no such user", Hard},
		"the host that is quoted has a name that misleads": {0, "", "host antispam.example.net[192.0.2.1] said: 550 5.1.1 no such user", Hard},
		"success is no bounce":                             {250, "2.1.5", "user unknown", Unknown},
		"nothing at all":                                   {0, "", "", Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Classify(c.code, c.enhanced, c.text); got.Class != c.want {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

func TestAReplyKeepsItsHelpLink(t *testing.T) {
	for text, want := range map[string]string{
		"Blocked - see https://check.example/?ip=192.0.2.7.":          "https://check.example/?ip=192.0.2.7",
		"<http://x.example/rlbounce>":                                 "http://x.example/rlbounce",
		"go to (https://a.example/b), or not":                         "https://a.example/b",
		"no link":                                                     "",
		"https://" + strings.Repeat("\x1b", 9) + " http://ok.example": "http://ok.example",
	} {
		if got := Classify(550, "", text).Help; got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestEveryReasonHasOneClass(t *testing.T) {
	for _, table := range precedence() {
		for _, row := range table.rows {
			if row.reason.Class() == Unknown {
				t.Errorf("row %q: the reason %q has no class", row.name, row.reason)
			}
		}
	}
}
