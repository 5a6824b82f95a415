package term

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// Width is how many columns a terminal has; 0 for what is none.
func Width(f any) int {
	file, ok := f.(descriptor)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// leastWidth is what is worth folding for.
const leastWidth = 24

// fold breaks safe text at spaces, so that it stays to the right of an indent.
// Words, such as names of hosts, stay whole. Files and pipes get one line.
func (p Printer) fold(indent int, text string) string {
	room := p.Width - indent
	if room < leastWidth || ansi.StringWidth(text) <= room {
		return text
	}
	var b strings.Builder
	used := 0
	for word := range strings.SplitSeq(text, " ") {
		n := ansi.StringWidth(word)
		switch {
		case used == 0:
		case used+1+n > room:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
