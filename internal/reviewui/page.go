package reviewui

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"charm.land/lipgloss/v2"

	"spamreport/complaint"
	"spamreport/internal/term"
)

// Bounds of what is shown of one complaint: nobody reads further.
const (
	maxRaw  = 256 << 10 // octets of the message itself
	maxLine = 2000      // octets of one line
)

// page is everything about one complaint, in lines that fit the screen.
type page struct {
	key   pageKey
	lines []string
}

// pageKey says what a page depends on.
type pageKey struct {
	digest    string
	complaint *complaint.Complaint // another one when it was edited
	width     int
	raw       bool
}

func (m Model) write(e complaint.Entry, key pageKey) page {
	var b bytes.Buffer
	p := term.Printer{W: &b, Color: m.options.Color}
	if m.raw {
		p.Title("%s, the whole message as it will be sent", e.Complaint.Incident)
		p.Line("")
		writeRaw(p, e.Complaint.Raw)
	} else {
		Describe(p, e, m.options.Walk)
	}
	return page{key, wrapped(b.String(), m.width)}
}

func writeRaw(p term.Printer, raw []byte) {
	left := len(raw) - maxRaw
	if left > 0 {
		raw = raw[:maxRaw]
	}
	p.Text(string(raw))
	if left > 0 {
		p.Line("… and %d more octets; spamreport review show --raw prints all.", left)
	}
}

// wrapped cuts text into lines of at most width cells.
func wrapped(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = strings.ReplaceAll(line, "\t", "    ")
		if len(line) > maxLine {
			line = ansi.Strip(line) // or a colour might be cut in the middle
			rest := len(line) - maxLine
			line = strings.ToValidUTF8(line[:len(line)-max(rest, 0)], "") + fmt.Sprintf("… (%d octets more)", max(rest, 0))
		}
		if ansi.StringWidth(line) <= width {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, hanging(line, width)...)
	}
	return lines
}

// hanging wraps a line, and sets what follows further in.
func hanging(line string, width int) []string {
	plain := ansi.Strip(line)
	indent := len(plain) - len(strings.TrimLeft(plain, " ")) + 4
	if indent > width/2 {
		indent = 0
	}
	rows := strings.Split(lipgloss.Wrap(line, width-indent, ""), "\n")
	for i := range rows {
		if i > 0 {
			rows[i] = strings.Repeat(" ", indent) + rows[i]
		}
		rows[i] = ansi.Truncate(rows[i], width, "…") // wide characters on a screen of one column
	}
	return rows
}
