package headers

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected fields in testdata; read the difference before committing it")

// describe writes the fields of a hop that are not empty, in one line.
func describe(h Hop) string {
	var b strings.Builder
	field := func(key, value string) {
		if value == "" {
			return
		}
		if strings.ContainsAny(value, " \"") {
			value = fmt.Sprintf("%q", value)
		}
		fmt.Fprintf(&b, " %s=%s", key, value)
	}
	if h.From.IP.IsValid() {
		field("ip", h.From.IP.String())
	}
	if h.From.Port != 0 {
		field("port", fmt.Sprint(h.From.Port))
	}
	field("rdns", h.From.RDNS)
	if h.From.Unverified {
		field("unverified", "yes")
	}
	field("helo", h.From.HELO)
	field("ident", h.From.Ident)
	field("auth", h.From.Auth)
	field("by", h.By.Name)
	if h.By.IP.IsValid() {
		field("byip", h.By.IP.String())
	}
	field("with", h.With)
	field("tls", h.TLS)
	field("id", h.ID)
	field("for", h.For)
	field("envelope", h.EnvelopeFrom)
	if !h.Time.IsZero() {
		field("time", h.Time.Format(time.RFC3339))
	}
	field("software", h.Software)
	field("kind", string(h.Kind))
	return strings.TrimPrefix(b.String(), " ")
}

type receivedCase struct{ line, want string }

func receivedCases(t testing.TB) []receivedCase {
	text, err := os.ReadFile("testdata/received.txt")
	if err != nil {
		t.Fatal(err)
	}
	var cases []receivedCase
	for l := range strings.Lines(string(text)) {
		l = strings.TrimSuffix(l, "\n")
		switch {
		case strings.HasPrefix(l, "\t") && len(cases) > 0:
			cases[len(cases)-1].want = strings.TrimSpace(l)
		case l != "" && l[0] != '#':
			cases = append(cases, receivedCase{line: l})
		}
	}
	return cases
}

func TestEveryFieldOfEveryFormat(t *testing.T) {
	if *update {
		rewriteCases(t)
	}
	cases := receivedCases(t)
	if len(cases) < 200 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		if got := describe(ParseReceived(c.line)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}

func rewriteCases(t *testing.T) {
	text, err := os.ReadFile("testdata/received.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, "\t") {
			continue
		}
		out.WriteString(l)
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			out.WriteString("\t" + describe(ParseReceived(l)) + "\n")
		}
	}
	if err := os.WriteFile("testdata/received.txt", []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFormatRowHasACase(t *testing.T) {
	used := map[string]bool{}
	for _, c := range receivedCases(t) {
		var cl clauses
		var h Hop
		cl.read(&h, c.line)
		var got captures
		if f := findFormat(cl.sender(&h), h.program, &got); f != nil {
			used[f.name] = true
		}
	}
	for _, f := range fromFormats {
		if !used[f.name] {
			t.Errorf("no line in testdata/received.txt uses the format %q", f.name)
		}
	}
}

func TestFoldingDoesNotMatter(t *testing.T) {
	for _, c := range receivedCases(t) {
		folded := strings.ReplaceAll(c.line, " ", "\r\n\t  ")
		if got := describe(ParseReceived(folded)); got != c.want {
			t.Errorf("folded: %s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
