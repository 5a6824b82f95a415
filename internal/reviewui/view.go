package reviewui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"spamreport/complaint"
	"spamreport/internal/term"
)

// Attributes, which a terminal without colour has, too.
var (
	bar      = lipgloss.NewStyle().Reverse(true)
	bold     = lipgloss.NewStyle().Bold(true)
	faint    = lipgloss.NewStyle().Faint(true)
	alarming = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red)
)

// View implements tea.Model.
func (m Model) View() tea.View {
	lines := m.lines()
	lines = lines[:min(len(lines), m.height)]
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	return v
}

// lines are what is on the screen: a title, the list or the page or both,
// the news, the keys.
func (m Model) lines() []string {
	lines := []string{bar.Render(fit(m.title(), m.width))}
	switch m.face() {
	case helping:
		lines = append(lines, tall(m.help(), m.height-3)...)
	case reading:
		lines = append(lines, tall(m.page.from(m.scroll), m.pageHeight())...)
	default:
		lines = append(lines, m.split()...)
	}
	return append(lines, m.newsLine(), faint.Render(cut(m.foot(), m.width)))
}

// face is what is shown: a question or a filter stands below what was there.
func (m Model) face() mode {
	if m.mode == asking || m.mode == filtering {
		return m.before
	}
	return m.mode
}

// split is the list above, and the beginning of the page below.
func (m Model) split() []string {
	top, shown := m.window()
	if len(shown) == 0 {
		return tall([]string{"", "   " + cut(m.emptiness(), m.width-3)}, m.pageHeight())
	}
	cols := layout(m.width-3, shown)
	var heading strings.Builder
	for _, c := range cols {
		heading.WriteString(fit(c.title, c.min) + " ")
	}
	lines := []string{bold.Render(cut("   "+strings.TrimRight(heading.String(), " "), m.width))}
	lines = append(lines, tall(m.rows(cols, top, shown), m.listHeight())...)
	if m.previewHeight() > 0 {
		lines = append(lines, faint.Render(strings.Repeat("─", m.width)))
		lines = append(lines, tall(m.page.lines, m.previewHeight())...)
	}
	return lines
}

// window is the part of the list on the screen, and where it begins.
func (m Model) window() (top int, seen []complaint.Entry) {
	shown, height := m.shown(), m.listHeight()
	top = max(0, min(m.cursor-height/2, len(shown)-height))
	return top, shown[top:min(len(shown), top+height)]
}

func (m Model) rows(cols []column, top int, seen []complaint.Entry) []string {
	var rows []string
	for i, e := range seen {
		row := m.row(e, top+i == m.cursor, cols)
		if top+i == m.cursor {
			row = bar.Render(row)
		}
		rows = append(rows, row)
	}
	return rows
}

func (m Model) row(e complaint.Entry, here bool, cols []column) string {
	var row strings.Builder
	for _, sign := range []struct {
		is   bool
		text string
	}{{here, ">"}, {m.marked[e.Digest], "*"}} {
		if sign.is {
			row.WriteString(sign.text)
		} else {
			row.WriteString(" ")
		}
	}
	for _, c := range cols {
		row.WriteString(" " + fit(c.text(e), c.min))
	}
	return fit(row.String(), m.width)
}

func (m Model) emptiness() string {
	if len(m.waiting) > 0 {
		return "None of those that wait has these words. esc shows all."
	}
	return "Nothing waits for approval any more. q leaves."
}

func (m Model) title() string {
	title := fmt.Sprintf(" spamreport review   %d waiting", len(m.waiting))
	if n := len(m.shown()); n != len(m.waiting) {
		title += fmt.Sprintf(", %d shown", n)
	}
	if len(m.marked) > 0 {
		title += fmt.Sprintf(", %d marked", len(m.marked))
	}
	if m.result.Approved > 0 {
		title += fmt.Sprintf(", %d approved", m.result.Approved)
	}
	if m.face() == reading {
		title += fmt.Sprintf("   line %d of %d", m.scroll+1, len(m.page.lines))
	}
	return title
}

// newsLine is the line for questions, the filter, progress and news.
func (m Model) newsLine() string {
	switch {
	case m.mode == asking:
		return alarming.Render(cut(m.question.text+" [y/N]", m.width))
	case m.mode == filtering:
		return cut("/"+m.filter+"_", m.width)
	case m.bad:
		return alarming.Render(cut(m.news, m.width))
	case len(m.tasks) > 0 && m.planned > 1:
		return cut(fmt.Sprintf("%d of %d …", m.planned-len(m.tasks)+1, m.planned), m.width)
	case m.news == "" && m.filter != "":
		return cut("only those with: "+m.filter, m.width)
	}
	return cut(m.news, m.width)
}

func (m Model) foot() string {
	switch m.mode {
	case asking:
		return "y yes   any other key: no"
	case filtering:
		return "enter keeps the filter   esc shows all"
	case helping:
		return "any key: back"
	}
	var all []string
	for _, b := range bindings() {
		if b.brief != "" && slices.Contains(b.modes, m.mode) {
			all = append(all, b.keys[0]+" "+b.brief)
		}
	}
	return strings.Join(all, "  ")
}

// fit cuts or fills a text to exactly so many cells.
func fit(s string, width int) string {
	s = cut(s, width)
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// cut makes a text safe, and cuts it to so many cells. Combining characters
// take none: they are counted, too, since a spammer can pile up thousands.
func cut(s string, width int) string {
	if most := 4 * max(width, 0); len(s) > most {
		if letters := []rune(s); len(letters) > most {
			s = string(letters[:most])
		}
	}
	return ansi.Truncate(term.Safe(s), max(width, 0), "…")
}

// tall cuts or fills lines to exactly so many.
func tall(lines []string, height int) []string {
	height = max(height, 0)
	if len(lines) > height {
		return lines[:height]
	}
	return append(slices.Clone(lines), make([]string, height-len(lines))...)
}
