package reviewui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"spamreport/complaint"
)

// question is asked before something is done to several complaints, or to
// all that a contact will ever get.
type question struct {
	text string
	yes  func(Model) (Model, tea.Cmd)
}

func (m Model) ask(text string, yes func(Model) (Model, tea.Cmd)) (Model, tea.Cmd) {
	m.before, m.mode, m.question = m.mode, asking, question{text, yes}
	return m, nil
}

// answer takes the answer to a question. What is no yes is a no.
func (m Model) answer(key string) (Model, tea.Cmd) {
	m.mode = m.before
	if key == "y" || key == "Y" {
		return m.question.yes(m)
	}
	return m.say("nothing was done"), nil
}

func (m Model) approve() (Model, tea.Cmd) { return m.act(approve, "Approve", m.chosen()) }

func (m Model) drop() (Model, tea.Cmd) { return m.act(drop, "Drop", m.chosen()) }

func (m Model) approveAll() (Model, tea.Cmd) {
	shown := m.shown()
	if len(shown) == 0 {
		return m, nil
	}
	return m.ask(fmt.Sprintf("Approve all %d that are shown?", len(shown)), doing(approve, shown))
}

// act does the same to each of the chosen; to more than one only after a yes.
func (m Model) act(d deed, verb string, chosen []complaint.Entry) (Model, tea.Cmd) {
	switch len(chosen) {
	case 0:
		return m, nil
	case 1:
		return doing(d, chosen)(m)
	}
	return m.ask(fmt.Sprintf("%s %d marked complaints?", verb, len(chosen)), doing(d, chosen))
}

func doing(d deed, chosen []complaint.Entry) func(Model) (Model, tea.Cmd) {
	tasks := make([]task, len(chosen))
	for i, e := range chosen {
		tasks[i] = task{d, e}
	}
	return func(m Model) (Model, tea.Cmd) {
		m.marked = nil
		return m.plan(tasks...)
	}
}

// never concerns the contact of the complaint under the cursor, whatever is
// marked: it reaches further than the list.
func (m Model) never() (Model, tea.Cmd) {
	e, ok := m.current()
	if !ok {
		return m, nil
	}
	n := 0
	for _, other := range m.waiting {
		if strings.EqualFold(other.Contact, e.Contact) {
			n++
		}
	}
	return m.ask(fmt.Sprintf("Never mail %s again, and drop %s?", e.Contact, countOf(n)), doing(never, []complaint.Entry{e}))
}

func countOf(n int) string {
	if n == 1 {
		return "its complaint"
	}
	return fmt.Sprintf("its %d complaints", n)
}
