package reviewui

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"spamreport/complaint"
)

// column is one column of the list.
type column struct {
	title    string
	min, max int
	text     func(complaint.Entry) string
}

// columns are what the list shows, in order. Where there is no room for all,
// those named first in sacrifice go.
func columns() []column {
	return []column{
		{"INCIDENT", 12, 12, func(e complaint.Entry) string { return e.Complaint.Incident }},
		{"ABOUT", 6, 30, func(e complaint.Entry) string { return e.Target() }},
		{"SOURCE", 15, 39, func(e complaint.Entry) string { return e.Source.String() }},
		{"NETWORK", 9, 30, func(e complaint.Entry) string { return e.Network }},
		{"CONTACT", 16, 40, func(e complaint.Entry) string { return e.Contact }},
		{"COPIES", 6, 6, func(e complaint.Entry) string { return strconv.Itoa(max(e.Copies, 1)) }},
		{"SPAM SUBJECT", 12, 200, func(e complaint.Entry) string { return e.Subject }},
	}
}

var sacrifice = []string{"NETWORK", "COPIES", "ABOUT", "SPAM SUBJECT", "SOURCE", "CONTACT"}

// layout chooses the columns and their widths (min then) for a width. None is
// wider than what stands in it.
func layout(width int, shown []complaint.Entry) []column {
	cols := columns()
	if !slices.ContainsFunc(shown, func(e complaint.Entry) bool { return e.Kind != complaint.KindSource }) {
		cols = without(cols, "ABOUT")
	}
	for i := range cols {
		c := &cols[i]
		widest := len(c.title)
		for _, e := range shown {
			widest = max(widest, ansi.StringWidth(cut(c.text(e), c.max)))
		}
		c.max = min(c.max, widest)
		c.min = min(c.min, widest)
	}
	for _, title := range sacrifice {
		if occupied(cols) <= width {
			break
		}
		cols = without(cols, title)
	}
	for spare, grown := width-occupied(cols), true; spare > 0 && grown; {
		grown = false
		for i := range cols {
			if cols[i].min < cols[i].max && spare > 0 {
				cols[i].min++
				spare--
				grown = true
			}
		}
	}
	return cols
}

func occupied(cols []column) int {
	n := len(cols) - 1 // the gaps
	for _, c := range cols {
		n += c.min
	}
	return n
}

func without(cols []column, title string) []column {
	var rest []column
	for _, c := range cols {
		if c.title != title {
			rest = append(rest, c)
		}
	}
	return rest
}

// shown are the complaints that the filter lets through: those in which every
// word of it occurs.
func (m Model) shown() []complaint.Entry {
	words := strings.Fields(strings.ToLower(m.filter))
	if len(words) == 0 {
		return m.waiting
	}
	var shown []complaint.Entry
	for _, e := range m.waiting {
		if containsAll(described(e), words) {
			shown = append(shown, e)
		}
	}
	return shown
}

func described(e complaint.Entry) string {
	var all []string
	for _, c := range columns() {
		all = append(all, c.text(e))
	}
	return strings.ToLower(strings.Join(append(all, e.From), "\n"))
}

func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// chosen are the marked complaints among those shown, or else the one under
// the cursor. What the filter hides is never acted on.
func (m Model) chosen() []complaint.Entry {
	var chosen []complaint.Entry
	if m.mode != reading { // who reads one means that one
		for _, e := range m.shown() {
			if m.marked[e.Digest] {
				chosen = append(chosen, e)
			}
		}
	}
	if e, ok := m.current(); ok && len(chosen) == 0 {
		chosen = append(chosen, e)
	}
	return chosen
}

// mark marks the complaint under the cursor, or unmarks it, and goes on.
func (m Model) mark() Model {
	e, ok := m.current()
	if !ok {
		return m
	}
	marked := maps.Clone(m.marked)
	if marked == nil {
		marked = map[string]bool{}
	}
	if marked[e.Digest] {
		delete(marked, e.Digest)
	} else {
		marked[e.Digest] = true
	}
	m.marked = marked
	m.cursor++
	return m
}
