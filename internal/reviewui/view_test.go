package reviewui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"spamreport/complaint"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// screen is what a terminal without attributes shows.
func screen(m Model) string {
	var b strings.Builder
	for line := range strings.SplitSeq(ansi.Strip(m.View().Content), "\n") {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func sized(m Model, width, height int) Model {
	next, _ := m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	return next.(Model)
}

func TestScreens(t *testing.T) {
	for name, tc := range map[string]struct {
		keys          string
		width, height int
	}{
		"list":     {"j space", 80, 24},
		"page":     {"j enter", 80, 24},
		"raw":      {"enter r", 80, 24},
		"question": {"space space a", 80, 24},
		"filter":   {"/ w i n", 80, 24},
		"help":     {"?", 80, 24},
		"empty":    {"d d d", 80, 24},
		"wide":     {"", 120, 16},
		"small":    {"", 40, 9},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := play(t, sized(model(&ledger{held: three()}), tc.width, tc.height), strings.Fields(tc.keys)...)
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(screen(m)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (run go test with -update)", err)
			}
			if diff := cmp.Diff(string(want), screen(m)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// sgr are the only sequences that a screen may consist of: attributes and colours.
var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// checkScreen: nothing that a terminal obeys but attributes, no line too
// wide, none too many.
func checkScreen(t *testing.T, what string, m Model) {
	t.Helper()
	content := m.View().Content
	for _, r := range sgr.ReplaceAllString(content, "") {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			t.Fatalf("%s: %U on the screen:\n%q", what, r, content)
		}
	}
	lines := strings.Split(content, "\n")
	if len(lines) > m.height {
		t.Errorf("%s: %d lines on %d", what, len(lines), m.height)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n > m.width {
			t.Errorf("%s: a line of %d cells on %d: %.200q", what, n, m.width, line)
		}
		if n := len(line); n > 50*m.width+500 {
			t.Errorf("%s: a line of %d octets", what, n)
		}
	}
}

func hostile() complaint.Entry {
	evil := "\x1b]0;owned\x07\x1b[2J\x1b[31m\u009b1m\r\n\u202Egpj\u2066\x00\xff\t" +
		strings.Repeat("a\u0301\u0302", 4000) + strings.Repeat("邮件", 3000) + strings.Repeat("👩‍👩‍👧", 200) + strings.Repeat("x", 1<<16)
	e := entry(1, evil, evil)
	e.From, e.Network, e.Why = evil, evil, evil
	c := *e.Complaint
	c.Incident, c.To, c.Cc, c.Subject, c.Text = evil, []string{evil, evil}, []string{evil}, evil, strings.Repeat(evil+"\n", 3)
	c.Raw = []byte(strings.Replace(raw, "Received: from dyn.example.net", "Received: from "+evil, 1) + evil)
	e.Complaint = &c
	return e
}

func TestHostileContentCannotActOnTheTerminal(t *testing.T) {
	for _, color := range []bool{false, true} {
		for _, size := range [][2]int{{80, 24}, {200, 60}, {20, 5}, {1, 1}} {
			l := &ledger{held: append([]complaint.Entry{hostile()}, three()...), fail: map[string]bool{hostile().Complaint.Incident: true}}
			m := model(l)
			m.options.Color = color
			m = sized(m, size[0], size[1])
			for _, keys := range []string{"", "enter", "pgdown", "end", "r", "pgdown", "end", "q", "n", "n", "space", "/", "w", "esc", "d", "?"} {
				m, _ = play(t, m, strings.Fields(keys)...)
				checkScreen(t, fmt.Sprintf("%v, colour %v, after %q", size, color, keys), m)
			}
		}
	}
}

func TestAFilterIsSafeToo(t *testing.T) {
	m, _ := play(t, model(&ledger{held: three()}), "/")
	next, _ := m.Update(tea.PasteMsg{Content: "\x1b[2J\u202Ewin" + strings.Repeat("n", 1<<16)})
	checkScreen(t, "pasted", next.(Model))
}

func TestEverySizeIsFilledAndNotExceeded(t *testing.T) {
	m := model(&ledger{held: three()})
	for width := 1; width < 130; width += 16 {
		for height := 1; height < 40; height += 3 {
			for _, keys := range []string{"", "enter", "?"} {
				seen, _ := play(t, sized(m, width, height), strings.Fields(keys)...)
				checkScreen(t, fmt.Sprintf("%d×%d %s", width, height, keys), seen)
				if got := strings.Count(seen.View().Content, "\n") + 1; got != height {
					t.Fatalf("%d×%d %s: %d lines", width, height, keys, got)
				}
			}
		}
	}
}

func TestALongListScrollsWithTheCursor(t *testing.T) {
	var many []complaint.Entry
	for i := range 1000 {
		e := entry(1, "abuse@isp.example", fmt.Sprintf("number %d", i))
		e.Digest = e.Subject
		many = append(many, e)
	}
	m, _ := play(t, model(&ledger{held: many}), "G")
	if got := screen(m); !strings.Contains(got, "number 999") || strings.Contains(got, "number 0\n") {
		t.Error(got)
	}
	m, _ = play(t, m, "k", "k", "k", "k", "k", "k", "k", "k")
	if got := screen(m); !strings.Contains(got, "number 991") {
		t.Error(got)
	}
}
