package reviewui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// binding is what a key does. The help and the line at the foot are made of
// these.
type binding struct {
	keys  []string
	shown string // in the help; empty: the first key
	brief string // at the foot; empty: not there
	help  string // empty: said with another key
	modes []mode
	do    func(Model) (Model, tea.Cmd)
}

var (
	both   = []mode{listing, reading}
	inList = []mode{listing}
	inPage = []mode{reading}
)

// bindings are the keys of the list and of the page.
func bindings() []binding {
	return []binding{
		{[]string{"enter", "right", "l"}, "", "open", "read the complaint", inList, pure(Model.read)},
		{[]string{"q", "esc", "left", "h"}, "q, esc", "back", "back to the list", inPage, pure(Model.list)},
		{[]string{"a"}, "", "approve", "approve: queue it, to be sent when you leave", both, Model.approve},
		{[]string{"d"}, "", "drop", "drop: give it up", both, Model.drop},
		{[]string{"e"}, "", "edit", "edit the text in $VISUAL or $EDITOR", both, Model.edit},
		{[]string{"n"}, "", "never", "never mail this contact again, and drop what waits for it", both, Model.never},
		{[]string{"A"}, "", "", "approve all that are shown", inList, Model.approveAll},
		{[]string{"space"}, "", "mark", "mark, for a and d to act on all marked ones", inList, pure(Model.mark)},
		{[]string{"/"}, "", "", "show only those with these words", inList, pure(Model.startFilter)},
		{[]string{"r"}, "", "raw", "the whole message, or back to the letter", inPage, pure(Model.toggleRaw)},
		{[]string{"j", "down"}, "j, k", "", "down, up; so do the arrows", both, pure(by(1))},
		{[]string{"k", "up"}, "", "", "", both, pure(by(-1))},
		{[]string{"pgdown", "ctrl+f"}, "page keys", "", "a screen down, up; so do ctrl+f, ctrl+b", both, pure(byPage(1))},
		{[]string{"pgup", "ctrl+b"}, "", "", "", both, pure(byPage(-1))},
		{[]string{"space"}, "", "", "", inPage, pure(byPage(1))},
		{[]string{"g", "home"}, "g, G", "", "to the first, to the last", both, pure(by(-1 << 20))},
		{[]string{"G", "end"}, "", "", "", both, pure(by(1 << 20))},
		{[]string{"tab"}, "tab", "", "the next complaint; shift+tab: the one before", inPage, pure(turn(1))},
		{[]string{"shift+tab"}, "", "", "", inPage, pure(turn(-1))},
		{[]string{"esc"}, "", "", "show all again, unmark", inList, pure(Model.clear)},
		{[]string{"R"}, "", "", "read the list again", inList, Model.reload},
		{[]string{"?"}, "", "help", "this help", both, pure(Model.explain)},
		{[]string{"q"}, "", "quit", "leave; what is approved is sent then", inList, Model.leave},
		{[]string{"ctrl+c"}, "", "", "leave from wherever you are", both, Model.leave},
		{[]string{"ctrl+z"}, "", "", "", both, func(m Model) (Model, tea.Cmd) { return m, tea.Suspend }},
	}
}

func pure(change func(Model) Model) func(Model) (Model, tea.Cmd) {
	return func(m Model) (Model, tea.Cmd) { return change(m), nil }
}

// press hands a key to what it means now.
func (m Model) press(key tea.KeyPressMsg) (Model, tea.Cmd) {
	switch {
	case m.mode == filtering:
		return m.filterKey(key)
	case key.String() == "ctrl+c" && m.leaving:
		return m, tea.Quit // who insists does not wait
	case key.String() == "ctrl+c":
		return m.leave()
	case m.mode == asking:
		return m.answer(key.String())
	case m.mode == helping:
		m.mode = m.before
		return m, nil
	}
	m.news, m.bad = "", false
	for _, b := range bindings() {
		if slices.Contains(b.modes, m.mode) && slices.Contains(b.keys, key.String()) {
			return b.do(m)
		}
	}
	return m.say("? shows the keys"), nil
}

func by(n int) func(Model) Model {
	return func(m Model) Model {
		if m.mode == reading {
			m.scroll += n
		} else {
			m.cursor += n
		}
		return m
	}
}

func byPage(n int) func(Model) Model {
	return func(m Model) Model {
		if m.mode == reading {
			return by(n * m.pageHeight())(m)
		}
		return by(n * m.listHeight())(m)
	}
}

// turn goes to another complaint without going back to the list.
func turn(n int) func(Model) Model {
	return func(m Model) Model {
		m.cursor += n
		return m
	}
}

func (m Model) read() Model {
	m.mode, m.scroll = reading, 0
	return m
}

func (m Model) list() Model {
	m.mode, m.scroll, m.raw = listing, 0, false
	return m
}

func (m Model) toggleRaw() Model {
	m.raw = !m.raw
	return m
}

func (m Model) clear() Model {
	m.filter, m.marked = "", nil
	return m
}

func (m Model) explain() Model {
	m.before, m.mode = m.mode, helping
	return m
}

// leave ends the review when everything under way is done.
func (m Model) leave() (Model, tea.Cmd) {
	m.leaving = true
	return m.idle()
}

func (m Model) startFilter() Model {
	m.before, m.mode, m.marked = m.mode, filtering, nil
	return m
}

// filterKey edits the filter; the list follows at once.
func (m Model) filterKey(key tea.KeyPressMsg) (Model, tea.Cmd) {
	switch key.String() {
	case "enter":
		m.mode = m.before
	case "esc", "ctrl+c":
		m.mode, m.filter = m.before, ""
	case "backspace":
		if letters := []rune(m.filter); len(letters) > 0 {
			m.filter = string(letters[:len(letters)-1])
		}
	case "ctrl+u":
		m.filter = ""
	default:
		m.filter += key.Text
	}
	return m, nil
}
