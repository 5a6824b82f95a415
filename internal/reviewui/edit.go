package reviewui

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"spamreport/complaint"
)

// Messages on the way of a text through the editor.
type (
	opened struct {
		entry complaint.Entry
		draft *Draft
		err   error
	}
	edited struct {
		entry complaint.Entry
		text  string
		err   error
	}
)

// edit opens the letter in the editor, or the text that was refused.
func (m Model) edit() (Model, tea.Cmd) {
	e, ok := m.current()
	if !ok || m.editing {
		return m, nil
	}
	text, refused := m.drafts[e.Digest]
	if !refused {
		text = e.Complaint.Text
	}
	editor := m.options.Editor
	m.editing = true
	return m, func() tea.Msg {
		draft, err := NewDraft(editor, text)
		return opened{e, draft, err}
	}
}

// opened hands the terminal to the editor.
func (m Model) opened(o opened) (Model, tea.Cmd) {
	if o.err != nil {
		m.editing, m.leaving = false, false
		return m.regret(o.err), nil
	}
	return m, tea.ExecProcess(o.draft.Command(), func(failed error) tea.Msg {
		text, err := o.draft.Take()
		if failed != nil {
			failed = fmt.Errorf("the editor %s: %w; nothing was changed", m.options.Editor, failed)
		}
		return edited{o.entry, text, errors.Join(failed, err)}
	})
}

// edited takes the text that comes out of the editor. What cannot be sent is
// kept, so that it can be put right: nobody leaves over it.
func (m Model) edited(ed edited) (Model, tea.Cmd) {
	m.editing, m.news, m.bad = false, "", false
	i := slices.IndexFunc(m.waiting, func(e complaint.Entry) bool { return e.Digest == ed.entry.Digest })
	switch {
	case ed.err != nil:
		m.leaving = false
		return m.regret(ed.err), nil
	case i < 0:
		return m.say(ed.entry.Complaint.Incident + " does not wait any more").idle()
	}
	m.drafts = maps.Clone(m.drafts)
	delete(m.drafts, ed.entry.Digest)
	if ed.text == ed.entry.Complaint.Text {
		return m.say("the text is as it was").idle()
	}
	changed, err := m.options.Reword(*ed.entry.Complaint, ed.text)
	if err != nil {
		m.leaving = false
		if m.drafts == nil {
			m.drafts = map[string]string{}
		}
		m.drafts[ed.entry.Digest] = ed.text
		return m.regret(fmt.Errorf("%w (e: go on)", err)), nil
	}
	entry := m.waiting[i]
	entry.Complaint = &changed
	m.waiting = slices.Clone(m.waiting)
	m.waiting[i] = entry
	return m.plan(task{reword, entry})
}
